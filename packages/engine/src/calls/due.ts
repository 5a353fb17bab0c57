import type { CallBillRecord } from '@sluice/state-store';
import {
  type BillPeriod,
  duePeriods,
  explicitPeriod,
  isClosed,
  localDay,
  type PeriodRule,
  periodsOverlap,
  toLocalTime,
} from '@sluice/telephony';

/** What the due periods of a line follow from. */
export interface DueRequest {
  /** All bills of the service, newest period first. */
  bills: readonly CallBillRecord[];
  rule: PeriodRule;
  timeZone: string;
  now: string;
  graceMinutes: number;
  /** First local day that may be billed. */
  billFrom: string;
}

/** So many periods are due at once; what is older comes first, so that none is left out for good. */
const AT_ONCE = 3;

/** More than a line can have. */
const ALL = 1_000;

/** Whether the period of a bill is done with. */
export function isFinal({ state }: Pick<CallBillRecord, 'state'>): boolean {
  return state === 'confirmed' || state === 'zero';
}

/** Whether the line of a bill may have been sent. */
export function isInDoubt({ state }: Pick<CallBillRecord, 'state'>): boolean {
  return state === 'sending' || state === 'unknown';
}

/** Returns a period as documents have it: half open, instants (ISO UTC). */
export function toInstants({ start, end }: Pick<BillPeriod, 'start' | 'end'>): { from: string; to: string } {
  return { from: new Date(start).toISOString(), to: new Date(end).toISOString() };
}

/** Returns the period of a stored bill as its key has it. */
export function toPeriod({ start, end }: Pick<CallBillRecord, 'start' | 'end'>, timeZone: string): BillPeriod {
  return explicitPeriod({ start, end, timeZone });
}

/**
 * Returns the periods to bill, the oldest first: bills in doubt, and the oldest closed periods that no final bill covers. Of a
 * line that was never billed it is the period just closed.
 */
export function findDue(request: DueRequest): BillPeriod[] {
  const { bills, timeZone, graceMinutes, now } = request;
  const final = bills.filter(isFinal);
  const begun = bills.filter((bill) => isInDoubt(bill) || bill.state === 'planned');
  const ends = final.map(({ end }) => end).sort();
  const due = (billedUntil: string | null, atMost: number): BillPeriod[] =>
    duePeriods({ rule: request.rule, timeZone, now, graceMinutes, createdAt: null, billedUntil, atMost });
  const isOpen = (period: BillPeriod): boolean => !final.some((bill) => periodsOverlap(bill, period));
  const fromMs = Date.parse(localDay(request.billFrom, timeZone).start);
  const fresh = ends.length === 0 ? due(null, bills.length === 0 ? 1 : AT_ONCE) : due(ends.at(-1) ?? null, ALL);
  // A period between two bills that failed at its time.
  const gaps = ends.length === 0 ? [] : due(ends[0] ?? null, ALL);
  const started = begun.map((bill) => toPeriod(bill, timeZone)).filter((period) => isClosed(period, now, 0));
  // Without a final bill, what was not due at the first attempt never is.
  const firstMs = ends.length > 0 ? fromMs : Math.max(fromMs, ...bills.slice(-1).map(({ start }) => Date.parse(start)));
  const all = [...started, ...fresh.filter(isOpen), ...gaps.filter(isOpen)];
  const chosen: BillPeriod[] = [];
  for (const period of all.filter(({ start }) => Date.parse(start) >= firstMs))
    if (!chosen.some((other) => periodsOverlap(other, period))) chosen.push(period);
  return chosen.sort((a, b) => Date.parse(a.start) - Date.parse(b.start)).slice(0, Math.max(AT_ONCE, started.length));
}

/** What the last period of a line follows from. */
interface FinalRequest extends Pick<DueRequest, 'timeZone' | 'now'> {
  /** When the line was made. */
  createdAt: string;
  /** First local day that may be billed; null: any. What was called before is another system's to bill. */
  billFrom: string | null;
}

/** Returns the period of the last bill of a line: from the end of what is billed until now. */
export function finalPeriod(
  bills: readonly CallBillRecord[],
  { timeZone, now, createdAt, billFrom }: FinalRequest,
): BillPeriod | null {
  const billedUntil = bills
    .filter(isFinal)
    .map(({ end }) => end)
    .sort()
    .at(-1);
  const first = billFrom === null ? createdAt : localDay(billFrom, timeZone).start;
  const start = billedUntil ?? (Date.parse(first) > Date.parse(createdAt) ? first : createdAt);
  if (Date.parse(toLocalTime(now, timeZone)) <= Date.parse(toLocalTime(start, timeZone))) return null;
  return explicitPeriod({ start, end: now, timeZone });
}
