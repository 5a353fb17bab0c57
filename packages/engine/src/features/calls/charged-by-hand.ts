import { addMoney, compareMoney, subtractMoney } from '@sluice/quota-core';
import type { CallBillRecord, StoreTables } from '@sluice/state-store';
import { periodsOverlap } from '@sluice/quota-core/telephony';
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
  /** Whether a person charged those others: that may be taken back, and the bill is gone then. */
  isLateOfHand?: boolean;
}

/** What an acknowledgement charged of the calls of a period. */
export interface HandCharge extends Pick<CallBillRecord, 'start' | 'end' | 'charged'> {
  /** The bill that it is noted as, or added to. */
  bill: string;
  at: string;
}

type CallBills = StoreTables['callBills'];

/**
 * Stores that a person has charged these calls, and returns what that charged: nothing of those that something else has charged or bills
 * by now.
 */
export async function noteChargedByHand(
  context: Context,
  { callBills }: Pick<StoreTables, 'callBills'>,
  parts: readonly UnbilledPart[],
): Promise<HandCharge[]> {
  const charges: HandCharge[] = [];
  for (const part of parts) {
    const { start, end, charged } = part;
    const bill = (await addToBill(callBills, part)) ?? (await noteAsBill(context, callBills, part));
    if (bill !== null) charges.push({ bill, start, end, charged, at: context.now() });
  }
  return charges;
}

/** Adds calls to what counts as charged of a bill; what is on its invoice stays. Null where no bill is to have them. */
async function addToBill(callBills: CallBills, part: UnbilledPart): Promise<string | null> {
  const bill = await findBillToAddTo(callBills, part);
  if (bill === undefined) return null;
  await callBills.update(bill.id, { charged: addMoney(bill.charged, part.charged) });
  return bill.id;
}

/**
 * Finds the bill that late calls are of; for calls of no bill, and those whose bill was taken back, the one that acknowledgements of other
 * alarms made of the same period.
 */
async function findBillToAddTo(callBills: CallBills, part: UnbilledPart): Promise<CallBillRecord | undefined> {
  const bills = (await listKnownBills(callBills, part)).filter((bill) => isFinal(bill) && !isOfNothing(bill));
  const own = part.isLate === true ? bills.find(({ id }) => id === part.bill) : undefined;
  if (own !== undefined && (part.isLateOfHand !== true || isByHand(own))) return own;
  return isOfInvoice(part) ? undefined : bills.find((bill) => isNoted(bill) && isSamePeriod(bill, part));
}

/** Whether calls came after a bill that is on an invoice. */
function isOfInvoice({ isLate, isLateOfHand }: UnbilledPart): boolean {
  return isLate === true && isLateOfHand !== true;
}

/** Whether a bill has nothing but what acknowledgements charged: one that was made otherwise may have any calls of its period. */
function isNoted(bill: CallBillRecord): boolean {
  return isByHand(bill) && bill.digest === '';
}

async function noteAsBill(context: Context, callBills: CallBills, unbilled: UnbilledPart): Promise<string | null> {
  // Such a bill would stand for what the invoice has, too.
  if (isOfInvoice(unbilled)) return null;
  const { bill: _, isLate: _late, isLateOfHand: _hand, ...part } = unbilled;
  const at = context.now();
  const bills = await listKnownBills(callBills, part);
  const begun = bills.find((bill) => isSamePeriod(bill, part));
  const isBilled = (bill: CallBillRecord): boolean => isTaken(bill) && !(bill === begun && isOfNothing(bill));
  if (bills.some((bill) => isBilled(bill) && periodsOverlap(bill, part))) return null;
  const noted = { state: 'zero', note: BY_HAND, file: null, run: context.runId, endedAt: at } as const;
  if (begun !== undefined) {
    const { charged, calls } = part;
    const note = begun.note === null ? BY_HAND : `${BY_HAND}: ${begun.note}`;
    await callBills.update(begun.id, { ...noted, note, charged, calls, amount: '0', digest: '' });
    return begun.id;
  }
  const id = context.id('cb');
  const isAdded = await callBills.add({
    ...part,
    ...noted,
    ...{ id, client: null, billing: context.config.billing, invoice: null, at, sentAt: null },
    ...{ description: '', amount: '0', digest: '' },
  });
  return isAdded ? id : null;
}

/** Reverts what an acknowledgement charged, and nothing else: calls of which nothing is charged any more are on no bill again. */
export async function revertCharges(
  { callBills }: Pick<StoreTables, 'callBills'>,
  charges: readonly HandCharge[],
): Promise<void> {
  for (const charge of charges) {
    const bill = await callBills.get(charge.bill);
    if (bill === null || !isFinal(bill)) continue;
    const charged = subtractMoney(bill.charged, charge.charged);
    if (isByHand(bill) && compareMoney(charged, '0') <= 0) await removeNoted(callBills, bill);
    else await callBills.update(bill.id, { charged });
  }
}

async function removeNoted(callBills: CallBills, bill: CallBillRecord): Promise<void> {
  // A bill that was tried before has the text of its line: it is due again, or waits for a person as before.
  const note = bill.note?.slice(`${BY_HAND}: `.length) || null;
  if (bill.description === '') await callBills.remove(bill.id);
  else if (note === OF_NOTHING) await callBills.update(bill.id, { note, charged: '0', calls: 0 });
  else await callBills.update(bill.id, { state: 'failed', note, endedAt: null });
}

/** Returns what an acknowledgement of these calls charged in stores of earlier versions, which do not have it. */
export async function findCharges(
  { callBills }: Pick<StoreTables, 'callBills'>,
  parts: readonly UnbilledPart[],
  at: string,
): Promise<HandCharge[]> {
  const charges: HandCharge[] = [];
  for (const part of parts) {
    const { start, end, charged } = part;
    const noted = async (): Promise<CallBillRecord | undefined> =>
      (await listKnownBills(callBills, part)).find((one) => isByHand(one) && isSamePeriod(one, part));
    const bill = part.isLate === true ? part.bill : (await noted())?.id;
    if (bill !== undefined) charges.push({ bill, start, end, charged, at });
  }
  return charges;
}

/** Lists the bills of the line of these calls. */
async function listKnownBills(
  callBills: CallBills,
  { panel, subscriber }: Pick<UnbilledPart, 'panel' | 'subscriber'>,
): Promise<CallBillRecord[]> {
  return (await callBills.list({ subscriber })).filter((bill) => isOfPanel(bill, panel));
}

function isSamePeriod(bill: CallBillRecord, { start, end }: Pick<UnbilledPart, 'start' | 'end'>): boolean {
  return bill.start === start && bill.end === end;
}
