import { parseDuration, usageError } from '@sluice/panel-kind';
import { toLocalDate, zonedMidnight, zonedTime } from '@sluice/quota-core';

/** How a time that an operator typed is read. */
export interface TimeReading {
  /** IANA zone of dates and times that name none. */
  timeZone: string;
  /** The option that has the time, for errors. */
  option: string;
  /** Current time in milliseconds. */
  now: number;
  /** Counts durations from now on; by default they reach into the past. */
  ahead?: boolean | undefined;
}

const DAYS: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 };

const DAY = 86_400_000;

/**
 * Parses a time: a local date (its midnight), a local date and time, an instant, `now`, `today`, `yesterday`, `tomorrow`,
 * or a duration such as `1h` or `2d`. Returns ISO UTC.
 *
 * @throws SluiceError `bad_option`
 */
export function parseTime(text: string, { timeZone, option, now, ahead = false }: TimeReading): string {
  const word = text.trim();
  const days = Object.hasOwn(DAYS, word) ? DAYS[word] : undefined;
  if (days !== undefined) return zonedMidnight(addDays(toLocalDate(toIso(now), timeZone), days), timeZone);
  if (word === 'now') return toIso(now);
  if (/^\d+(\.\d+)?(ms|s|m|h|d)$/.test(word)) return toIso(now + (ahead ? 1 : -1) * parseDuration(word));
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(word)) return zonedMidnight(word, timeZone);
    if (/^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?$/.test(word)) return zonedTime(word.replace('T', ' '), timeZone);
  } catch (error) {
    throw usageError('bad_option', `${option}: ${(error as Error).message}`);
  }
  const instant = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$/.test(word) ? Date.parse(word) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw usageError(
      'bad_option',
      `${option}: "${text}" is not a time. Write 2026-11-20, "2026-11-20 23:44", 1h, 2d, yesterday, or an instant such as 2026-11-20T09:30:00Z`,
    );
  }
  return toIso(instant);
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Returns the local date so many days later. */
export function addDays(date: string, days: number): string {
  return toIso(Date.parse(`${date}T00:00:00Z`) + days * DAY).slice(0, 10);
}
