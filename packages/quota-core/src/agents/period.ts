import { type AgentAccount, calendarWindow, toLocalDate, zonedMidnight } from '@sluice/quota-core';
import type { AgentRules } from './rules.js';

const DAY_MS = 86_400_000;

/**
 * Returns the period that contains `now`: a calendar month of the zone, or so many local days, counted from the day of the
 * opening and never from the period before.
 */
export function periodAt({
  period,
  timeZone,
  openedAt,
  now,
}: Pick<AgentRules, 'period' | 'timeZone'> & { openedAt: string; now: string }): {
  start: string;
  end: string | null;
} {
  if (period === 'none') return { start: openedAt, end: null };
  if (period === 'monthly') return calendarWindow({ window: 'month', timeZone, now });
  const midnight = (ms: number): string => zonedMidnight(new Date(ms).toISOString().slice(0, 10), timeZone);
  const today = toLocalDate(now, timeZone);
  const anchor = Date.parse(toLocalDate(openedAt, timeZone));
  const length = period.days * DAY_MS;
  const start = anchor + Math.floor((Date.parse(today) - anchor) / length) * length;
  return { start: midnight(start), end: midnight(start + length) };
}

/**
 * Returns a new account that begins with `openingBytes`.
 *
 * @example
 * ```ts
 * openAccount({ period: 'monthly', timeZone: 'UTC', now: '2026-01-15T10:00:00.000Z', openingBytes: 0 }).periodEnd;
 * // '2026-02-01T00:00:00.000Z'
 * ```
 */
export function openAccount({
  now,
  openingBytes,
  ...rules
}: Pick<AgentRules, 'period' | 'timeZone'> & { now: string; openingBytes: number }): AgentAccount {
  const { start, end } = periodAt({ ...rules, openedAt: now, now });
  return {
    openedAt: now,
    periodStart: start,
    periodEnd: end,
    openingBytes,
    consumedBytes: openingBytes,
    previous: null,
  };
}

/**
 * Returns the account in the period that contains `now`, a time that is sure. After the end of a period the next one begins at zero.
 * A clock that had been ahead opens nothing: where that was into the next period, the one before continues with what was consumed in
 * both; where it was further, or the account was opened by it, the period that contains `now`. A changed setting applies when the
 * recorded period ends, or immediately where it has no end.
 */
export function accountAt(
  account: AgentAccount,
  rules: Pick<AgentRules, 'period' | 'timeZone'>,
  now: string,
): AgentAccount {
  const { exceededAt, ...counted } = account;
  const { openedAt, periodStart, periodEnd, openingBytes, consumedBytes, previous } = counted;
  if (now < periodStart) {
    if (previous !== null) {
      return { ...counted, ...previous, consumedBytes: previous.consumedBytes + consumedBytes, previous: null };
    }
    // Of an account that was opened by a clock that was ahead, the opening is now.
    const opened = now < openedAt ? now : openedAt;
    const { start, end } = periodAt({ ...rules, openedAt: opened, now });
    return { ...counted, openedAt: opened, periodStart: start, periodEnd: end };
  }
  if (periodEnd !== null && now < periodEnd) return account;
  const { start, end } = periodAt({ ...rules, openedAt, now });
  // An account without an end that now has one keeps what was consumed.
  if (periodEnd === null) return end === null ? account : { ...account, periodEnd: end };
  return {
    openedAt,
    periodStart: start > periodEnd ? start : periodEnd,
    periodEnd: end,
    openingBytes: 0,
    consumedBytes: 0,
    previous: {
      periodStart,
      periodEnd,
      openingBytes,
      consumedBytes,
      ...(exceededAt === undefined ? {} : { exceededAt }),
    },
  };
}
