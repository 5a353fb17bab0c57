import type { Invoice } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import { compareMoney, lineMarker } from '@sluice/quota-core';
import type { CallBillRecord } from '@sluice/state-store';
import { billKey, type BillPeriod, periodsOverlap } from '@sluice/quota-core/telephony';
import { describePeriod, readBounds } from '../../base/describe-period.js';
import type { Context } from '../../context/context.js';
import { findTelephony, type NamedTelephony } from '../telephony/panels.js';
import type { HeldBill } from './change-bill.js';
import { toInstants } from './due.js';
import { findOnly, type Found } from './find-only.js';
import { gather } from './gather.js';
import { listLineBills } from './line-bills.js';

/** So many dates in a text are read. */
const MOST_DATES = 8;

/** A bill that an invoice has and the store lacks. */
interface KnownLine extends Found {
  key: string;
  period: BillPeriod;
}

type Telephony = NamedTelephony['telephony'];

/**
 * Stores bills of calls of a bill that invoices have and the store lacks, as after it was restored: their marks follow from the line and the
 * dates in their texts.
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
  const found = findUnknown(telephony, { bill, bills, invoices, now: context.now() });
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
  for (const line of invoices.flatMap(({ lines }) => lines)) {
    const { description, amount } = line;
    for (const marker of line.markers.filter((one) => !known.has(one) && !found.has(one))) {
      const proven = findPeriod(telephony, { subscriberId: bill.subscriber, description, marker });
      // Nothing is billed before it has ended.
      const isPast = proven !== null && Date.parse(proven.period.end) <= Date.parse(now);
      if (!isPast || !periodsOverlap(bill, proven.period)) continue;
      const only = findOnly(invoices, { key: proven.key, amount });
      if (only !== null) found.set(marker, { ...only, ...proven });
    }
  }
  return [...found.values()];
}

/** Returns the period among the dates of a line's text that its mark is of; null where none is. */
function findPeriod(
  { installation, timeZone }: Telephony,
  { subscriberId, description, marker }: { subscriberId: string; description: string; marker: string },
): Pick<KnownLine, 'key' | 'period'> | null {
  const bounds = readBounds(description, timeZone).slice(0, MOST_DATES);
  for (const start of bounds)
    for (const end of bounds) {
      if (Date.parse(start) >= Date.parse(end)) continue;
      const key = billKey({ installation, subscriberId, period: { start, end } });
      if (lineMarker(key) === marker) return { key, period: { start, end, timeZone } };
    }
  return null;
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
