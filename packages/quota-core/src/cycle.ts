import {
  addCalendarMonths,
  BoundedCache,
  type CalendarDate,
  calendarDateAt,
  formatCalendarDate,
  instantMs,
  midnightMs,
  parseCalendarDate,
} from './zone.js';
import { QuotaCoreError, quote } from './errors.js';

/** A period `[start, end)`: instants as ISO 8601 UTC with milliseconds. */
export interface Cycle {
  start: string;
  end: string;
}

/** What the boundaries of a service's cycles follow from. */
export interface CycleAnchor {
  /** Local date `YYYY-MM-DD` in `timeZone`. */
  nextDueDate: string;
  billingCycle: BillingCycleName;
  /** IANA name; the cycle begins and ends at its midnights. */
  timeZone: string;
}

interface CachedCycle extends Cycle {
  startMs: number;
  endMs: number;
}

const DUE = 'the next due date';
/** Of each series the two periods that were asked for last: a step asks for the one of now and the one before it. */
const cycles = new BoundedCache<readonly CachedCycle[]>(10_000);

/**
 * Returns `text` when it is a local date `YYYY-MM-DD` that exists, from 1970 on.
 *
 * @param what names the date in the message.
 * @throws QuotaCoreError `invalid_date`, also for `0000-00-00`.
 */
export function checkLocalDate(text: string, what: string): string {
  parseCalendarDate(text, what);
  return text;
}

/**
 * Returns the billing period that ends at local midnight of the next due date and begins the cycle's number of calendar
 * months before, the day clamped to the last day of that month.
 *
 * @throws QuotaCoreError `invalid_date`, `invalid_billing_cycle`, `invalid_time_zone`
 *
 * @example
 * ```ts
 * billingCycle({ nextDueDate: '2026-03-31', billingCycle: 'monthly', timeZone: 'UTC' });
 * // { start: '2026-02-28T00:00:00.000Z', end: '2026-03-31T00:00:00.000Z' }
 * ```
 */
export function billingCycle(input: CycleAnchor): Cycle {
  const anchor = parseCalendarDate(input.nextDueDate, DUE);
  const { start, end } = nthCycle(0, anchor, countMonths(input.billingCycle), input.timeZone);
  return { start, end };
}

/**
 * Returns the period that contains `now`. Boundaries are whole periods before and after the next due date, each computed
 * from that date, so that the 31st comes back after February. With `quotaPeriod: 'month'` the periods are whole
 * calendar months from the same anchor.
 *
 * @param input.now instant, ISO 8601 UTC with milliseconds
 * @throws QuotaCoreError `invalid_date`, `invalid_billing_cycle`, `invalid_time_zone`, `invalid_instant`
 *
 * @example
 * ```ts
 * billingCycleAt({
 *   nextDueDate: '2026-03-31',
 *   billingCycle: 'monthly',
 *   timeZone: 'Europe/Berlin',
 *   now: '2026-03-10T12:00:00.000Z',
 * });
 * // { start: '2026-02-27T23:00:00.000Z', end: '2026-03-30T22:00:00.000Z' }
 * ```
 */
export function billingCycleAt(input: CycleAnchor & { now: string; quotaPeriod?: QuotaPeriod }): Cycle {
  const months = countMonths(input.billingCycle, input.quotaPeriod);
  const now = instantMs(input.now, 'now');
  // In a poll many services have the same anchor and cycle.
  const key = `${input.nextDueDate} ${months} ${input.timeZone}`;
  const asked = cycles.get(key) ?? [];
  const kept = asked.find(({ startMs, endMs }) => now >= startMs && now < endMs);
  if (kept !== undefined) return { start: kept.start, end: kept.end };
  const found = findCycle(now, parseCalendarDate(input.nextDueDate, DUE), months, input.timeZone);
  cycles.set(key, [found, ...asked.slice(0, 1)]);
  return { start: found.start, end: found.end };
}

