import { describe, expect, it } from '@jest/globals';
import type { AgentAccount, AgentRecord } from '@sluice/quota-core';
import { listEndedPeriods, markExceeded, toPeriodRecord } from './past-periods.js';
import { accountAt, openAccount } from './period.js';

const rules = { accounting: 'consumed', period: 'monthly', timeZone: 'UTC' } as const;
const day = (text: string): string => `${text}T00:00:00.000Z`;

const account = { ...openAccount({ ...rules, now: day('2026-01-15'), openingBytes: 5 }), consumedBytes: 20 };

const agent = (change: Partial<AgentRecord> = {}): AgentRecord => ({
  ...{
    panel: 'vpn',
    uuid: 'a',
    name: 'north',
    role: 'agent',
    parent: null,
    limitBytes: 100,
    limitSince: null,
    account,
  },
  figures: { at: day('2026-01-30'), allocatedBytes: 70, currentBytes: 60, users: 1, enabledUsers: 1 },
  ...{ verdict: null, thresholds: [], missingSince: null, gone: false },
  ...change,
});

const at = (now: string, of: AgentRecord = agent(), by: Parameters<typeof accountAt>[1] = rules): AgentRecord => ({
  ...of,
  account: accountAt(of.account as AgentAccount, by, now),
});

const january = {
  ...{ panel: 'vpn', agent: 'a', startedAt: day('2026-01-01'), endedAt: day('2026-02-01'), accounting: 'consumed' },
  ...{ limitBytes: 100, usedBytes: 20, exceeded: false, exceededAt: null, readAt: day('2026-01-30') },
};

const unread = { usedBytes: null, exceeded: null, exceededAt: null, readAt: null };

describe('listEndedPeriods', () => {
  it('knows none inside a period, without a ledger, and of an agent that is gone', () => {
    expect(listEndedPeriods(agent(), at(day('2026-01-31')), rules)).toEqual([]);
    expect(listEndedPeriods(agent({ account: null }), agent(), rules)).toEqual([]);
    expect(listEndedPeriods(agent({ gone: true }), at(day('2026-02-01')), rules)).toEqual([]);
  });

  it('is the period before, as it was last read', () => {
    expect(listEndedPeriods(agent(), at(day('2026-02-01')), rules)).toEqual([january]);
    const over = agent({ limitBytes: 20 });
    expect(listEndedPeriods(over, at(day('2026-02-01'), over), rules)).toEqual([
      { ...january, limitBytes: 20, exceeded: true },
    ]);
  });

  it('is each of those that nobody saw, too, of which nothing but the limit is known', () => {
    expect(listEndedPeriods(agent(), at(day('2026-04-02')), rules)).toEqual([
      january,
      { ...january, ...unread, startedAt: day('2026-02-01'), endedAt: day('2026-03-01') },
      { ...january, ...unread, startedAt: day('2026-03-01'), endedAt: day('2026-04-01') },
    ]);
  });

  it('counts as the limit does', () => {
    for (const [accounting, usedBytes] of [
      ['allocated', 70],
      ['panel', 60],
    ] as const)
      expect(listEndedPeriods(agent(), at(day('2026-02-01')), { ...rules, accounting })).toEqual([
        { ...january, accounting, usedBytes },
      ]);
  });

  it('ends with a new opening of a ledger without periods', () => {
    const none = { ...rules, period: 'none' } as const;
    const before = agent({ account: { ...openAccount({ ...none, now: day('2026-01-15'), openingBytes: 0 }) } });
    const after = { ...before, account: openAccount({ ...none, now: day('2026-03-03'), openingBytes: 0 }) };
    expect(listEndedPeriods(before, after, none)).toEqual([
      { ...january, startedAt: day('2026-01-15'), endedAt: day('2026-03-03'), usedBytes: 0 },
    ]);
  });

  it('does not take figures from before a period for its own', () => {
    const february = at(day('2026-02-01'));
    expect(listEndedPeriods(february, at(day('2026-03-01'), february), rules)).toEqual([
      { ...january, ...unread, startedAt: day('2026-02-01'), endedAt: day('2026-03-01') },
    ]);
  });
});

describe('markExceeded', () => {
  it('keeps the first time at which a list showed more than the limit', () => {
    const over = markExceeded(agent({ limitBytes: 20 }), rules, day('2026-01-20'));
    expect(markExceeded(over, rules, day('2026-01-21')).account?.exceededAt).toBe(day('2026-01-20'));
    expect(toPeriodRecord({ ...over, limitBytes: 100 }, rules, day('2026-02-01'))).toEqual({
      ...january,
      ...{ exceeded: true, exceededAt: day('2026-01-20') },
    });
    expect(markExceeded(agent(), rules, day('2026-01-20'))).toEqual(agent());
  });

  it('is of its period alone, whatever a clock that was ahead showed', () => {
    const over = markExceeded(agent({ limitBytes: 20 }), rules, day('2026-01-20'));
    const february = at(day('2026-02-02'), over);
    expect(february.account?.exceededAt).toBeUndefined();
    const late = markExceeded({ ...february, limitBytes: 0 }, rules, day('2026-02-02'));
    expect(late.account?.exceededAt).toBe(day('2026-02-02'));
    expect(at(day('2026-01-25'), late).account?.exceededAt).toBe(day('2026-01-20'));
  });
});
