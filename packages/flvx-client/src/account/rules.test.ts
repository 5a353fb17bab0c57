import { describe, expect, it } from '@jest/globals';
import { zonedMidnight } from '@sluice/quota-core';
import { isResetDayBetween } from './rules.js';

describe('the panel’s monthly reset', () => {
  const between = (day: number, from: string, to: string, zone = 'UTC'): boolean =>
    isResetDayBetween(day, `${from}:00.000Z`, `${to}:00.000Z`, zone);

  it('may lie between two readings on either side of that midnight', () => {
    expect(between(1, '2026-11-30T23:50', '2026-12-01T00:10')).toBe(true);
    expect(between(1, '2026-12-01T00:10', '2026-12-30T23:50')).toBe(false);
    expect(between(15, '2026-12-14T12:00', '2026-12-15T12:00')).toBe(true);
    expect(between(14, '2026-12-14T12:00', '2026-12-15T12:00')).toBe(false);
  });

  it('is on the last day of a month that is too short', () => {
    expect(between(31, '2026-11-29T12:00', '2026-11-30T12:00')).toBe(true);
    expect(between(30, '2027-02-27T12:00', '2027-02-28T12:00')).toBe(true);
    expect(between(31, '2026-12-29T12:00', '2026-12-30T12:00')).toBe(false);
  });

  it('is at midnight of the panel’s own time zone', () => {
    expect(between(1, '2026-11-30T15:50', '2026-11-30T16:10', 'Asia/Shanghai')).toBe(true);
    expect(between(1, '2026-11-30T23:50', '2026-12-01T00:10', 'Asia/Shanghai')).toBe(false);
  });

  it('is on the days on which the clocks of the zone change', () => {
    expect(between(28, '2027-03-27T22:50', '2027-03-27T23:05', 'Europe/Berlin')).toBe(true);
    expect(between(28, '2027-03-27T12:00', '2027-03-28T12:00', 'Europe/Berlin')).toBe(true);
    expect(between(29, '2027-03-27T22:50', '2027-03-27T23:05', 'Europe/Berlin')).toBe(false);
    expect(between(29, '2027-03-28T21:50', '2027-03-28T22:05', 'Europe/Berlin')).toBe(true);
    expect(between(31, '2030-03-30T22:50', '2030-03-30T23:05', 'Europe/Berlin')).toBe(true);
    expect(between(31, '2027-10-30T21:50', '2027-10-30T22:05', 'Europe/Berlin')).toBe(true);
    expect(between(1, '2027-10-31T22:50', '2027-10-31T23:05', 'Europe/Berlin')).toBe(true);
    expect(between(31, '2027-10-31T22:50', '2027-10-31T23:05', 'Europe/Berlin')).toBe(false);
    // Midnight of 5 September 2027 is skipped.
    expect(between(5, '2027-09-05T03:50', '2027-09-05T04:05', 'America/Santiago')).toBe(true);
  });

  it('is found between every two readings around it, in every zone', () => {
    const wrong: string[] = [];
    for (const zone of ['UTC', 'Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe', 'Asia/Shanghai']) {
      for (let day = Date.UTC(2027, 0, 1); day < Date.UTC(2028, 0, 1); day += 86_400_000) {
        const date = new Date(day).toISOString().slice(0, 10);
        const midnight = Date.parse(zonedMidnight(date, zone));
        const at = (ms: number): string => new Date(midnight + ms).toISOString().slice(0, 16);
        const resetDay = Number(date.slice(8));
        const isFound = between(resetDay, at(-600_000), at(600_000), zone);
        if (!isFound || between(resetDay, at(600_000), at(50_000_000), zone)) wrong.push(`${date} ${zone}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is never with day 0, and always within a month and a day', () => {
    expect(between(0, '2026-01-01T00:00', '2027-01-01T00:00')).toBe(false);
    expect(between(-3, '2026-01-01T00:00', '2027-01-01T00:00')).toBe(false);
    expect(between(31, '2026-01-01T00:00', '2026-02-05T00:00')).toBe(true);
  });
});
