import type { Invoice } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import { compareMoney, lineMarker } from '@sluice/quota-core';
import type { CallBillRecord } from '@sluice/state-store';
import { billKey, type BillPeriod, periodsOverlap } from '@sluice/quota-core/telephony';
import { describePeriod, listDays, readBounds, readTimes } from '../../base/describe-period.js';
import type { Context } from '../../context/context.js';
import { findTelephony, type NamedTelephony } from '../telephony/panels.js';
import type { HeldBill } from './change-bill.js';
import { toInstants } from './due.js';
import { findOnly, type Found } from './find-only.js';
import { gather } from './gather.js';
import { listLineBills } from './line-bills.js';

/** So many dates and times in a text are read: a name in it may have others. */
const MOST_DATES = 8;
const MOST_TIMES = 4;
const DAY_MS = 86_400_000;
/** A period that overlaps that of a bill begins so long before it at most, and ends so long after it. */
const LONGEST_MS = 93 * DAY_MS;

/** A bill that an invoice has and the store lacks. */
interface KnownLine extends Found {
  key: string;
  period: BillPeriod;
}

type Telephony = NamedTelephony['telephony'];
type Proven = Pick<KnownLine, 'key' | 'period'>;

/**
 * Stores bills of calls of a bill that invoices have and the store lacks, as after it was restored. Their marks follow from the line and
 * its period: of days whatever the text says, in any language, and inside days by the dates and times in it.
 *
 * @throws SluiceError `billed_before` where there is one: the bill would charge its calls a second time
 */
export async function takeBilledBefore(
  context: Context,
  { service, bill, client, fences }: HeldBill & { client: string },
  invoices: readonly Invoice[],
): Promise<void> {
  const telephony = await findTelephony(context, service.panel);
  if (telephony === null) return;
  const bills = await listLineBills(context, { service, subscriberId: bill.subscriber });
  const others = await context.store.callBills.list({ client });
  const found = findUnknown(telephony, { bill, bills: [...bills, ...others], invoices, now: context.now() });
  const [first] = found;
  if (first === undefined) return;
  for (const one of found) {
    const row = await toRow(context, telephony, { bill: { ...bill, client }, found: one });
    await context.write(fences, ({ callBills }) => callBills.add(row));
  }
  const period = describePeriod(toInstants(first.period));
  const message = `Invoice ${first.invoice.id} has calls of "${service.id}" already, from ${period}: that is stored now, and nothing was added; the next run bills what is left`;
  throw new SluiceError('billed_before', message, { details: { service: service.id, invoice: first.invoice.id } });
}

/** Returns the bills of a line that invoices have for a part of the period of a bill, and that are not among those that are stored. */
function findUnknown(
  telephony: Telephony,
  {
    bill,
    bills,
    invoices,
    now,
  }: { bill: CallBillRecord; bills: readonly CallBillRecord[]; invoices: readonly Invoice[]; now: string },
): KnownLine[] {
  const known = new Set(bills.map(({ key }) => lineMarker(key)));
  const found = new Map<string, KnownLine>();
  const search = new PeriodSearch(telephony, bill, now);
  for (const line of invoices.flatMap(({ lines }) => lines)) {
    const { description, amount } = line;
    for (const marker of line.markers.filter((one) => !known.has(one) && !found.has(one))) {
      const proven = search.find(marker, description);
      // Nothing is billed before it has ended.
      const isPast = proven !== null && Date.parse(proven.period.end) <= Date.parse(now);
      if (!isPast || !periodsOverlap(bill, proven.period)) continue;
      const only = findOnly(invoices, { key: proven.key, amount });
      if (only !== null) found.set(marker, { ...only, ...proven });
    }
  }
  return [...found.values()];
}

/** Finds the period that the mark of a line is of: a mark follows from the line and its period. */
class PeriodSearch {
  readonly #telephony: Telephony;
  readonly #bill: CallBillRecord;
  /** Local days on which a period may begin or end that overlaps that of the bill. */
  readonly #days: string[];
  #ofDays: Map<string, Proven> | null = null;

  constructor(telephony: Telephony, bill: CallBillRecord, now: string) {
    this.#telephony = telephony;
    this.#bill = bill;
    const until = Math.min(Date.parse(now), Date.parse(bill.end) + LONGEST_MS);
    this.#days = listDays(Date.parse(bill.start) - LONGEST_MS, until, telephony.timeZone);
  }

  /** Returns the period of a mark; null where it is of another line. */
  find(marker: string, description: string): Proven | null {
    const { timeZone } = this.#telephony;
    const stated = this.#list(readBounds(description, timeZone).slice(0, MOST_DATES)).get(marker);
    if (stated !== undefined) return stated;
    this.#ofDays ??= this.#list(toBounds(this.#days, timeZone));
    const ofDays = this.#ofDays.get(marker);
    if (ofDays !== undefined) return ofDays;
    const times = readTimes(description).slice(0, MOST_TIMES);
    if (times.length === 0) return null;
    const inside = this.#days.flatMap((day) => readBounds(times.map((time) => `${day} ${time}`).join(' '), timeZone));
    return this.#list([...toBounds(this.#days, timeZone), ...inside]).get(marker) ?? null;
  }

  #list(bounds: readonly string[]): Map<string, Proven> {
    const { installation, timeZone } = this.#telephony;
    const { subscriber: subscriberId, start: from, end: to } = this.#bill;
    const at = bounds.map((text) => ({ text, ms: Date.parse(text) }));
    const [starts, ends] = [at.filter(({ ms }) => ms < Date.parse(to)), at.filter(({ ms }) => ms > Date.parse(from))];
    const found = new Map<string, Proven>();
    for (const { text: start, ms } of starts)
      for (const { text: end } of ends.filter((one) => one.ms > ms)) {
        const key = billKey({ installation, subscriberId, period: { start, end } });
        found.set(lineMarker(key), { key, period: { start, end, timeZone } });
      }
    return found;
  }
}

function toBounds(days: readonly string[], timeZone: string): string[] {
  return readBounds(days.join(' '), timeZone);
}

/** Returns the bill as it is stored: with the calls that are there now, and what was charged. */
async function toRow(
  context: Context,
  telephony: Telephony,
  { bill, found }: { bill: CallBillRecord; found: KnownLine },
): Promise<CallBillRecord> {
  const { key, period, invoice, line } = found;
  const { totals, digest } = await gather(context, {
    line: { telephony, subscriberId: bill.subscriber },
    ...{ period, verifyPlan: null, report: null },
  });
  const { from: start, to: end } = toInstants(period);
  const isSame = compareMoney(totals.amount, line.amount) === 0;
  return {
    ...bill,
    ...{ id: context.id('cb'), key, start, end, state: 'confirmed', invoice: invoice.id, note: null, file: null },
    ...{ description: line.description, amount: line.amount, charged: isSame ? totals.total : line.amount },
    ...{ currency: invoice.currency, calls: totals.calls, digest },
    ...{ at: context.now(), sentAt: null, endedAt: context.now(), run: context.runId },
  };
}
