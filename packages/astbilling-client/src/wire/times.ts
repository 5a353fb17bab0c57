import { tzOffset } from '@date-fns/tz/tzOffset';
import { zonedTime } from '@sluice/quota-core';
import type { Formats } from '../profile/schema.js';
import { scalarText } from './pointer.js';

type TimeFormat = Pick<Formats, 'datetime' | 'timezone'>;

/** A range of instants, ISO 8601. */
interface Bounds {
  from: string;
  to: string;
}

const MINUTE = 60_000;

/** Returns an instant of the wire as ISO 8601 UTC; null for what is not one. A time without offset is one of the profile's zone. */
export function parseTime(value: unknown, { datetime, timezone }: TimeFormat): string | null {
  const text = (scalarText(value) ?? '').trim();
  switch (datetime) {
    case 'iso8601-offset':
    case 'iso8601-utc':
      return parseIso(text, datetime === 'iso8601-utc' ? 'UTC' : timezone);
    case 'sql-local':
      return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? toInstant(text, timezone) : null;
    case 'br-local': {
      const [, day, month, year, time] = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d:\d\d)$/.exec(text) ?? [];
      return day === undefined ? null : toInstant(`${year}-${month}-${day} ${time}`, timezone);
    }
    case 'epoch-seconds':
      return /^\d{1,11}$/.test(text) ? new Date(Number(text) * 1000).toISOString() : null;
  }
}

/** Returns an ISO 8601 instant as the wire writes it, in whole seconds. */
export function formatTime(instant: string, { datetime, timezone }: TimeFormat): string | number {
  const ms = Date.parse(instant);
  if (Number.isNaN(ms)) throw new RangeError('write an instant in ISO 8601');
  const zone = datetime === 'iso8601-utc' ? 'UTC' : timezone;
  const offset = tzOffset(zone, new Date(ms));
  const [date = '', time = ''] = new Date(ms + offset * MINUTE).toISOString().slice(0, 19).split('T');
  switch (datetime) {
    case 'iso8601-offset':
      return `${date}T${time}${formatOffset(offset)}`;
    case 'iso8601-utc':
      return `${date}T${time}Z`;
    case 'sql-local':
      return `${date} ${time}`;
    case 'br-local':
      return `${date.split('-').reverse().join('/')} ${time}`;
    case 'epoch-seconds':
      return Math.floor(ms / 1000);
  }
}

/**
 * Returns the range whose times are read back from what the wire writes of this one: without an offset, all times of an hour that comes
 * twice are read as those of the first one.
 */
export function toReadRange({ from, to }: Bounds, formats: TimeFormat): Bounds {
  return { from: shift(from, -countRepeated(from, formats)), to: shift(to, countRepeated(to, formats)) };
}

const shift = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();

/** By how much an instant is read back too early, in milliseconds. */
function countRepeated(instant: string, formats: TimeFormat): number {
  const ms = Date.parse(instant);
  const early = ms - Date.parse(parseTime(formatTime(instant, formats), formats) ?? instant);
  // The wire has whole seconds.
  return early >= MINUTE ? early : 0;
}

/** Returns a day of the wire as `YYYY-MM-DD`; null for what is not one. */
export function parseDate(value: unknown, format: 'iso' | 'br'): string | null {
  if (typeof value !== 'string') return null;
  const [, iso] = /^(\d{4}-\d\d-\d\d)(?:[T ]00:00:00\S*)?$/.exec(value) ?? [];
  const [, day, month, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(value) ?? [];
  const date = format === 'iso' ? iso : day === undefined ? undefined : `${year}-${month}-${day}`;
  return date === undefined || toInstant(`${date} 00:00:00`, 'UTC') === null ? null : date;
}

export function formatDate(date: string, format: 'iso' | 'br'): string {
  return format === 'iso' ? date : date.split('-').reverse().join('/');
}

/** Returns whole seconds; null for what is not a duration. */
export function parseDuration(value: unknown, format: Formats['duration']): number | null {
  const text = (scalarText(value) ?? '').trim();
  if (format === 'hh:mm:ss') {
    const [, hours, minutes, seconds] = /^(\d{1,5}):([0-5]\d):([0-5]\d)$/.exec(text) ?? [];
    return hours === undefined ? null : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  }
  if (format === 'decimal-minutes') return /^\d{1,7}([.,]\d+)?$/.test(text) ? toSeconds(text.replace(',', '.')) : null;
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

export function formatDuration(seconds: number, format: Formats['duration']): string | number {
  if (format === 'seconds') return seconds;
  if (format === 'decimal-minutes') return String(Math.round((seconds / 60) * 10_000) / 10_000);
  return `${pad(seconds / 3600)}:${pad((seconds % 3600) / 60)}:${pad(seconds % 60)}`;
}

const pad = (part: number): string => String(Math.floor(part)).padStart(2, '0');

/** The digits after the point have a binary error far below half a second. */
const toSeconds = (minutes: string): number => Math.round(Number(minutes) * 60 + 1e-9);

function parseIso(text: string, timezone: string): string | null {
  const [, date, time, fraction = '', zone] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/.exec(text) ?? [];
  if (date === undefined) return null;
  const instant = toInstant(`${date} ${time}`, zone === undefined ? timezone : 'UTC');
  if (instant === null) return null;
  const milliseconds = Math.floor(Number(`0${fraction}`) * 1000);
  return new Date(Date.parse(instant) + milliseconds - parseOffset(zone) * MINUTE).toISOString();
}

function parseOffset(zone = 'Z'): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

function formatOffset(minutes: number): string {
  const whole = Math.round(Math.abs(minutes));
  return `${minutes < 0 ? '-' : '+'}${pad(whole / 60)}:${pad(whole % 60)}`;
}

function toInstant(localTime: string, timezone: string): string | null {
  try {
    return zonedTime(localTime, timezone);
  } catch {
    return null;
  }
}
