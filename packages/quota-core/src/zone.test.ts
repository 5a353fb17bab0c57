import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toLocalDate, zonedMidnight, zonedTime } from './index.js';
import { instant, localDate, zone } from './test/arbitraries.js';
import { catchCode } from './test/catch-code.js';
import { runs } from './test/runs.js';

/** The local day by the runtime's own formatter, asked directly. */
function toDay(ms: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(timeZone, format);
  }
  return format.format(ms);
}
const formats = new Map<string, Intl.DateTimeFormat>();

describe('zonedMidnight', () => {
  it.each([
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['2026-01-01', 'Asia/Kathmandu', '2025-12-31T18:15:00.000Z'],
    ['2026-01-01', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z'],
    ['2026-07-01', 'UTC', '2026-07-01T00:00:00.000Z'],
  ])('finds the beginning of %s in %s', (date, timeZone, expected) => {
    expect(zonedMidnight(date, timeZone)).toBe(expected);
  });

  it('takes the first instant of a day whose midnight is skipped', () => {
    expect(zonedMidnight('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z');
    expect(zonedMidnight('2022-03-27', 'Asia/Beirut')).toBe('2022-03-26T22:00:00.000Z');
    expect(zonedMidnight('2020-03-22', 'Asia/Tehran')).toBe('2020-03-21T19:30:00.000Z');
    expect(zonedMidnight('2021-03-22', 'Asia/Tehran')).toBe('2021-03-21T20:30:00.000Z');
  });

  it('takes the first of two midnights', () => {
    expect(zonedMidnight('2025-11-02', 'America/Havana')).toBe('2025-11-02T04:00:00.000Z');
    expect(zonedMidnight('2010-11-07', 'America/St_Johns')).toBe('2010-11-07T02:30:00.000Z');
  });

  it('takes the next day that exists where a whole day is skipped', () => {
    expect(zonedMidnight('2011-12-30', 'Pacific/Apia')).toBe('2011-12-30T10:00:00.000Z');
    expect(zonedMidnight('2011-12-31', 'Pacific/Apia')).toBe('2011-12-30T10:00:00.000Z');
  });

  it('is the first instant of its day in every zone', () => {
    fc.assert(
      fc.property(localDate, zone, (date, timeZone) => {
        const ms = Date.parse(zonedMidnight(date, timeZone));
        expect(toDay(ms, timeZone) >= date).toBe(true);
        for (let minutes = 0; minutes < 240; minutes += 5) {
          expect(toDay(ms - 1 - minutes * 60_000, timeZone) < date).toBe(true);
        }
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('zonedTime', () => {
  it.each([
    ['2026-11-20 23:44', 'Europe/Berlin', '2026-11-20T22:44:00.000Z'],
    ['2026-07-20 23:44:07', 'Europe/Berlin', '2026-07-20T21:44:07.000Z'],
    ['2026-07-20 23:59:59', 'UTC', '2026-07-20T23:59:59.000Z'],
    ['2026-03-29 02:30', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-10-25 02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ])('finds %s in %s', (local, timeZone, expected) => {
    expect(zonedTime(local, timeZone)).toBe(expected);
  });

  it.each([
    '2026-11-20',
    '2026-11-20 24:00',
    '2026-11-20 10:60',
    '2026-11-20 10:00:60',
    ' 2026-11-20 10:00',
    '2026-02-30 10:00',
    '',
  ])('refuses %j', (local) => {
    expect(catchCode(() => zonedTime(local, 'UTC'))).toBe('invalid_date');
  });
});

describe('toLocalDate', () => {
  it('agrees with the formatter of the runtime', () => {
    fc.assert(
      fc.property(instant, zone, (at, timeZone) => {
        expect(toLocalDate(at, timeZone)).toBe(toDay(Date.parse(at), timeZone));
      }),
      { numRuns: runs(300) },
    );
  });

  it('leads back to the midnight it lies after', () => {
    fc.assert(
      fc.property(instant, zone, (at, timeZone) => {
        expect(zonedMidnight(toLocalDate(at, timeZone), timeZone) <= at).toBe(true);
      }),
    );
  });

  it.each(['2026-01-01', '2026-01-01T00:00:00', '2026-01-01T00:00:00Z', '2026-02-30T00:00:00.000Z', 'now', ''])(
    'refuses %j, which is not written as an instant',
    (text) => {
      expect(catchCode(() => toLocalDate(text, 'UTC'))).toBe('invalid_instant');
    },
  );
});

describe('time zones', () => {
  it.each(['', 'Mars/Olympus', '+02:00', '-0330', 'Europe/Berlin ', '__proto__'])('refuses %j', (timeZone) => {
    expect(catchCode(() => zonedMidnight('2026-01-01', timeZone))).toBe('invalid_time_zone');
    expect(catchCode(() => toLocalDate('2026-01-01T00:00:00.000Z', timeZone))).toBe('invalid_time_zone');
  });
});
