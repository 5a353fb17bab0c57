import { tzOffset } from '@date-fns/tz/tzOffset';
import { checkLocalDate } from '../cycle.js';
import { toLocalDate, zonedMidnight } from '../zone.js';
import { quote } from '../errors.js';
import { TelephonyError } from './errors.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const INSTANT = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Returns the milliseconds of an instant in ISO 8601 with an offset or `Z`, null for other text. */
export function instantMs(text: string): number | null {
  const date = INSTANT.exec(text)?.[1];
  if (date === undefined) return null;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Date.parse also accepts 30 February.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return null;
  return Date.parse(text);
}

export function parseInstant(text: string, what: string): number {
  const ms = instantMs(text);
  if (ms === null) {
    throw new TelephonyError(
      'invalid_instant',
      `${what} is ${quote(text)}: write an instant with an offset, such as 2026-10-01T00:00:00-03:00`,
    );
  }
  return ms;
}

/**
 * Returns an instant as local time with its offset, in whole seconds: `2026-10-01T00:00:00-03:00`.
 *
 * @param instant ISO 8601 with an offset or `Z`; parts of a second are dropped
 * @throws TelephonyError `invalid_instant`
 * @throws QuotaCoreError `invalid_time_zone`
 */
export function toLocalTime(instant: string, timeZone: string): string {
  return formatLocalTime(parseInstant(instant, 'the instant'), timeZone);
}

/** As {@link toLocalTime}, of milliseconds. */
export function formatLocalTime(ms: number, timeZone: string): string {
  const offset = tzOffset(timeZone, new Date(ms));
  // Throws what is wrong with the zone.
  if (Number.isNaN(offset)) toLocalDate(new Date(ms).toISOString(), timeZone);
  const minutes = Math.abs(Math.trunc(offset));
  const local = new Date(Math.floor(ms / 1000) * 1000 + offset * MINUTE).toISOString().slice(0, 19);
  return `${local}${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** From one local midnight to the next: `[start, end)`, local times with offset. */
export interface LocalDay {
  start: string;
  end: string;
}

/**
 * Returns the bounds of a local day. It has 23 or 25 hours where the clocks change.
 *
 * @param day `YYYY-MM-DD`
 * @throws QuotaCoreError `invalid_date`, `invalid_time_zone`
 */
export function localDay(day: string, timeZone: string): LocalDay {
  checkLocalDate(day, 'the day');
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString().slice(0, 10);
  return {
    start: toLocalTime(zonedMidnight(day, timeZone), timeZone),
    end: toLocalTime(zonedMidnight(next, timeZone), timeZone),
  };
}

export function pad(number: number): string {
  return String(number).padStart(2, '0');
}
