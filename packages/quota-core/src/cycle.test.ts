import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  billingCycle,
  billingCycleAt,
  type BillingCycleName,
  type Cycle,
  toLocalDate,
  nextDueDateAfter,
  zonedMidnight,
} from './index.js';
import { anchor, cycleName, instant, localDate, quotaPeriod, zone } from './test/arbitraries.js';
import { catchCode } from './test/catch-code.js';
import { runs } from './test/runs.js';

const days = (cycle: Cycle, timeZone: string): [string, string] => [
  toLocalDate(cycle.start, timeZone),
  toLocalDate(cycle.end, timeZone),
];

/** Zones that crossed the date line lack a day: Kiritimati the last of 1994, Apia the last but one of 2011. */
const hasDay = (day: string, timeZone: string): boolean => toLocalDate(zonedMidnight(day, timeZone), timeZone) === day;

describe('billingCycle', () => {
  it.each<[string, BillingCycleName, string, string]>([
    ['2026-04-15', 'monthly', '2026-03-15', '2026-04-15'],
    ['2026-03-31', 'monthly', '2026-02-28', '2026-03-31'],
    ['2024-03-31', 'monthly', '2024-02-29', '2024-03-31'],
    ['2026-05-31', 'quarterly', '2026-02-28', '2026-05-31'],
    ['2026-02-28', 'semiannually', '2025-08-28', '2026-02-28'],
    ['2024-02-29', 'annually', '2023-02-28', '2024-02-29'],
    ['2028-02-29', 'biennially', '2026-02-28', '2028-02-29'],
    ['2026-01-01', 'triennially', '2023-01-01', '2026-01-01'],
  ])('of %s %s reaches from %s to %s', (nextDueDate, name, start, end) => {
    const cycle = billingCycle({ nextDueDate, billingCycle: name, timeZone: 'Asia/Tehran' });
    expect(cycle).toEqual({ start: zonedMidnight(start, 'Asia/Tehran'), end: zonedMidnight(end, 'Asia/Tehran') });
  });

  it('is the period in force on the day before the due date', () => {
    fc.assert(
      fc.property(anchor, (input) => {
        const cycle = billingCycle(input);
        const lastInstant = new Date(Date.parse(cycle.end) - 1).toISOString();
        expect(billingCycleAt({ ...input, now: lastInstant })).toEqual(cycle);
      }),
    );
  });

  it('refuses what has no meaning', () => {
    const input = { nextDueDate: '2026-01-01', billingCycle: 'monthly' as const, timeZone: 'UTC' };
    expect(catchCode(() => billingCycle({ ...input, nextDueDate: '0000-00-00' }))).toBe('invalid_date');
    expect(catchCode(() => billingCycle({ ...input, timeZone: 'Nowhere' }))).toBe('invalid_time_zone');
    expect(catchCode(() => billingCycle({ ...input, billingCycle: 'weekly' as BillingCycleName }))).toBe(
      'invalid_billing_cycle',
    );
    expect(catchCode(() => billingCycleAt({ ...input, now: '2026-01-01' }))).toBe('invalid_instant');
  });
});

