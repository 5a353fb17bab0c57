import type { CallBillRecord, HeldLease, ServiceRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import type { Billed } from './bill-until-ended.js';
import { keptNote, OF_RESELLER, refuseOverlap } from './bill-refusals.js';
import { TYPE_CHANGED } from './billing-type.js';
import { isFinal, isInDoubt, isTaken, openParts, toPeriod } from './due.js';
import { listLineBills } from './line-bills.js';

/** A bill that this run holds. */
export interface HeldBill {
  service: ServiceRecord;
  bill: CallBillRecord;
  fences: HeldLease[];
}

/** What changes of a bill. */
type BillChange = Partial<Pick<CallBillRecord, 'state' | 'invoice' | 'note' | 'sentAt' | 'endedAt'>>;

/** Stores a change of a bill. */
export async function changeBill(
  context: Context,
  { fences, bill }: Pick<HeldBill, 'fences' | 'bill'>,
  change: BillChange,
): Promise<CallBillRecord> {
  await context.write(fences, (tables) => tables.callBills.update(bill.id, change));
  return { ...bill, ...change };
}

/**
 * Stores that the line of a bill is sent now, to this invoice.
 *
 * @throws SluiceError `period_overlaps` where a person has charged the calls since the bill was made; `no_token` of one that was sent before
 */
export async function beginSending(
  context: Context,
  { service, bill, fences, begin }: HeldBill & Pick<Billed, 'begin'>,
  invoice: string | null,
): Promise<CallBillRecord> {
  const change = { state: 'sending', sentAt: context.now(), invoice, note: keptNote(bill) } as const;
  await context.write(fences, async (tables) => {
    if (isInDoubt(bill)) await begin(tables);
    const bills = await listLineBills({ store: tables }, { service, subscriberId: bill.subscriber });
    const isFinalNow = bills.some((one) => one.id === bill.id && isFinal(one));
    refuseOverlap({ line: { service }, period: bill }, isFinalNow ? null : bill, bills);
    await tables.callBills.update(bill.id, change);
  });
  return { ...bill, ...change };
}

/** Stores why a bill failed, unless it is done with by now: a person may have charged its calls. */
export async function failBill(
  context: Context,
  { fences, bill }: Pick<HeldBill, 'fences' | 'bill'>,
  note: string,
): Promise<CallBillRecord> {
  const change = { state: 'failed', note } as const;
  return context.write(fences, async ({ callBills }) => {
    const now = (await callBills.get(bill.id)) ?? bill;
    if (isFinal(now)) return now;
    await callBills.update(bill.id, change);
    return { ...now, ...change };
  });
}

/**
 * Removes the failed bills of a service that a bill stored now replaces: their periods are within its own and those of bills that are
 * done with. A final bill that is tried again has a later end. Of a line that the panel shows as sold directly, no failed bill states
 * any more that it is a reseller's.
 *
 * @param known.bills the stored bills of the line
 */
export async function replaceFailed(
  { callBills }: Pick<StoreTables, 'callBills'>,
  made: CallBillRecord,
  { bills, isDirect }: { bills: readonly CallBillRecord[]; isDirect: boolean },
): Promise<void> {
  const others = bills.filter(({ id }) => id !== made.id);
  const covering = [made, ...others.filter(isTaken)];
  for (const bill of others.filter(({ service, state }) => service === made.service && state === 'failed')) {
    const { id, note } = bill;
    const isDisproved = isDirect && note === OF_RESELLER;
    // Another failure does not show that what it states has ended.
    const isStated = (note === OF_RESELLER || note === TYPE_CHANGED) && note !== made.note;
    const isKept = made.state === 'failed' && isStated && !isDisproved;
    if (!isKept && openParts(covering, toPeriod(bill, 'UTC')).length === 0) await callBills.remove(id);
    else if (isDisproved) await callBills.update(id, { note: null });
  }
}
