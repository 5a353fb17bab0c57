import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { beginWindowCount, calendarWindow, crossedThresholds, type CycleReading, stepWindowCount } from './index.js';
import { zone } from './test/arbitraries.js';

const HOUR = 3_600_000;
const hours = ({ start, end }: { start: string; end: string }): number => (Date.parse(end) - Date.parse(start)) / HOUR;

describe('a window of the calendar', () => {
  it('is a local day, with 23 or 25 hours where the clocks change', () => {
    const day = (now: string) => calendarWindow({ window: 'day', timeZone: 'Europe/Berlin', now });
    expect(day('2026-03-29T12:00:00.000Z')).toEqual({
      start: '2026-03-28T23:00:00.000Z',
      end: '2026-03-29T22:00:00.000Z',
    });
    expect(hours(day('2026-03-29T12:00:00.000Z'))).toBe(23);
    expect(hours(day('2026-10-25T12:00:00.000Z'))).toBe(25);
  });

  it('is a week from Monday, or a month from its first day', () => {
    const of = (window: 'week' | 'month', now: string) => calendarWindow({ window, timeZone: 'UTC', now });
    const week = { start: '2026-11-16T00:00:00.000Z', end: '2026-11-23T00:00:00.000Z' };
    expect(of('week', '2026-11-16T00:00:00.000Z')).toEqual(week);
    expect(of('week', '2026-11-22T23:59:59.999Z')).toEqual(week);
    expect(of('month', '2026-12-31T23:00:00.000Z')).toEqual({
      start: '2026-12-01T00:00:00.000Z',
      end: '2027-01-01T00:00:00.000Z',
    });
  });

  it('contains its instant, and the next begins where it ends', () => {
    const ms = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2035, 0) });
    fc.assert(
      fc.property(zone, ms, fc.constantFrom('day', 'week', 'month'), (timeZone, instant, window) => {
        const now = new Date(instant).toISOString();
        const { start, end } = calendarWindow({ window, timeZone, now });
        expect(start <= now && now < end).toBe(true);
        expect(calendarWindow({ window, timeZone, now: end }).start).toBe(end);
      }),
    );
  });
});

const at = (hour: number, totalBytes: number, cycle = 'c1', cycleStart = 'a'): CycleReading => ({
  at: `2026-03-10T${String(hour).padStart(2, '0')}:00:00.000Z`,
  cycle,
  cycleStart,
  inBytes: null,
  outBytes: null,
  totalBytes,
});

describe('usage in a window', () => {
  const count = beginWindowCount('2026-03-10T00:00:00.000Z', at(0, 700));
  const total = (input: Parameters<typeof stepWindowCount>[0]) => stepWindowCount(input).usage?.totalBytes;

  it('is the growth since the reading at its beginning', () => {
    expect(total({ count, last: null, reading: at(5, 900) })).toBe(200);
    expect(total({ count, last: null, reading: at(5, 600) })).toBe(0);
  });

  it('is unknown, not zero, while nothing but the first reading is known', () => {
    expect(stepWindowCount({ count, last: null, reading: at(0, 700) })).toEqual({ count, usage: null });
  });

  it('goes on over the end of a cycle', () => {
    const step = stepWindowCount({ count, last: at(5, 900), reading: at(6, 40, 'c2', 'b') });
    expect(step.usage?.totalBytes).toBe(240);
    expect(total({ count: step.count, last: at(6, 40, 'c2', 'b'), reading: at(7, 90, 'c2', 'b') })).toBe(290);
  });

  it('goes on from the next reading of a cycle that was moved', () => {
    const step = stepWindowCount({ count, last: at(5, 900), reading: at(6, 5000, 'c1', 'b') });
    expect(step.usage?.totalBytes).toBe(200);
    expect(total({ count: step.count, last: null, reading: at(7, 5010, 'c1', 'b') })).toBe(210);
  });
});

describe('thresholds of a limit in money', () => {
  it('are reached exactly', () => {
    const thresholds = [80, 90, 100];
    expect(crossedThresholds({ used: '15.999', allowed: '20', thresholds, already: [] })).toEqual([]);
    expect(crossedThresholds({ used: '18.00', allowed: '20', thresholds, already: [80] })).toEqual([90]);
  });
});
