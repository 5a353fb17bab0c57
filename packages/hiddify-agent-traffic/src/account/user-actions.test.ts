import { describe, expect, it } from '@jest/globals';
import { listedUser } from '../test/records.js';
import { AgentHierarchy } from './hierarchy.js';
import { findInterference } from './plan-users.js';
import { USER_EVIDENCE, type UserPrior, withReadUser } from './user-actions.js';

/** Fingerprints in older evidence, which contain the Telegram id: of a user without one, and of one with 4711. */
const WITHOUT_TELEGRAM = 'ox5WvVj6SerwBLVdaJt-0P';
const WITH_TELEGRAM = 'mikNnv4qqPTco1ck74jer1';

describe('what staff would change about a user', () => {
  const judge = (fingerprint: string, changes: Parameters<typeof listedUser>[0]): string | null =>
    findInterference(
      listedUser(changes),
      { prior: { name: 'anna', enabled: true, owner: 'north', fingerprint } },
      new AgentHierarchy([]),
    );

  it('has nothing that the customer or the panel changes', () => {
    const prior: UserPrior = { name: 'anna', enabled: true, owner: 'north' };
    const evidence = withReadUser({ kind: USER_EVIDENCE, target: 'u1', prior }, listedUser());
    const { fingerprint = '' } = (evidence?.prior ?? prior) as UserPrior;
    const moved = { telegramId: 4711, lang: 'fa', usedBytes: 7, startDate: '2026-03-01', lastResetDate: '2026-03-01' };
    expect(judge(fingerprint, moved)).toBeNull();
    expect(judge(fingerprint, { telegramId: 4711, comment: 'did not pay' })).toBe('touched');
  });

  it.each([
    [WITHOUT_TELEGRAM, {}],
    [WITHOUT_TELEGRAM, { telegramId: 4711 }],
    [WITH_TELEGRAM, { telegramId: 4711 }],
  ])('is recognized in stored evidence that has the Telegram id: %s with %p', (fingerprint, changes) => {
    expect(judge(fingerprint, changes)).toBeNull();
    expect(judge(fingerprint, { ...changes, comment: 'did not pay' })).toBe('touched');
  });
});
