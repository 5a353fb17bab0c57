import { localDay, toLocalTime } from '@sluice/telephony';

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
