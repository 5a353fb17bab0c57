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
  /** All bills of the line, newest period first. */
  bills: readonly CallBillRecord[];
  rule: PeriodRule;
  timeZone: string;
  now: string;
  graceMinutes: number;
  /** First local day that may be billed. */
  billFrom: string;
}

/** So many periods that were never tried are due at once; what is older comes first, so that none is left out for good. */
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

/** Whether an earlier run began a bill and did not end it. */
export function isBegun(bill: Pick<CallBillRecord, 'state'>): boolean {
  return isInDoubt(bill) || bill.state === 'planned';
}

/**
 * Returns the periods to bill, the oldest first: bills that were begun, those that failed, and the oldest closed periods since the
 * first bill that no other bill covers. Of a line that was never billed it is the period just closed.
 */
export function findDue(request: DueRequest): BillPeriod[] {
  const { bills, timeZone, graceMinutes, now, rule } = request;
  const begun = bills.filter(isBegun).map((bill) => toPeriod(bill, timeZone));
  const { start: from } = localDay(request.billFrom, timeZone);
  const oldest = bills.at(-1);
  const since = oldest === undefined ? from : later(oldest.start, from);
  const atMost = oldest === undefined ? 1 : ALL;
  const closed = duePeriods({ rule, timeZone, now, graceMinutes, createdAt: since, billedUntil: null, atMost });
  // What was before the first bill is another system's; of a period whose first bill failed nothing was billed.
  const first = oldest !== undefined && isFinal(oldest) ? since : from;
  const taken = bills.filter((bill) => isFinal(bill) || isBegun(bill));
  const open = closed.flatMap((period) => openParts(taken, { ...period, start: later(period.start, first) }));
  const wasTried = (period: BillPeriod): boolean =>
    bills.some((bill) => bill.state === 'failed' && periodsOverlap(bill, period));
  return [
    ...begun.filter((period) => isClosed(period, now, 0)),
    ...open.filter(wasTried),
    ...open.filter((period) => !wasTried(period)).slice(0, AT_ONCE),
  ].sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
}

/** What the last periods of a line follow from. */
interface FinalRequest extends Pick<DueRequest, 'timeZone' | 'now'> {
  /** When the line was made. */
  createdAt: string;
  /** First local day that may be billed; null: any. What was called before is another system's to bill. */
  billFrom: string | null;
}

/** Returns the periods of the last bills of a line, the oldest first: what no final bill covers until now. */
export function finalPeriods(
  bills: readonly CallBillRecord[],
  { timeZone, now, createdAt, billFrom }: FinalRequest,
): BillPeriod[] {
  const oldest = bills.at(-1);
  const begin = oldest !== undefined && bills.some(isFinal) ? oldest.start : createdAt;
  const start = toLocalTime(billFrom === null ? begin : later(begin, localDay(billFrom, timeZone).start), timeZone);
  return openParts(bills.filter(isFinal), { start, end: toLocalTime(now, timeZone), timeZone });
}

/** Returns the parts of a period from the first day to bill on: the bills of a service that it has, and what no bill has. */
export function findParts(
  bills: readonly CallBillRecord[],
  { period, billFrom, service }: { period: BillPeriod; billFrom: string; service: string },
): BillPeriod[] {
  const { timeZone } = period;
  const from = { ...period, start: later(period.start, localDay(billFrom, timeZone).start) };
  if (!isBefore(from.start, from.end)) return [];
  const taken = bills.filter((bill) => (isFinal(bill) || isBegun(bill)) && periodsOverlap(bill, from));
  const own = taken.filter((bill) => bill.service === service).map((bill) => toPeriod(bill, timeZone));
  return [...own, ...openParts(taken, from)];
}

/** Returns the parts of a period that no bill has. */
function openParts(bills: readonly Pick<CallBillRecord, 'start' | 'end'>[], period: BillPeriod): BillPeriod[] {
  const { timeZone } = period;
  const parts: BillPeriod[] = [];
  let { start } = period;
  for (const bill of bills.filter((one) => periodsOverlap(one, period)).sort((a, b) => (a.start < b.start ? -1 : 1))) {
    if (isBefore(start, bill.start)) parts.push({ start, end: toLocalTime(bill.start, timeZone), timeZone });
    start = later(start, toLocalTime(bill.end, timeZone));
  }
  return isBefore(start, period.end) ? [...parts, { start, end: period.end, timeZone }] : parts;
}

function isBefore(a: string, b: string): boolean {
  return Date.parse(a) < Date.parse(b);
}

function later(a: string, b: string): string {
  return isBefore(a, b) ? b : a;
}
