import { localDay, toLocalTime } from '@sluice/quota-core/telephony';

const DAY_MS = 86_400_000;

/**
 * Returns the bounds of a period as dates in its zone, which is named; the second one is not a part of it. A bound inside a day
 * has its time.
 */
export function describePeriod({ from, to, timeZone }: { from: string; to: string; timeZone: string }): string {
  const [start, end] = [from, to].map((instant) => describeBound(toLocalTime(instant, timeZone), timeZone));
  return `${start ?? ''} to ${end ?? ''} (${timeZone})`;
}

/** Returns a local time with offset as `2026-11-24`, with `09:27` (or `09:27:05`) after it where it is not the begin of a day. */
export function describeBound(local: string, timeZone: string): string {
  const day = local.slice(0, 10);
  if (isDayBegin(local, timeZone)) return day;
  return `${day} ${local.slice(11, local.slice(17, 19) === '00' ? 16 : 19)}`;
}

const DATE = /(?<![\d-])(\d{4}-\d\d-\d\d)(?: ([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?)?(?![\d-])/g;

/** Returns the local times with offset that dates of a text may be as {@link describeBound} writes them; an hour that comes twice is two. */
export function readBounds(text: string, timeZone: string): string[] {
  return [...text.matchAll(DATE)].flatMap(([, day = '', hour, minute, second = '00']) => {
    const noon = Date.parse(`${day}T12:00:00Z`);
    if (Number.isNaN(noon) || new Date(noon).toISOString().slice(0, 10) !== day) return [];
    if (hour === undefined) return [localDay(day, timeZone).start];
    const offsets = [noon - DAY_MS, noon + DAY_MS].map((ms) =>
      toLocalTime(new Date(ms).toISOString(), timeZone).slice(19),
    );
    const times = [...new Set(offsets)].map((offset) => `${day}T${hour}:${minute ?? ''}:${second}${offset}`);
    return times.filter((time) => toLocalTime(time, timeZone) === time);
  });
}

const TIME = /(?<![\d:])(\d{1,2}):(\d\d)(?::(\d\d))?(?![\d:])/g;

/** A time of day in a text. */
export interface ReadTime {
  /** As `09:27:05`. */
  time: string;
  /** The days whose text stands before it. */
  days: readonly string[];
}

/**
 * Returns the times of day in a text of any language, in their order; digits may be Persian or Arabic ones. `days` are local days by their
 * text, such as `24 Nov 2026`, which stands right before the time of a bound.
 */
export function readTimes(text: string, days: ReadonlyMap<string, string>): ReadTime[] {
  const western = toWestern(text);
  const byText = new Map([...days].map(([written, day]) => [toWestern(written), day]));
  const lengths = [...new Set([...byText.keys()].map(({ length }) => length))];
  return [...western.matchAll(TIME)].map((match) => {
    const [, hour = '', minute = '', second = '00'] = match;
    const before = western.slice(Math.max(0, match.index - LONGEST_DAY), match.index).replace(/[,،]? $/, '');
    const found = lengths.flatMap((length) => byText.get(before.slice(-length)) ?? []);
    return { time: [hour.padStart(2, '0'), minute, second].join(':'), days: [...new Set(found)] };
  });
}

/** The text of a day, and what stands between it and a time, is not longer. */
const LONGEST_DAY = 60;

function toWestern(text: string): string {
  return text.replaceAll(/[\u0660-\u0669\u06F0-\u06F9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}

/** Lists the local days (`2026-11-24`) that two instants (milliseconds) lie on, and those between them. */
export function listDays(from: number, to: number, timeZone: string): string[] {
  const [first, last] = [from, to].map((ms) => toLocalTime(new Date(ms).toISOString(), timeZone).slice(0, 10));
  const days: string[] = [];
  for (let ms = Date.parse(`${first ?? ''}T00:00:00Z`); ms <= Date.parse(`${last ?? ''}T00:00:00Z`); ms += DAY_MS)
    days.push(new Date(ms).toISOString().slice(0, 10));
  return days;
}

/** Returns the last local day before a local time with offset: its own day where it is inside of one. */
export function lastDayBefore(local: string, timeZone: string): string {
  const day = local.slice(0, 10);
  if (!isDayBegin(local, timeZone)) return day;
  return new Date(Date.parse(`${day}T00:00:00Z`) - 1).toISOString().slice(0, 10);
}

/** A day may begin at 01:00, where the clock is put forward at midnight. */
function isDayBegin(local: string, timeZone: string): boolean {
  return Date.parse(local) === Date.parse(localDay(local.slice(0, 10), timeZone).start);
}
