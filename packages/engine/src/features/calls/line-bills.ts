import type { CallBillRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { isBegun, isInDoubt } from './due.js';
import type { Line } from '../telephony/find-line.js';

/** Returns whether a bill is of a panel; one whose panel is not known may be, so that no call is billed twice. */
export function isOfPanel(bill: Pick<CallBillRecord, 'panel'>, panel: string): boolean {
  return bill.panel === null || bill.panel === panel;
}

/**
 * Lists the bills of a line, also those of services that had it before, the newest period first. A bill of its service on another
 * panel is among them while its line may have been sent.
 */
export async function listLineBills(
  { store }: { store: Pick<Context['store'], 'callBills'> },
  { service, subscriberId }: Pick<Line, 'service' | 'subscriberId'>,
): Promise<CallBillRecord[]> {
  const bills = await store.callBills.list({ subscriber: subscriberId });
  return bills
    .filter((bill) => isOfPanel(bill, service.panel) || (bill.service === service.id && isInDoubt(bill)))
    .sort((a, b) => Date.parse(b.start) - Date.parse(a.start));
}

/** Returns the bills that a run of this service goes on with: its own, and those of services that were removed. */
export async function listBegun(
  { store }: Pick<Context, 'store'>,
  { service }: Line,
  known: readonly CallBillRecord[],
): Promise<CallBillRecord[]> {
  const started = known.filter((bill) => (bill.service === service.id ? isBegun(bill) : isInDoubt(bill)));
  const stored = await store.services.list({ ids: started.map((bill) => bill.service) });
  const others = new Set(stored.map(({ id }) => id).filter((id) => id !== service.id));
  return started.filter((bill) => !others.has(bill.service));
}
