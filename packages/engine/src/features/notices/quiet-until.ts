import { toLocalDate, zonedTime } from '@sluice/quota-core';
import type { QuietHours } from '../../base/config/notify-schema.js';

const DAY_MS = 86_400_000;

/** Returns when the quiet hours end in which an instant is (ISO UTC); null where it is in none. */
export function quietUntil(
  { from, to, timeZone }: Pick<QuietHours, 'from' | 'to'> & { timeZone: string },
  now: string,
): string | null {
  const today = toLocalDate(now, timeZone);
  for (const day of [addDays(today, -1), today]) {
    const start = zonedTime(`${day} ${from}`, timeZone);
    const end = zonedTime(`${to < from ? addDays(day, 1) : day} ${to}`, timeZone);
    if (start <= now && now < end) return end;
  }
  return null;
}

function addDays(date: string, count: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}
