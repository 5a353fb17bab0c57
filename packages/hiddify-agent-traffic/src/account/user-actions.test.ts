import { describe, expect, it } from '@jest/globals';
import { listedUser } from '../test/records.js';
import { isTouched, USER_EVIDENCE, type UserPrior, withReadUser } from './user-actions.js';

/** Fingerprints in older evidence, which contain the Telegram id: of a user without one, and of one with 4711. */
const WITHOUT_TELEGRAM = 'ox5WvVj6SerwBLVdaJt-0P';
const WITH_TELEGRAM = 'mikNnv4qqPTco1ck74jer1';

describe('what staff would change about a user', () => {
  const isChanged = (fingerprint: string, changes: Parameters<typeof listedUser>[0]): boolean =>
    isTouched(listedUser(changes), fingerprint);

  it('has nothing that the customer or the panel changes', () => {
    const prior: UserPrior = { name: 'anna', enabled: true, owner: 'north' };
    const evidence = withReadUser({ kind: USER_EVIDENCE, target: 'u1', prior }, listedUser());
    const { fingerprint = '' } = (evidence?.prior ?? prior) as UserPrior;
    const moved = { telegramId: 4711, lang: 'fa', usedBytes: 7, startDate: '2026-03-01', lastResetDate: '2026-03-01' };
    expect(isChanged(fingerprint, moved)).toBe(false);
    expect(isChanged(fingerprint, { telegramId: 4711, comment: 'did not pay' })).toBe(true);
  });

  it.each([
    [WITHOUT_TELEGRAM, {}],
    [WITHOUT_TELEGRAM, { telegramId: 4711 }],
    [WITH_TELEGRAM, { telegramId: 4711 }],
  ])('is recognized in stored evidence that has the Telegram id: %s with %p', (fingerprint, changes) => {
    expect(isChanged(fingerprint, changes)).toBe(false);
    expect(isChanged(fingerprint, { ...changes, comment: 'did not pay' })).toBe(true);
  });
});
