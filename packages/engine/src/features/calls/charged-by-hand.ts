import type { CallBillRecord, StoreTables } from '@sluice/state-store';
import { periodsOverlap } from '@sluice/telephony';
import type { Context } from '../../context/context.js';
import { BY_HAND, isByHand, isTaken } from './due.js';

/** Calls of a line that no bill has, in the period of a bill that could be made of them. */
export type UnbilledPart = Pick<
  CallBillRecord,
  'key' | 'service' | 'subscriber' | 'start' | 'end' | 'currency' | 'charged' | 'calls'
>;

/** Stores that a person has charged these calls, as far as no bill has them by now. */
export async function noteChargedByHand(
  context: Context,
  { callBills }: Pick<StoreTables, 'callBills'>,
  parts: readonly UnbilledPart[],
): Promise<void> {
  const at = context.now();
  for (const part of parts) {
    const { service, subscriber } = part;
    const bills = await callBills.list({ service, subscriber });
    if (bills.some((bill) => isTaken(bill) && periodsOverlap(bill, part))) continue;
    await callBills.add({
      ...part,
      ...{ id: context.id('cb'), state: 'zero', note: BY_HAND, client: null, billing: context.config.billing },
      ...{ invoice: null, description: '', amount: '0', digest: '', file: null, run: context.runId },
      ...{ at, sentAt: null, endedAt: at },
    });
  }
}

/** Forgets that a person has charged these calls: they are on no bill again. */
export async function forgetChargedByHand(
  { callBills }: Pick<StoreTables, 'callBills'>,
  parts: readonly UnbilledPart[],
): Promise<void> {
  for (const { key } of parts) {
    const bill = await callBills.find(key);
    if (bill !== null && isByHand(bill)) await callBills.remove(bill.id);
  }
}
