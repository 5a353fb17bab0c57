import { describe, expect, it } from '@jest/globals';
import { REPORTED_STATUSES, toReportedStatus } from './decide.js';

const NOTHING = { held: false, wouldHold: false, usedUp: false };

describe('the status of a service', () => {
  it.each([
    ['held', { held: true }],
    ['held', { held: true, wouldHold: true, usedUp: true }],
    ['over', { wouldHold: true }],
    ['over', { usedUp: true }],
    ['ok', {}],
  ])('is %s with %o, whatever was decided of a service that was read', (expected, facts) => {
    for (const decided of ['ok', 'held', 'over'])
      expect(toReportedStatus({ decided, ...NOTHING, ...facts })).toBe(expected);
  });

  it('stays what the last run could not do', () => {
    for (const decided of REPORTED_STATUSES.filter((status) => !['ok', 'held', 'over'].includes(status))) {
      expect(toReportedStatus({ decided, ...NOTHING, wouldHold: true, usedUp: true })).toBe(decided);
      expect(toReportedStatus({ decided, ...NOTHING, held: true })).toBe('held');
    }
  });

  it('is what failed where nothing of what is held is on the panel', () => {
    for (const decided of ['failed', 'unreadable', 'doubted'])
      expect(toReportedStatus({ decided, ...NOTHING, held: true, restricting: true })).toBe(decided);
    for (const decided of [null, 'ok', 'held', 'over', 'unmanaged', 'skipped'])
      expect(toReportedStatus({ decided, ...NOTHING, held: true, restricting: true })).toBe('held');
  });

  it('is skipped from its end on, unless something failed or is held', () => {
    const ended = { ...NOTHING, ended: true };
    for (const decided of ['ok', 'held', 'over', 'unmanaged', 'skipped', null]) {
      expect(toReportedStatus({ decided, ...ended, wouldHold: true, usedUp: true })).toBe('skipped');
      expect(toReportedStatus({ decided, ...ended, held: true })).toBe('held');
    }
    for (const decided of ['failed', 'unreadable', 'doubted'])
      expect(toReportedStatus({ decided, ...ended })).toBe(decided);
  });

  it('is held or skipped before the first run', () => {
    expect(toReportedStatus({ decided: null, ...NOTHING })).toBe('skipped');
    expect(toReportedStatus({ decided: null, ...NOTHING, held: true })).toBe('held');
  });
});
