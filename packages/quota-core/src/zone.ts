import { tzOffset } from '@date-fns/tz/tzOffset';
import { BoundedCache } from './bounded-cache.js';
import { type CalendarDate, formatCalendarDate, parseCalendarDate } from './calendar.js';
import { QuotaCoreError, quote } from './errors.js';
import { instantMs } from './instant.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const knownZones = new BoundedCache<true>(1000);
const midnights = new BoundedCache<number>(20_000);

/**
 * Returns the instant at which a local day begins in an IANA time zone, as ISO 8601 UTC. Where the clocks skip midnight
 * it is the change itself; where midnight comes twice, the first one.
 *
 * @param localDate `YYYY-MM-DD`
 * @throws QuotaCoreError `invalid_date`, `invalid_time_zone`
 *
 * @example
 * ```ts
 * zonedMidnight('2026-03-01', 'Europe/Berlin'); // 2026-02-28T23:00:00.000Z
 * ```
 */
export function zonedMidnight(localDate: string, timeZone: string): string {
  return new Date(midnightMs(parseCalendarDate(localDate, 'the local date'), timeZone)).toISOString();
}

/**
 * Returns the instant of a local date and time in an IANA time zone, as ISO 8601 UTC. Of a time that comes twice it is
 * the first one, of a time that the clocks skip the change itself.
 *
 * @param localTime `YYYY-MM-DD HH:MM` or `YYYY-MM-DD HH:MM:SS`
 * @throws QuotaCoreError `invalid_date`, `invalid_time_zone`
 *
 * @example
 * ```ts
 * zonedTime('2026-03-01 09:30', 'Europe/Berlin'); // 2026-03-01T08:30:00.000Z
 * ```
 */
export function zonedTime(localTime: string, timeZone: string): string {
  const [, date = '', hour, minute, second = 0] = /^(.{10}) (\d\d):(\d\d)(?::(\d\d))?$/.exec(localTime) ?? [];
  const { year, month, day } = parseCalendarDate(date, 'the local date');
  const time = [Number(hour), Number(minute), Number(second)] as const;
  if (time[0] > 23 || time[1] > 59 || time[2] > 59) {
    throw new QuotaCoreError('invalid_date', `${quote(localTime)} is not a time of day: hours go from 00 to 23`);
  }
  checkTimeZone(timeZone);
  return new Date(findInstant(Date.UTC(year, month - 1, day, ...time), timeZone)).toISOString();
}

/**
 * Returns the local day `YYYY-MM-DD` of an instant in an IANA time zone.
 *
 * @param instant ISO 8601 UTC with milliseconds
 * @throws QuotaCoreError `invalid_instant`, `invalid_time_zone`
 *
 * @example
 * ```ts
 * toLocalDate('2026-02-28T23:00:00.000Z', 'Europe/Berlin'); // 2026-03-01
 * ```
 */
export function toLocalDate(instant: string, timeZone: string): string {
  return formatCalendarDate(calendarDateAt(instantMs(instant, 'the instant'), timeZone));
}

/** Returns the milliseconds of local midnight. */
export function midnightMs(date: CalendarDate, timeZone: string): number {
  const key = `${date.year}-${date.month}-${date.day} ${timeZone}`;
  const known = midnights.get(key);
  if (known !== undefined) return known;
  checkTimeZone(timeZone);
  const midnight = findInstant(Date.UTC(date.year, date.month - 1, date.day), timeZone);
  midnights.set(key, midnight);
  return midnight;
}

/** Returns the local date at an instant. */
export function calendarDateAt(ms: number, timeZone: string): CalendarDate {
  checkTimeZone(timeZone);
  const local = new Date(ms + offsetMs(ms, timeZone));
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

/** `wall` is the local clock reading as if it were UTC. */
function findInstant(wall: number, timeZone: string): number {
  // No zone is further from UTC than 15 hours, so that a change of the clocks is in between.
  let before = wall - 15 * HOUR;
  let after = wall + 15 * HOUR;
  const offsetBefore = offsetMs(before, timeZone);
  const offsetAfter = offsetMs(after, timeZone);
  if (offsetBefore === offsetAfter) return wall - offsetBefore;
  const candidates = [wall - offsetBefore, wall - offsetAfter].sort((a, b) => a - b);
  for (const candidate of candidates) {
    if (candidate + offsetMs(candidate, timeZone) === wall) return candidate;
  }
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetMs(middle, timeZone) === offsetBefore) before = middle;
    else after = middle;
  }
  return after;
}

function offsetMs(ms: number, timeZone: string): number {
  return Math.round(tzOffset(timeZone, new Date(ms)) * MINUTE);
}

function checkTimeZone(timeZone: string): void {
  if (knownZones.get(timeZone) === true) return;
  let valid = /^[A-Za-z]/.test(timeZone);
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    valid = false;
  }
  if (!valid) {
    throw new QuotaCoreError(
      'invalid_time_zone',
      `${quote(timeZone)} is not a time zone: write a name of the IANA list, such as Europe/Berlin or UTC`,
    );
  }
  knownZones.set(timeZone, true);
}
