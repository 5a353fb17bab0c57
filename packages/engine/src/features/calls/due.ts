import type { PeriodView } from '@sluice/contract/documents';
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
} from '@sluice/quota-core/telephony';
import type { ServiceWindow } from '../../base/ownership.js';
import { isByHand } from '../billing/by-hand.js';

/** A period to bill, or a stored bill to go on with. */
export interface ToBill extends Pick<ServiceWindow, 'client' | 'sharedWith'> {
  period: BillPeriod;
  /** The stored bill, whatever its period has for a key now; null: it is to be made. */
  bill: CallBillRecord | null;
  /** Whether the calls of a bill of nothing are read again, and billed where they have a price by now. */
  again?: boolean;
}

/** Since when the calls of a line are due that was never billed. */
export interface FirstDue {
  /** When a run first had them to bill, ISO UTC. */
  at: string;
  /** Local day on which Sluice made the line; null where it did not, or that is not known. */
  madeOn: string | null;
  /**
   * Since when lines of the panel are billed and the service is not only observed, ISO UTC: no other system bills one that it got
   * later. Null where that is not known.
   */
  billedSince: string | null;
  /** When it was stored that the service has the line, ISO UTC; null where it had it before, or that is not known. */
  lineSince: string | null;
}

/** What the due periods of a line follow from. */
export interface DueRequest {
  /** All bills of the line, newest period first. */
  bills: readonly CallBillRecord[];
  /** Those of them that were begun and are to be gone on with. */
  started: readonly CallBillRecord[];
  /** Those of nothing whose calls are to be read again. */
  again: readonly CallBillRecord[];
  /** When the service had the line. */
  windows: readonly ServiceWindow[];
  rule: PeriodRule;
  timeZone: string;
  now: string;
  graceMinutes: number;
  /** First local day that may be billed. */
  billFrom: string;
  /** Of a line that was never billed; null once it was. */
  firstDue: FirstDue | null;
}

/** So many periods that were never tried are due at once; what is older comes first, so that none is left out for good. */
const AT_ONCE = 3;

/** More than a line can have. */
const ALL = 1_000;

/** Longer than a period and its grace. */
const PERIOD_MS = 62 * 86_400_000;

/** Whether the period of a bill is done with. */
export function isFinal({ state }: Pick<CallBillRecord, 'state'>): boolean {
  return state === 'confirmed' || state === 'zero';
}

/** Whether the line of a bill may have been sent. */
export function isInDoubt({ state }: Pick<CallBillRecord, 'state'>): boolean {
  return state === 'sending' || state === 'unknown';
}

/** Whether no other bill may be made of the period of a bill: it is done with, or its line may have been sent. */
export function isTaken(bill: Pick<CallBillRecord, 'state'>): boolean {
  return isFinal(bill) || isInDoubt(bill);
}

/** Returns a period as documents have it. */
export function toInstants({ start, end, timeZone }: BillPeriod): PeriodView {
  return { from: new Date(start).toISOString(), to: new Date(end).toISOString(), timeZone };
}

/** Returns the period of a stored bill in the present billing zone. */
export function toPeriod({ start, end }: Pick<CallBillRecord, 'start' | 'end'>, timeZone: string): BillPeriod {
  return explicitPeriod({ start, end, timeZone });
}

/** Returns a stored bill, to go on with it. */
export function toStoredBill(bill: CallBillRecord, timeZone: string): ToBill {
  return { period: toPeriod(bill, timeZone), bill, client: bill.client, sharedWith: [] };
}

/** Whether an earlier run began a bill and did not end it. */
export function isBegun(bill: Pick<CallBillRecord, 'state'>): boolean {
  return isInDoubt(bill) || bill.state === 'planned';
}

/**
 * Returns the periods to bill, the oldest first: bills that were begun, those that failed, those of nothing to read again, and the oldest closed periods since the
 * first bill that no other bill covers, cut at the instants at which the service got or lost the line. Of a line that was never
 * billed these are the periods since no other system has billed it, else the one that was just closed when a run first had it.
 */
