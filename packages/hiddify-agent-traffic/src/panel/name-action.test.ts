import { describe, expect, it } from '@jest/globals';
import { nameAction } from './name-action.js';

const target = '10d4e8eb-1111-4222-8333-444455556666';

describe('the name of an action', () => {
  it.each([
    ['disable-user', { name: 'cora' }, null, 'disable user cora (10d4e8eb)'],
    ['enable-user', null, null, 'enable user 10d4e8eb'],
    [
      'update-user',
      { usedBytes: 1 },
      { change: { limitBytes: 1, packageDays: 30 } },
      'update user 10d4e8eb: limit, days',
    ],
  ])('says what %s does', (type, prior, payload, name) => {
    expect(nameAction({ type, target, prior, payload })).toBe(name);
  });
});