describe('billingCycleAt', () => {
  const timeZone = 'Europe/Berlin';

  it('names the instant that is none', () => {
    const anchor = { nextDueDate: '2026-04-01', billingCycle: 'monthly', timeZone: 'UTC' } as const;
    expect(() => billingCycleAt({ ...anchor, now: 'today' })).toThrow(/^now is/);
  });

  it('goes forward for an overdue service and backward for one paid ahead', () => {
    const input = { nextDueDate: '2026-01-31', billingCycle: 'monthly' as const, timeZone };
    expect(days(billingCycleAt({ ...input, now: '2026-04-10T00:00:00.000Z' }), timeZone)).toEqual([
      '2026-03-31',
      '2026-04-30',
    ]);
    expect(days(billingCycleAt({ ...input, now: '2025-11-29T00:00:00.000Z' }), timeZone)).toEqual([
      '2025-10-31',
      '2025-11-30',
    ]);
  });

  it('cuts a yearly period into months from its anchor', () => {
    const input = { nextDueDate: '2026-08-31', billingCycle: 'annually' as const, timeZone };
    const cycle = billingCycleAt({ ...input, now: '2026-02-10T00:00:00.000Z', quotaPeriod: 'month' });
    expect(days(cycle, timeZone)).toEqual(['2026-01-31', '2026-02-28']);
  });

  it('contains now', () => {
    fc.assert(
      fc.property(anchor, quotaPeriod, instant, (input, period, now) => {
        const cycle = billingCycleAt({ ...input, quotaPeriod: period, now });
        expect(cycle.start <= now && now < cycle.end).toBe(true);
      }),
      { numRuns: runs(1000) },
    );
  });

  it('touches its neighbours and never overlaps them', () => {
    fc.assert(
      fc.property(anchor, quotaPeriod, instant, (input, period, now) => {
        const at = (ms: number): Cycle =>
          billingCycleAt({ ...input, quotaPeriod: period, now: new Date(ms).toISOString() });
        const cycle = at(Date.parse(now));
        expect(at(Date.parse(cycle.end)).start).toBe(cycle.end);
        expect(at(Date.parse(cycle.start) - 1).end).toBe(cycle.start);
      }),
      { numRuns: runs(300) },
    );
  });

  it('comes back to the 31st after every short month', () => {
    fc.assert(
      fc.property(fc.constantFrom('2026-01-31', '2024-12-31', '2025-05-31'), zone, instant, (nextDueDate, tz, now) => {
        const cycle = billingCycleAt({ nextDueDate, billingCycle: 'monthly', timeZone: tz, now });
        for (const day of days(cycle, tz)) {
          const [year, month] = day.split('-').map(Number) as [number, number];
          const last = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
          const before = new Date(Date.UTC(year, month - 1, 0)).toISOString().slice(0, 10);
          expect(day).toBe(day.endsWith('-01') && !hasDay(before, tz) ? day : last);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it('comes back to the 31st after the last of 1994, which Kiritimati lacks', () => {
    const input = { nextDueDate: '2026-01-31', billingCycle: 'monthly' as const, timeZone: 'Pacific/Kiritimati' };
    expect(days(billingCycleAt({ ...input, now: '1994-12-15T00:00:00.000Z' }), input.timeZone)).toEqual([
      '1994-11-30',
      '1995-01-01',
    ]);
    expect(days(billingCycleAt({ ...input, now: '1995-01-15T00:00:00.000Z' }), input.timeZone)).toEqual([
      '1995-01-01',
      '1995-01-31',
    ]);
  });

  it('gives months that fill the billing period without a rest', () => {
    fc.assert(
      fc.property(anchor, instant, (input, now) => {
        const whole = billingCycleAt({ ...input, now });
        const month = billingCycleAt({ ...input, now, quotaPeriod: 'month' });
        expect(month.start >= whole.start && month.end <= whole.end).toBe(true);
        expect(billingCycleAt({ ...input, now: whole.start, quotaPeriod: 'month' }).start).toBe(whole.start);
      }),
      { numRuns: runs(300) },
    );
  });

  it('does not change when the due date moves a period on and no month is short', () => {
    const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-05-${String(n).padStart(2, '0')}`);
    fc.assert(
      fc.property(day, cycleName, zone, instant, (nextDueDate, name, timeZone, now) => {
        const input = { nextDueDate, billingCycle: name, timeZone };
        const moved = nextDueDateAfter(input);
        expect(billingCycleAt({ ...input, nextDueDate: moved, now })).toEqual(billingCycleAt({ ...input, now }));
      }),
      { numRuns: runs(300) },
    );
  });

  it('answers the same whatever was asked before, and hands out nothing that can be spoilt', () => {
    fc.assert(
      fc.property(anchor, fc.array(instant, { minLength: 2, maxLength: 6 }), (input, instants) => {
        const first = instants.map((now) => billingCycleAt({ ...input, now }));
        const kept = first.map((cycle) => ({ ...cycle }));
        for (const cycle of first) cycle.end = 'spoilt';
        const backwards = [...instants].reverse().map((now) => billingCycleAt({ ...input, now }));
        expect(backwards.reverse()).toEqual(kept);
      }),
    );
  });

  it('stays right when more anchors are in use than are remembered', () => {
    const start = Date.UTC(1990, 0, 1);
    const ask = (n: number): Cycle =>
      billingCycleAt({
        nextDueDate: new Date(start + (n % 25_000) * 86_400_000).toISOString().slice(0, 10),
        billingCycle: 'monthly',
        timeZone: 'UTC',
        now: '2026-05-05T05:05:05.005Z',
      });
    const before = ask(0);
    for (let n = 1; n < 25_000; n += 1) ask(n);
    expect(ask(0)).toEqual(before);
  });
});

describe('nextDueDateAfter', () => {
  it('keeps to the anchor day that the caller knows', () => {
    expect(nextDueDateAfter({ nextDueDate: '2026-01-31', billingCycle: 'monthly' })).toBe('2026-02-28');
    expect(nextDueDateAfter({ nextDueDate: '2026-02-28', billingCycle: 'monthly' })).toBe('2026-03-28');
    expect(nextDueDateAfter({ nextDueDate: '2026-02-28', billingCycle: 'monthly', anchorDay: 31 })).toBe('2026-03-31');
    expect(nextDueDateAfter({ nextDueDate: '2026-12-15', billingCycle: 'triennially' })).toBe('2029-12-15');
  });

  it('refuses an anchor day that no month has', () => {
    for (const anchorDay of [0, 32, 1.5, Number.NaN]) {
      expect(catchCode(() => nextDueDateAfter({ nextDueDate: '2026-01-31', billingCycle: 'monthly', anchorDay }))).toBe(
        'invalid_number',
      );
    }
  });

  it('ends the period after the one that ends at the due date', () => {
    fc.assert(
      fc.property(localDate, cycleName, (nextDueDate, name) => {
        const input = { nextDueDate, billingCycle: name, timeZone: 'UTC' };
        const following = billingCycleAt({ ...input, now: zonedMidnight(nextDueDate, 'UTC') });
        expect(toLocalDate(following.end, 'UTC')).toBe(nextDueDateAfter(input));
      }),
    );
  });
});
