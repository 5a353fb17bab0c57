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
    const begun = await callBills.find(part.key);
    const bills = [...(await callBills.list({ service, subscriber })), ...(begun === null ? [] : [begun])];
    if (bills.some((bill) => isTaken(bill) && periodsOverlap(bill, part))) continue;
    const noted = { state: 'zero', note: BY_HAND, file: null, run: context.runId, endedAt: at } as const;
    if (begun !== null) {
      const { charged, calls } = part;
      await callBills.update(begun.id, { ...noted, charged, calls, amount: '0', digest: '' });
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
  for (const { key } of parts) {
    const bill = await callBills.find(key);
    if (bill === null || !isByHand(bill)) continue;
    // A bill that was tried before has the text of its line: it is due again.
    if (bill.description === '') await callBills.remove(bill.id);
    else await callBills.update(bill.id, { state: 'failed', note: null, endedAt: null });
  }
}
