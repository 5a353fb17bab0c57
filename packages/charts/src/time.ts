import { tzOffset } from '@date-fns/tz/tzOffset';
import { clockTime, type Language, shortDay } from '@sluice/messages';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HOUR_STEPS = [0.25, 0.5, 1, 2, 3, 6, 12];
const DAY_STEPS = [1, 2, 5, 7, 14, 30, 60, 90, 180, 365];

/** A mark on a time axis. */
export interface TimeTick {
  at: number;
  label: string;
}

/** Where the marks of a time axis stand. */
export interface TimeSpan {
  from: number;
  to: number;
  timeZone: string;
}

/** Returns at most `count` marks between two instants, at round local times or local midnights; in a language, by default English. */
export function timeTicks({ from, to, timeZone }: TimeSpan, count: number, language: Language = 'en'): TimeTick[] {
  const hours = HOUR_STEPS.find((step) => (to - from) / (step * HOUR) <= count);
  const marks = hours === undefined ? dayMarks(from, to, timeZone, count) : hourMarks(from, to, timeZone, hours);
  return marks
    .filter(({ at }) => at >= from && at <= to)
    .map(({ at, isDay }) => ({
      at,
      label: isDay ? shortDay(at, timeZone, language) : clockTime(at, timeZone, language),
    }));
}

interface Mark {
  at: number;
  isDay: boolean;
}

function hourMarks(from: number, to: number, timeZone: string, hours: number): Mark[] {
  const marks: Mark[] = [];
  for (let date = localDate(from, timeZone); ; date += DAY) {
    const midnight = localMidnight(date, timeZone);
    if (midnight > to) return marks;
    const next = localMidnight(date + DAY, timeZone);
    for (let at = midnight; at < next; at += hours * HOUR) {
      marks.push({ at, isDay: at === midnight });
    }
  }
}

function dayMarks(from: number, to: number, timeZone: string, count: number): Mark[] {
  const days = DAY_STEPS.find((step) => (to - from) / (step * DAY) <= count) ?? Math.ceil((to - from) / DAY / count);
  const marks: Mark[] = [];
  for (let date = localDate(from, timeZone); ; date += days * DAY) {
    const at = localMidnight(date, timeZone);
    if (at > to) return marks;
    marks.push({ at, isDay: true });
  }
}

/** Returns the local date of an instant, as the milliseconds of its midnight in UTC. */
function localDate(at: number, timeZone: string): number {
  return Math.floor((at + offsetMs(at, timeZone)) / DAY) * DAY;
}

/** Returns the first instant of a local date. */
function localMidnight(date: number, timeZone: string): number {
  // No zone is further from UTC than 15 hours, so that a change of the clocks is in between.
  const candidates = [date - 15 * HOUR, date + 15 * HOUR].map((at) => date - offsetMs(at, timeZone));
  const exact = candidates.filter((at) => at + offsetMs(at, timeZone) === date);
  // Where the clocks skip midnight, the day begins at the change.
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}

function offsetMs(at: number, timeZone: string): number {
  return Math.round(tzOffset(timeZone, new Date(at)) * MINUTE);
}
