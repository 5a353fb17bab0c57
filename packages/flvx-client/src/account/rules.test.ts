import { describe, expect, it } from '@jest/globals';
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

  it('is never with day 0, and always within a month and a day', () => {
    expect(between(0, '2026-01-01T00:00', '2027-01-01T00:00')).toBe(false);
    expect(between(-3, '2026-01-01T00:00', '2027-01-01T00:00')).toBe(false);
    expect(between(31, '2026-01-01T00:00', '2026-02-05T00:00')).toBe(true);
  });
});
