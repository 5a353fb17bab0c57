import { addCalendarMonths, formatCalendarDate, parseCalendarDate } from './zone.js';
import type { Cycle } from './cycle.js';
import { toLocalDate, zonedMidnight } from './zone.js';

/** Windows of limits that follow from the calendar: a local day, a week from Monday, a month from its first day. */
export type CalendarWindow = 'day' | 'week' | 'month';

const DAY_MS = 86_400_000;

/**
 * Returns the window that contains an instant, half open, between local midnights. A day has 23 or 25 hours where the
 * clocks change.
 *
 * @param input.now ISO 8601 UTC with milliseconds
 * @throws QuotaCoreError `invalid_instant`, `invalid_time_zone`
 *
 * @example
 * ```ts
 * calendarWindow({ window: 'day', timeZone: 'Europe/Berlin', now: '2026-03-29T12:00:00.000Z' });
 * // { start: '2026-03-28T23:00:00.000Z', end: '2026-03-29T22:00:00.000Z' }
 * ```
 */
export function calendarWindow(input: { window: CalendarWindow; timeZone: string; now: string }): Cycle {
  const { window, timeZone } = input;
  const today = toLocalDate(input.now, timeZone);
  const [first, next] = findBounds(window, today);
  return { start: zonedMidnight(first, timeZone), end: zonedMidnight(next, timeZone) };
}

function findBounds(window: CalendarWindow, today: string): [first: string, next: string] {
  if (window === 'day') return [today, addDays(today, 1)];
  if (window === 'week') {
    // 0 is Sunday.
    const sinceMonday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7;
    const monday = addDays(today, -sinceMonday);
    return [monday, addDays(monday, 7)];
  }
  const first = { ...parseCalendarDate(today, 'the local date'), day: 1 };
  return [formatCalendarDate(first), formatCalendarDate(addCalendarMonths(first, 1))];
}

function addDays(date: string, count: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}
