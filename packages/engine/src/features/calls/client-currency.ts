import type { CallBillRecord } from '@sluice/state-store';
import { periodsOverlap } from '@sluice/quota-core/telephony';
import type { Context } from '../../context/context.js';
import { findTelephony } from '../telephony/panels.js';
import { CLIENT_CURRENCY } from './bill-refusals.js';
import { isTaken } from './due.js';
import { wasGivenUp } from './given-up.js';
import { isOfPanel } from './line-bills.js';
import { isBilledFor } from './ownerless.js';

/**
 * Lists those of these bills that failed because their client is billed in another currency, and that runs try again, the oldest first:
 * a person has to charge their calls. No two are of the same time.
 */
export async function listFailedByCurrency(
  context: Context,
  bills: readonly CallBillRecord[],
): Promise<CallBillRecord[]> {
  const failed = bills.filter(({ state, note }) => state === 'failed' && note === CLIENT_CURRENCY);
  const found: CallBillRecord[] = [];
  for (const bill of failed.sort((a, b) => (a.start < b.start ? -1 : 1))) {
    const { panel, subscriber, service, end } = bill;
    const telephony = await findTelephony(context, panel ?? '');
    if (panel === null || telephony === null) continue;
    const stored = (await context.store.callBills.list({ subscriber })).filter((one) => isOfPanel(one, panel));
    const others = stored.filter((one) => isTaken(one) || found.some(({ id }) => id === one.id));
    if (others.some((one) => periodsOverlap(one, bill))) continue;
    // What no run bills any more is found as calls without a bill.
    if (!(await isBilledFor(context, { panel, subscriber, telephony }, service))) continue;
    if (await wasGivenUp(context, panel, { service, line: subscriber, period: { to: end } })) continue;
    found.push(bill);
  }
  return found;
}
