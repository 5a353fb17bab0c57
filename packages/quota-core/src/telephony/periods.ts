import { billingCycleAt, type Cycle } from '../cycle.js';
import { zonedMidnight } from '../zone.js';
import { quote } from '../errors.js';
import { TelephonyError } from './errors.js';
import { pad, parseInstant, toLocalTime } from './local-time.js';

const MINUTE = 60_000;

/** The period of a bill, `[start, end)`: local times with offset in whole seconds. A call belongs where it started. */
export interface BillPeriod {
  start: string;
  end: string;
  /** IANA name of the billing zone. */
  timeZone: string;
}

/** What a service's periods follow from: calendar months, or the day of a month on which it was registered. */
export type PeriodRule = 'previous-month' | { anniversary: number };

/**
 * Returns the period that an invoice of a date charges: the last whole one before it, counted from local midnights. An
 * anniversary after the last day of a month is that day, and comes back in the next longer month.
 *
 * @param input.invoiceDate local date `YYYY-MM-DD`
 * @throws TelephonyError `invalid_period`
 * @throws QuotaCoreError `invalid_date`, `invalid_time_zone`
 *
 * @example
 * ```ts
 * invoicePeriod({ rule: 'previous-month', invoiceDate: '2026-11-05', timeZone: 'America/Sao_Paulo' });
 * // { start: '2026-10-01T00:00:00-03:00', end: '2026-11-01T00:00:00-03:00', timeZone: 'America/Sao_Paulo' }
 * ```
 */
export function invoicePeriod(input: { rule: PeriodRule; invoiceDate: string; timeZone: string }): BillPeriod {
  const { rule, invoiceDate, timeZone } = input;
  const day = rule === 'previous-month' ? 1 : rule.anniversary;
  if (!Number.isInteger(day) || day < 1 || day > 31) {
    throw new TelephonyError('invalid_period', `${day} is not a day of a month: write a number from 1 to 31`);
  }
  // January has every day, so that no boundary is counted from a clamped one.
  const anchor = { nextDueDate: `2000-01-${pad(day)}`, billingCycle: 'monthly', timeZone } as const;
  const current = billingCycleAt({ ...anchor, now: zonedMidnight(invoiceDate, timeZone) });
  return toPeriod(billingCycleAt({ ...anchor, now: before(current) }), timeZone);
}

/**
 * Returns a period between two local dates (their midnights) or instants.
 *
 * @param input.start local date `YYYY-MM-DD`, or an instant with offset; parts of a second are dropped
 * @param input.end the same; it does not belong to the period
 * @throws TelephonyError `period_empty` when the end is not after the start, `invalid_instant`
 * @throws QuotaCoreError `invalid_date`, `invalid_time_zone`
 */
export function explicitPeriod(input: BillPeriod): BillPeriod {
  const { timeZone } = input;
  const [start, end] = [input.start, input.end].map((text) =>
    toLocalTime(text.includes('T') ? text : zonedMidnight(text, timeZone), timeZone),
  ) as [string, string];
  if (Date.parse(end) <= Date.parse(start)) {
    throw new TelephonyError('period_empty', `no time is between ${start} and ${end}: the end must be after the start`);
  }
  return { start, end, timeZone };
}

/**
 * Reads a period as an operator writes it: `previous-month`, `2026-10`, or `2026-10-01..2026-10-15` (the last day does
 * not belong to it).
 *
 * @param at.invoiceDate local date that `previous-month` is before
 * @throws TelephonyError `invalid_period`, `period_empty`
 * @throws QuotaCoreError `invalid_date`, `invalid_time_zone`
 */
export function parsePeriod(text: string, at: { invoiceDate: string; timeZone: string }): BillPeriod {
  if (text === 'previous-month') return invoicePeriod({ rule: 'previous-month', ...at });
  const month = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  if (month !== null) {
    const [year, number] = [Number(month[1]), Number(month[2])];
    const next = number === 12 ? `${String(year + 1).padStart(4, '0')}-01` : `${month[1] ?? ''}-${pad(number + 1)}`;
    return explicitPeriod({ start: `${text}-01`, end: `${next}-01`, timeZone: at.timeZone });
  }
  const range = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/.exec(text);
  if (range === null) {
    throw new TelephonyError(
      'invalid_period',
      `${quote(text)} is not a period: write previous-month, a month such as 2026-10, or 2026-10-01..2026-10-15`,
    );
  }
  return explicitPeriod({ start: range[1] ?? '', end: range[2] ?? '', timeZone: at.timeZone });
}

/**
 * Whether a period can be billed: it ended, and the time in which records of its last calls arrive is over.
 *
 * @param graceMinutes default 60
 * @throws TelephonyError `invalid_instant`
 */
export function isClosed(period: Pick<BillPeriod, 'end'>, now: string, graceMinutes = 60): boolean {
  return parseInstant(now, 'now') >= parseInstant(period.end, 'the end of the period') + graceMinutes * MINUTE;
}

/** Whether two periods have an instant in common. Calls of both would be billed twice. */
export function periodsOverlap(a: Pick<BillPeriod, 'start' | 'end'>, b: Pick<BillPeriod, 'start' | 'end'>): boolean {
  return Date.parse(a.start) < Date.parse(b.end) && Date.parse(b.start) < Date.parse(a.end);
}

/** What the periods of a service that are due follow from. */
export interface DueInput {
  rule: PeriodRule;
  timeZone: string;
  now: string;
  /** End of the last billed period; the first due one begins there at the earliest. Null: nothing was billed. */
  billedUntil: string | null;
  /** When the service began; periods that ended before are not due. Null: not known. */
  createdAt: string | null;
  /** Default 60. */
  graceMinutes?: number;
  /** The newest so many are due; default 3. */
  atMost?: number;
}

/**
 * Returns the closed periods that were not billed, the oldest first.
 *
 * @throws TelephonyError `invalid_period`, `invalid_instant`
 * @throws QuotaCoreError `invalid_time_zone`
 */
export function duePeriods(input: DueInput): BillPeriod[] {
  const { rule, timeZone, atMost = 3 } = input;
  const billedMs = input.billedUntil === null ? -Infinity : parseInstant(input.billedUntil, 'the end of the last bill');
  const createdMs = input.createdAt === null ? -Infinity : parseInstant(input.createdAt, 'the time of creation');
  const due: BillPeriod[] = [];
  let invoiceDate = toLocalDate(input.now, timeZone);
  // One more than are due: the newest may not be closed yet.
  for (let count = 0; count <= atMost && due.length < atMost; count++) {
    const period = invoicePeriod({ rule, invoiceDate, timeZone });
    if (Date.parse(period.end) <= Math.max(billedMs, createdMs)) break;
    if (isClosed(period, input.now, input.graceMinutes)) due.unshift(clip(period, billedMs));
    invoiceDate = toLocalDate(period.start, timeZone);
  }
  return due;
}

function clip(period: BillPeriod, fromMs: number): BillPeriod {
  if (Date.parse(period.start) >= fromMs) return period;
  return { ...period, start: toLocalTime(new Date(fromMs).toISOString(), period.timeZone) };
}

function toLocalDate(instant: string, timeZone: string): string {
  return toLocalTime(instant, timeZone).slice(0, 10);
}

function toPeriod(cycle: Cycle, timeZone: string): BillPeriod {
  return { start: toLocalTime(cycle.start, timeZone), end: toLocalTime(cycle.end, timeZone), timeZone };
}

function before(cycle: Cycle): string {
  return new Date(Date.parse(cycle.start) - 1).toISOString();
}
