import { localDateOf, zonedMidnight } from '@sluice/quota-core';
import type { AgentAccount, AgentPeriod } from './records.js';

const day = 86_400_000;

/**
 * The period that contains `now`: whole calendar months of the zone, or stretches of whole local days counted from the day of
 * the opening, each computed from that day itself.
 */
export function periodAt(input: { period: AgentPeriod; timeZone: string; openedAt: string; now: string }): {
  start: string;
  end: string | null;
} {
  const { period, timeZone, openedAt, now } = input;
  if (period === 'none') return { start: openedAt, end: null };
  const today = localDateOf(now, timeZone);
  if (period === 'monthly') {
    const [year = 0, month = 0] = today.split('-').map(Number);
    return {
      start: zonedMidnight(dateText(Date.UTC(year, month - 1, 1)), timeZone),
      end: zonedMidnight(dateText(Date.UTC(year, month, 1)), timeZone),
    };
  }
  const anchor = Date.parse(localDateOf(openedAt, timeZone));
  const number = Math.floor((Date.parse(today) - anchor) / day / period.days);
  const at = (count: number): string => zonedMidnight(dateText(anchor + count * period.days * day), timeZone);
  return { start: at(number), end: at(number + 1) };
}

/** A new account, begun with `openingBytes`. */
export function openAccount(input: {
  period: AgentPeriod;
  timeZone: string;
  now: string;
  openingBytes: number;
}): AgentAccount {
  const { start, end } = periodAt({ ...input, openedAt: input.now });
  return {
    openedAt: input.now,
    periodStart: start,
    periodEnd: end,
    openingBytes: input.openingBytes,
    consumedBytes: input.openingBytes,
    previous: null,
  };
}

/**
 * The account in the period that contains `now`. A period that is over makes way for one that begins at zero. A clock that was
 * set back opens nothing; where it had been ahead into the next period, the one before is taken up again with what was consumed
 * in both, and where it had been ahead more than once, the period that contains `now`. A changed setting takes effect when the recorded period ends, or at once where it has no end.
 */
export function accountAt(
  account: AgentAccount,
  settings: { period: AgentPeriod; timeZone: string },
  now: string,
): AgentAccount {
  const { periodStart, periodEnd, openingBytes, consumedBytes, previous } = account;
  if (now < periodStart) {
    if (previous !== null) {
      return { ...account, ...previous, consumedBytes: previous.consumedBytes + consumedBytes, previous: null };
    }
    // A period begins after the opening only when another one was over by then.
    if (now < account.openedAt) return account;
    const { start, end } = periodAt({ ...settings, openedAt: account.openedAt, now });
    return { ...account, periodStart: start, periodEnd: end };
  }
  if (periodEnd !== null && now < periodEnd) return account;
  const { start, end } = periodAt({ ...settings, openedAt: account.openedAt, now });
  // Without an end so far, a setting that has come to have one keeps what was consumed.
  if (periodEnd === null) return end === null ? account : { ...account, periodEnd: end };
  return {
    openedAt: account.openedAt,
    periodStart: start > periodEnd ? start : periodEnd,
    periodEnd: end,
    openingBytes: 0,
    consumedBytes: 0,
    previous: { periodStart, periodEnd, openingBytes, consumedBytes },
  };
}

function dateText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