export function findDue(request: DueRequest): ToBill[] {
  const { bills, timeZone, graceMinutes, now, windows } = request;
  const started = request.started.map((bill) => toStoredBill(bill, timeZone));
  const taken = bills.filter((bill) => isFinal(bill) || isBegun(bill));
  const open = windows.flatMap((window) =>
    listPeriods(request, window)
      .flatMap((period) => clip(period, window))
      .filter((period) => isClosed(period, now, graceMinutes))
      .flatMap((period) => openParts(taken, period))
      .map((period) => toBill(bills, period, window)),
  );
  const wasTried = ({ period }: ToBill): boolean =>
    bills.some((bill) => bill.state === 'failed' && periodsOverlap(bill, period));
  return [
    ...started.filter(({ period }) => isClosed(period, now, 0)),
    ...request.again.map((bill) => ({ ...toStoredBill(bill, timeZone), again: true })),
    ...open.filter(wasTried),
    ...open.filter((one) => !wasTried(one)).slice(0, AT_ONCE),
  ].sort((a, b) => Date.parse(a.period.start) - Date.parse(b.period.start));
}

/** Returns the periods in which a service had the line in this window, the oldest first, from the first that may be billed. */
function listPeriods(request: DueRequest, window: ServiceWindow): BillPeriod[] {
  const { bills, rule, timeZone, now, graceMinutes, billFrom, firstDue } = request;
  const { to } = window;
  const { start: from } = localDay(billFrom, timeZone);
  const due = { rule, timeZone, billedUntil: null };
  const oldest = bills.findLast((bill) => !isByHand(bill) && (to === null || isBefore(bill.start, to)));
  const [closed] = duePeriods({ ...due, now: firstDue?.at ?? now, graceMinutes, createdAt: from, atMost: 1 });
  const starts =
    oldest === undefined || firstDue !== null ? [closed?.start ?? from, ...listOwnStarts(request, window)] : [];
  const begin = [...starts, ...(oldest === undefined ? [] : [oldest.start])].reduce((a, b) => (isBefore(a, b) ? a : b));
  const since = later(begin, from);
  // A part may be over long before its period.
  const inPeriod = new Date(Date.parse(now) + PERIOD_MS).toISOString();
  const periods = duePeriods({ ...due, now: inPeriod, graceMinutes: 0, createdAt: since, atMost: ALL });
  // What was before the first bill is another system's; of a period whose first bill failed nothing was billed.
  const first = oldest !== undefined && oldest.state !== 'failed' ? since : from;
  return periods.flatMap((period) => clip(period, { from: first, to: null }));
}

/** Returns the instants since when no other system has billed a line that was never billed here. */
function listOwnStarts({ firstDue, timeZone }: DueRequest, { from }: ServiceWindow): string[] {
  if (firstDue === null) return [];
  const { madeOn, billedSince, lineSince } = firstDue;
  const made = madeOn === null ? [] : [localDay(madeOn, timeZone).start];
  const got = from ?? lineSince;
  return got === null || billedSince === null || isBefore(got, billedSince) ? made : [...made, got];
}

/** What the last periods of a line follow from. */
interface FinalRequest extends Pick<DueRequest, 'timeZone' | 'now' | 'windows'> {
  /** When the line was made. */
  createdAt: string;
  /** First local day that may be billed; null: any. What was called before is another system's to bill. */
  billFrom: string | null;
  /** Local day from which on the calls are billed here; null where that is not known. */
  firstDay: string | null;
}

/** Returns the periods of the last bills of a line, the oldest first: what no final bill covers until now. */
export function finalPeriods(
  bills: readonly CallBillRecord[],
  { timeZone, now, createdAt, billFrom, firstDay, windows }: FinalRequest,
): ToBill[] {
  const made = bills.filter((bill) => !isByHand(bill));
  const oldest = made.at(-1);
  const first = oldest !== undefined && made.some(isFinal) ? oldest.start : createdAt;
  const day = firstDay === null ? null : localDay(firstDay, timeZone).start;
  // Bills of stated periods only may leave out earlier calls.
  const start = day === null ? first : billFrom === null ? day : later(first, day);
  const whole = { start: toLocalTime(start, timeZone), end: toLocalTime(now, timeZone), timeZone };
  return openWindows(bills, bills.filter(isFinal), { period: whole, windows });
}

