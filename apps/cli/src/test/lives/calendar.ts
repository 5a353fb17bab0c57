/** Local dates by the runtime's own time zones, for models that may not ask what they check. */
const MINUTE = 60_000;
const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns a local time as if it were UTC, in milliseconds. */
export function wallClock(instant: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      ...({ year: 'numeric', month: '2-digit', day: '2-digit' } as const),
      ...({ hour: '2-digit', minute: '2-digit', second: '2-digit' } as const),
    });
  formats.set(timeZone, format);
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute'], part['second']);
}

/** Returns the local date, `YYYY-MM-DD`. */
export function localDate(instant: number, timeZone: string): string {
  return new Date(wallClock(instant, timeZone)).toISOString().slice(0, 10);
}

const begins = new Map<string, number>();

/** Returns when a local date begins: the first instant of which the zone says that date. */
export function dayBegin(date: string, timeZone: string): number {
  const key = `${timeZone} ${date}`;
  const begin = begins.get(key) ?? findBegin(date, timeZone);
  begins.set(key, begin);
  return begin;
}

function findBegin(date: string, timeZone: string): number {
  const wanted = Date.parse(`${date}T00:00:00Z`);
  for (let instant = wanted - DAY; ; instant += 15 * MINUTE) {
    if (wallClock(instant, timeZone) >= wanted) return instant;
  }
}

/** Returns the local date so many months later, on a day that all months have. */
export function addMonths(date: string, months: number): string {
  const [year, month, day] = date.split('-').map(Number);
  return new Date(Date.UTC(year!, month! - 1 + months, day)).toISOString().slice(0, 10);
}

/** Returns the local date so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** Returns the monthly cycle that holds an instant, as local dates; `day` is the day on which cycles begin, at most 28. */
export function monthOf(instant: number, day: number, timeZone: string): { from: string; to: string } {
  const today = localDate(instant, timeZone);
  const here = `${today.slice(0, 8)}${String(day).padStart(2, '0')}`;
  return here <= today ? { from: here, to: addMonths(here, 1) } : { from: addMonths(here, -1), to: here };
}

/** Returns when the calendar's day, week (from Monday) or month began that holds an instant. */
export function windowBegin(window: 'day' | 'week' | 'month', instant: number, timeZone: string): number {
  const today = localDate(instant, timeZone);
  if (window === 'day') return dayBegin(today, timeZone);
  if (window === 'month') return dayBegin(`${today.slice(0, 8)}01`, timeZone);
  const weekday = new Date(`${today}T00:00:00Z`).getUTCDay();
  return dayBegin(addDays(today, -((weekday + 6) % 7)), timeZone);
}
