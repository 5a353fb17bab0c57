import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accountAt, openAccount, periodAt } from './period.js';
import type { AgentRules } from './rules.js';

const zone = 'Europe/Berlin';
const openedAt = '2026-01-15T10:00:00.000Z';

describe('periodAt', () => {
  it('knows no end without periods', () => {
    expect(periodAt({ period: 'none', timeZone: zone, openedAt, now: '2027-01-01T00:00:00.000Z' })).toEqual({
      start: openedAt,
      end: null,
    });
  });

  it('is the calendar month of the zone', () => {
    expect(periodAt({ period: 'monthly', timeZone: zone, openedAt, now: '2026-03-31T22:30:00.000Z' })).toEqual({
      start: '2026-03-31T22:00:00.000Z',
      end: '2026-04-30T22:00:00.000Z',
    });
    expect(periodAt({ period: 'monthly', timeZone: zone, openedAt, now: '2026-12-31T22:59:59.999Z' })).toEqual({
      start: '2026-11-30T23:00:00.000Z',
      end: '2026-12-31T23:00:00.000Z',
    });
  });

  it('is whole local days from the day of the opening, over the change of the clocks too', () => {
    expect(periodAt({ period: { days: 30 }, timeZone: zone, openedAt, now: '2026-03-20T00:00:00.000Z' })).toEqual({
      start: '2026-03-15T23:00:00.000Z',
      end: '2026-04-14T22:00:00.000Z',
    });
  });

  it('contains now, and the next begins where it ends', () => {
    const period = fc.oneof(
      fc.constant<AgentRules['period']>('monthly'),
      fc.record({ days: fc.integer({ min: 1, max: 400 }) }),
    );
    const instant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2060, 0, 1) });
    const zones = fc.constantFrom('UTC', zone, 'Asia/Tehran', 'America/Sao_Paulo', 'Pacific/Kiritimati');
    fc.assert(
      fc.property(period, zones, instant, instant, (each, timeZone, opened, now) => {
        const input = { period: each, timeZone, openedAt: new Date(opened).toISOString() };
        const { start, end } = periodAt({ ...input, now: new Date(now).toISOString() });
        expect(Date.parse(start)).toBeLessThanOrEqual(now);
        expect(Date.parse(end ?? '')).toBeGreaterThan(now);
        expect(periodAt({ ...input, now: end ?? '' }).start).toBe(end);
      }),
    );
  });
});

describe('accountAt', () => {
  const settings = { period: 'monthly' as const, timeZone: 'UTC' };
  const account = { ...openAccount({ ...settings, now: openedAt, openingBytes: 5 }), consumedBytes: 20 };

  it('stays the same inside the period', () => {
    expect(accountAt(account, settings, '2026-01-31T23:59:59.999Z')).toBe(account);
  });

  it('begins at zero with the next period, also after some that nobody saw', () => {
    const next = accountAt(account, settings, '2026-04-02T00:00:00.000Z');
    expect(next).toMatchObject({
      openedAt,
      periodStart: '2026-04-01T00:00:00.000Z',
      periodEnd: '2026-05-01T00:00:00.000Z',
      openingBytes: 0,
      consumedBytes: 0,
    });
  });

  it('takes the former period up again when the clock had been ahead', () => {
    const ahead = { ...accountAt(account, settings, '2026-02-10T00:00:00.000Z'), consumedBytes: 3 };
    const back = accountAt(ahead, settings, '2026-01-20T00:00:00.000Z');
    expect(back).toMatchObject({ periodStart: account.periodStart, periodEnd: account.periodEnd, consumedBytes: 23 });
    expect(accountAt(back, settings, '2026-01-21T00:00:00.000Z')).toBe(back);
  });

  it('comes back to the present when the clock had been ahead more than once', () => {
    const february = accountAt(account, settings, '2026-02-10T00:00:00.000Z');
    const april = accountAt({ ...february, consumedBytes: 3 }, settings, '2026-04-10T00:00:00.000Z');
    const once = accountAt({ ...april, consumedBytes: 4 }, settings, '2026-01-20T00:00:00.000Z');
    expect(accountAt(once, settings, '2026-01-20T00:00:00.000Z')).toMatchObject({
      openedAt,
      periodStart: account.periodStart,
      periodEnd: account.periodEnd,
      consumedBytes: 7,
    });
  });

  it('begins now, with what was consumed, where it was opened by a clock that was ahead', () => {
    const now = '2025-12-20T00:00:00.000Z';
    expect(accountAt(account, settings, now)).toEqual({
      ...account,
      openedAt: now,
      periodStart: '2025-12-01T00:00:00.000Z',
      periodEnd: '2026-01-01T00:00:00.000Z',
    });
  });

  it('keeps what was consumed when periods are introduced, until the first one ends', () => {
    const endless = {
      ...openAccount({ period: 'none', timeZone: 'UTC', now: openedAt, openingBytes: 0 }),
      consumedBytes: 9,
    };
    const ending = accountAt(endless, settings, '2026-01-20T00:00:00.000Z');
    expect(ending).toMatchObject({ consumedBytes: 9, periodStart: openedAt, periodEnd: '2026-02-01T00:00:00.000Z' });
    expect(accountAt(ending, settings, '2026-02-01T00:00:00.000Z').consumedBytes).toBe(0);
  });

  it('ends a recorded period before it goes on without any', () => {
    const none = { period: 'none' as const, timeZone: 'UTC' };
    expect(accountAt(account, none, '2026-01-20T00:00:00.000Z')).toBe(account);
    expect(accountAt(account, none, '2026-02-03T00:00:00.000Z')).toMatchObject({
      periodStart: '2026-02-01T00:00:00.000Z',
      periodEnd: null,
      consumedBytes: 0,
    });
  });
});
