import { addMoney, negateMoney } from '@sluice/quota-core';
import type { CallBillRecord, StoreTables } from '@sluice/state-store';
import { periodsOverlap } from '@sluice/telephony';
import type { Context } from '../../context/context.js';
import { isOfPanel } from './line-bills.js';
import { BY_HAND, isByHand } from '../billing/by-hand.js';
import { isFinal, isTaken } from './due.js';
import { isOfNothing, OF_NOTHING } from './read-again.js';

/** Calls of a line that no bill has, in the period of a bill that could be made of them, or of one that lacks them. */
export interface UnbilledPart extends Pick<
  CallBillRecord,
  'key' | 'service' | 'subscriber' | 'start' | 'end' | 'currency' | 'charged' | 'calls'
> {
  panel: string;
  /** The final bill of this period, which has none of these calls; absent: there was none. */
  bill?: string;
  /** Whether that bill has other calls: the charge of these is added to it. */
  isLate?: boolean;
}

/** Stores that a person has charged these calls, as far as no bill has them by now. */
export async function noteChargedByHand(
  context: Context,
  { callBills }: Pick<StoreTables, 'callBills'>,
  parts: readonly UnbilledPart[],
): Promise<void> {
  const at = context.now();
  for (const { bill: of, isLate, ...part } of parts) {
    if (isLate === true) {
      await addCharge(callBills, of, part.charged);
      continue;
    }
    const bills = await listKnownBills(callBills, part);
    const begun = bills.find((bill) => isSamePeriod(bill, part));
    const isBilled = (bill: CallBillRecord): boolean => isTaken(bill) && !(bill === begun && isOfNothing(bill));
    if (bills.some((bill) => isBilled(bill) && periodsOverlap(bill, part))) continue;
    const noted = { state: 'zero', note: BY_HAND, file: null, run: context.runId, endedAt: at } as const;
    if (begun !== undefined) {
      const { charged, calls } = part;
      const note = begun.note === null ? BY_HAND : `${BY_HAND}: ${begun.note}`;
      await callBills.update(begun.id, { ...noted, note, charged, calls, amount: '0', digest: '' });
      continue;
    }
    await callBills.add({
      ...part,
      ...noted,
      ...{ id: context.id('cb'), client: null, billing: context.config.billing, invoice: null, at, sentAt: null },
      ...{ description: '', amount: '0', digest: '' },
    });
  }
}

/** Forgets that a person has charged these calls: they are on no bill again. */
export async function forgetChargedByHand(
  { callBills }: Pick<StoreTables, 'callBills'>,
  parts: readonly UnbilledPart[],
): Promise<void> {
  for (const part of parts) {
    if (part.isLate === true) {
      await addCharge(callBills, part.bill, negateMoney(part.charged));
      continue;
    }
    const bill = (await listKnownBills(callBills, part)).find((one) => isByHand(one) && isSamePeriod(one, part));
    if (bill === undefined) continue;
    // A bill that was tried before has the text of its line: it is due again, or waits for a person as before.
    const note = bill.note?.slice(`${BY_HAND}: `.length) || null;
    if (bill.description === '') await callBills.remove(bill.id);
    else if (note === OF_NOTHING) await callBills.update(bill.id, { note, charged: '0', calls: 0 });
    else await callBills.update(bill.id, { state: 'failed', note, endedAt: null });
  }
}

/** Changes what counts as charged of the calls of a bill; what is on its invoice stays. */
async function addCharge(callBills: StoreTables['callBills'], id: string | undefined, more: string): Promise<void> {
  const bill = id === undefined ? null : await callBills.get(id);
  if (bill !== null && isFinal(bill)) await callBills.update(bill.id, { charged: addMoney(bill.charged, more) });
}

/** Lists the bills of the line of these calls. */
async function listKnownBills(
  callBills: StoreTables['callBills'],
  { panel, subscriber }: UnbilledPart,
): Promise<CallBillRecord[]> {
  return (await callBills.list({ subscriber })).filter((bill) => isOfPanel(bill, panel));
}

function isSamePeriod(bill: CallBillRecord, { start, end }: UnbilledPart): boolean {
  return bill.start === start && bill.end === end;
}
