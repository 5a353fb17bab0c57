import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calendarWindow, crossedThresholds } from './index.js';
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

describe('thresholds of a limit in money', () => {
  it('are reached exactly', () => {
    const thresholds = [80, 90, 100];
    expect(crossedThresholds({ used: '15.999', allowed: '20', thresholds, already: [] })).toEqual([]);
    expect(crossedThresholds({ used: '18.00', allowed: '20', thresholds, already: [80] })).toEqual([90]);
  });
});