/** A period of a service, and when it had the line. */
interface PartsRequest extends Pick<DueRequest, 'windows'> {
  period: BillPeriod;
}

/** Parts of a period that are for a client of a service. */
interface ClientPartsRequest extends PartsRequest, Pick<DueRequest, 'billFrom'> {
  service: string;
  client: string;
}

/** Returns the parts of a period from the first day to bill on: the bills of the client that it has, and what no bill has. */
export function findParts(
  bills: readonly CallBillRecord[],
  { period, billFrom, service, client, windows: all }: ClientPartsRequest,
): ToBill[] {
  // What another client called is not for the invoice of this one.
  const windows = all.filter((window) => window.client === client);
  const { timeZone } = period;
  const from = { ...period, start: later(period.start, localDay(billFrom, timeZone).start) };
  if (!isBefore(from.start, from.end)) return [];
  const taken = bills.filter((bill) => (isFinal(bill) || isBegun(bill)) && periodsOverlap(bill, from));
  const isOwn = (bill: CallBillRecord): boolean => bill.service === service && (bill.client ?? client) === client;
  const own = taken.filter(isOwn).map((bill) => toStoredBill(bill, timeZone));
  return [...own, ...openWindows(bills, taken, { period: from, windows })];
}

/** Returns what is to be billed of a period that a person named: its bill, else the parts in which the service had the line. */
export function findStated(bills: readonly CallBillRecord[], { period, windows }: PartsRequest): ToBill[] {
  const stored = findBill(bills, period);
  if (stored !== null && (isFinal(stored) || isBegun(stored))) return [toStoredBill(stored, period.timeZone)];
  return windows.flatMap((window) => clip(period, window).map((part) => toBill(bills, part, window)));
}

function openWindows(
  bills: readonly CallBillRecord[],
  taken: readonly CallBillRecord[],
  { period, windows }: Pick<PartsRequest, 'period' | 'windows'>,
): ToBill[] {
  return windows.flatMap((window) =>
    clip(period, window)
      .flatMap((part) => openParts(taken, part))
      .map((part) => toBill(bills, part, window)),
  );
}

function toBill(
  bills: readonly CallBillRecord[],
  period: BillPeriod,
  { client, sharedWith }: Pick<ServiceWindow, 'client' | 'sharedWith'>,
): ToBill {
  return { period, bill: findBill(bills, period), client, sharedWith };
}

/** Returns the bill of exactly this period. */
function findBill(bills: readonly CallBillRecord[], period: BillPeriod): CallBillRecord | null {
  const { from, to } = toInstants(period);
  return bills.find(({ start, end }) => start === from && end === to) ?? null;
}

/** Returns the part of a period within a window; none where they have no instant in common. */
export function clip(period: BillPeriod, { from, to }: Pick<ServiceWindow, 'from' | 'to'>): BillPeriod[] {
  const { timeZone } = period;
  const start = from !== null && isBefore(period.start, from) ? toLocalTime(from, timeZone) : period.start;
  const end = to !== null && isBefore(to, period.end) ? toLocalTime(to, timeZone) : period.end;
  return isBefore(start, end) ? [{ start, end, timeZone }] : [];
}

/** Returns the part of a period from the first of these windows to the last: what is outside is nobody's who asks. */
export function clipToAll(period: BillPeriod, windows: readonly Pick<ServiceWindow, 'from' | 'to'>[]): BillPeriod {
  const parts = windows.flatMap((window) => clip(period, window));
  const [first, ...rest] = parts;
  if (first === undefined) return { ...period, end: period.start };
  return rest.reduce(
    (all, part) => ({
      ...all,
      start: isBefore(part.start, all.start) ? part.start : all.start,
      end: isBefore(all.end, part.end) ? part.end : all.end,
    }),
    first,
  );
}

/** Returns the parts of a period that no bill has. */
export function openParts(bills: readonly Pick<CallBillRecord, 'start' | 'end'>[], period: BillPeriod): BillPeriod[] {
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
