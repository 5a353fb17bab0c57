import { tzOffset } from '@date-fns/tz/tzOffset';
import { QuotaCoreError, quote } from './errors.js';

/** A cache of pure results that drops its oldest entry when it is full. */
export class BoundedCache<V> {
  readonly #entries = new Map<string, V>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    if (this.#entries.size >= this.#limit && !this.#entries.has(key)) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, value);
  }
}

const known = new BoundedCache<number>(64);

/** Parses an instant in the form of `Date#toISOString`, the only accepted one, to milliseconds since the epoch. */
export function instantMs(text: string, what: string): number {
  // All services of a run have the same few instants.
  const before = known.get(text);
  if (before !== undefined) return before;
  const ms = Date.parse(text);
  // Date.parse also accepts 30 February, and text without a zone as the host's time.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== text) {
    throw new QuotaCoreError(
      'invalid_instant',
      `${what} is ${quote(text)}: write an instant in UTC with milliseconds, such as 2026-03-01T00:00:00.000Z`,
    );
  }
  known.set(text, ms);
  return ms;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const knownZones = new BoundedCache<true>(1000);
const midnights = new BoundedCache<number>(20_000);
const midnightTexts = new BoundedCache<string>(1000);

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
  const key = `${localDate} ${timeZone}`;
  const known = midnightTexts.get(key);
  if (known !== undefined) return known;
  const midnight = new Date(midnightMs(parseCalendarDate(localDate, 'the local date'), timeZone)).toISOString();
  midnightTexts.set(key, midnight);
  return midnight;
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
  // Of a time that comes twice the first one: by the clocks before they were put back.
  for (const candidate of [wall - offsetBefore, wall - offsetAfter]) {
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
  // The zones of the host's library are not loaded for it.
  if (timeZone === 'UTC') return 0;
  return Math.round(tzOffset(timeZone, new Date(ms)) * MINUTE);
}

function checkTimeZone(timeZone: string): void {
  if (timeZone === 'UTC' || knownZones.get(timeZone) === true) return;
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

/** A calendar date without time or zone. */
export interface CalendarDate {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Parses `YYYY-MM-DD`; years are from 1970 to 9000, so that no sum of billing cycles exceeds four digits. */
export function parseCalendarDate(text: string, what: string): CalendarDate {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const date = { year: Number(match?.[1]), month: Number(match?.[2]), day: Number(match?.[3]) };
  if (
    match === null ||
    date.year < 1970 ||
    date.year > 9000 ||
    date.month < 1 ||
    date.month > 12 ||
    date.day < 1 ||
    date.day > daysInMonth(date.year, date.month)
  ) {
    throw new QuotaCoreError(
      'invalid_date',
      `${what} is ${quote(text)}: write an existing date in the form YYYY-MM-DD`,
    );
  }
  return date;
}

/** Adds calendar months, or subtracts them; the day is clamped to the last day of the resulting month. */
export function addCalendarMonths(from: CalendarDate, count: number, day = from.day): CalendarDate {
  const months = from.year * 12 + from.month - 1 + count;
  const year = Math.floor(months / 12);
  const month = months - year * 12 + 1;
  return { year, month, day: Math.min(day, daysInMonth(year, month)) };
}

export function formatCalendarDate(date: CalendarDate): string {
  const year = String(date.year).padStart(4, '0');
  return `${year}-${String(date.month).padStart(2, '0')}-${String(date.day).padStart(2, '0')}`;
}