/**
 * Returns the due date one billing period later, the day clamped to the last day of that month.
 *
 * @param input.anchorDay day of the month (1 to 31) of the series; without it the day of `nextDueDate`, which stays lower
 *   after a short month.
 * @throws QuotaCoreError `invalid_date`, `invalid_billing_cycle`, `invalid_number`
 *
 * @example
 * ```ts
 * nextDueDateAfter({ nextDueDate: '2026-02-28', billingCycle: 'monthly', anchorDay: 31 }); // 2026-03-31
 * ```
 */
export function nextDueDateAfter(input: {
  nextDueDate: string;
  billingCycle: BillingCycleName;
  anchorDay?: number;
}): string {
  const due = parseCalendarDate(input.nextDueDate, DUE);
  const day = input.anchorDay ?? due.day;
  if (!Number.isInteger(day) || day < 1 || day > 31) {
    throw new QuotaCoreError('invalid_number', `the anchor day is ${day}: write a day of the month from 1 to 31`);
  }
  return formatCalendarDate(addCalendarMonths(due, countMonths(input.billingCycle), day));
}

function findCycle(now: number, anchor: CalendarDate, months: number, timeZone: string): CachedCycle {
  const today = calendarDateAt(now, timeZone);
  const monthsAhead = (today.year - anchor.year) * 12 + today.month - anchor.month;
  // The first boundary in this month or later; after its day, the next period.
  const number = Math.ceil(monthsAhead / months);
  const cycle = nthCycle(number, anchor, months, timeZone);
  return now < cycle.endMs ? cycle : nthCycle(number + 1, anchor, months, timeZone);
}

/** Returns a period by its number: 0 ends at the anchor, 1 begins there. */
function nthCycle(number: number, anchor: CalendarDate, months: number, timeZone: string): CachedCycle {
  const startMs = midnightMs(addCalendarMonths(anchor, (number - 1) * months), timeZone);
  const endMs = midnightMs(addCalendarMonths(anchor, number * months), timeZone);
  return { startMs, endMs, start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() };
}

/** The recurring billing cycles: 1, 3, 6, 12, 24 and 36 calendar months. */
export type BillingCycleName = 'monthly' | 'quarterly' | 'semiannually' | 'annually' | 'biennially' | 'triennially';

/** `billing` meters whole billing periods; `month` cuts them into calendar months from the billing anchor. */
export type QuotaPeriod = 'billing' | 'month';

const MONTHS: Readonly<Record<BillingCycleName, number>> = {
  monthly: 1,
  quarterly: 3,
  semiannually: 6,
  annually: 12,
  biennially: 24,
  triennially: 36,
};

/**
 * Parses a billing cycle as billing systems and people write it: any case, with or without hyphens and spaces
 * (`Semi-Annually`), `yearly` for annually.
 *
 * @throws QuotaCoreError `invalid_billing_cycle` for cycles that do not recur (`One Time`, `Free Account`) and for
 *   unknown names.
 *
 * @example
 * ```ts
 * parseBillingCycleName('Semi-Annually'); // semiannually
 * ```
 */
export function parseBillingCycleName(text: string): BillingCycleName {
  const plain = text.toLowerCase().replace(/[\s_-]/g, '');
  if (plain === 'yearly') return 'annually';
  if (isBillingCycleName(plain)) return plain;
  throw unknownCycle(text);
}

/** Returns the length of a quota period in calendar months. */
export function countMonths(billingCycle: BillingCycleName, quotaPeriod: QuotaPeriod = 'billing'): number {
  if (!isBillingCycleName(billingCycle)) throw unknownCycle(billingCycle);
  return quotaPeriod === 'month' ? 1 : MONTHS[billingCycle];
}

function isBillingCycleName(text: string): text is BillingCycleName {
  return Object.hasOwn(MONTHS, text);
}

function unknownCycle(text: string): QuotaCoreError {
  return new QuotaCoreError(
    'invalid_billing_cycle',
    `${quote(text)} is not a recurring billing cycle: write one of ${Object.keys(MONTHS).join(', ')}`,
  );
}
