import { QuotaCoreError, quote } from './errors.js';

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
