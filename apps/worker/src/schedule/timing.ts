import { toLocalDate, zonedTime } from '@sluice/quota-core';

/** When a job runs: every so many milliseconds, or at a local time of day such as `04:17`. */
export type JobTiming = { everyMs: number } | { at: string };

interface Zoned {
  timing: JobTiming;
  timeZone: string;
}

const DAY_MS = 86_400_000;
/** Longest time between two daily runs: a local day may have 25 hours. */
export const DAILY_MS = 25 * 3_600_000;

/** Returns the first instant after `now` at which a job is due that was due at `before`. */
export function nextDue({ timing, timeZone }: Zoned, now: number, before: number): number {
  if ('everyMs' in timing) {
    const { everyMs } = timing;
    return before > now ? before : before + (Math.floor((now - before) / everyMs) + 1) * everyMs;
  }
  return dueTimes(timing.at, timeZone, now).find((each) => each > now) ?? now + DAY_MS;
}

/** Returns the last instant until `now` at which a job was due. */
export function previousDue({ timing, timeZone }: Zoned, now: number): number {
  if ('everyMs' in timing) return now - timing.everyMs;
  return dueTimes(timing.at, timeZone, now).findLast((each) => each <= now) ?? now - DAY_MS;
}

/** Returns the times of a daily job around an instant. */
function dueTimes(at: string, timeZone: string, now: number): number[] {
  const days = [-2, -1, 0, 1, 2].map((days) => toLocalDate(new Date(now + days * DAY_MS).toISOString(), timeZone));
  return [...new Set(days)].map((day) => Date.parse(zonedTime(`${day} ${at}`, timeZone)));
}
