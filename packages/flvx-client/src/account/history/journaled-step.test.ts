import { describe, expect, it } from '@jest/globals';
import { nameAction } from './journaled-step.js';

const stored = (payload: unknown, tunnel?: string) => ({
  id: 'x',
  payload,
  ...(tunnel === undefined ? {} : { tunnel }),
});

describe('the name of an action', () => {
  it.each([
    ['assign-tunnel', '1', { status: 1 }, stored({ values: { status: 0 } }, 'de-1'), 'close tunnel 1 (de-1)'],
    ['assign-tunnel', '1', { status: 0 }, stored({ values: { status: 1 } }), 'open tunnel 1'],
    ['assign-tunnel', '1', { status: 1 }, stored({ values: { speedId: 4 } }), 'change tunnel 1'],
    ['assign-tunnel', '1', null, stored({ values: {} }, 'de-1'), 'assign tunnel 1 (de-1)'],
    ['pause-forward', '7', { name: 'web' }, stored({ forwardId: 7 }), 'pause forward web (7)'],
    [
      'update-user',
      '2',
      { user: { name: 'sl-a' } },
      stored({ changes: { quota: 1, expiresAt: 2 }, setsPassword: true }),
      'update user sl-a (2): quota, expiry, password',
    ],
    ['create-user', 'sl-a', null, stored({}), 'create user sl-a'],
    // A row of another form.
    ['reset-user', '2', null, null, 'reset user 2'],
  ])('says what %s of %s does', (type, target, prior, payload, name) => {
    expect(nameAction({ type, target, prior, payload })).toBe(name);
  });
});
