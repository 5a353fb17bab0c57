import type { CallBillRecord } from '@sluice/state-store';
import { isLiving } from '../../base/lifecycle.js';
import type { ServiceWindow } from '../../base/ownership.js';
import type { Context } from '../../context/context.js';
import { findLineOfCalls, type Line } from '../telephony/find-line.js';
import type { ToBill } from './due.js';
import { type DueCalls, dropGivenUp } from './given-up.js';
import { isOfNothing, isWithin } from './read-again.js';

/** Returns the bills of nothing of a line in use: once a call of theirs has a price, a run that reads them again bills it. */
export function findBilledAgain({ service, terms }: Line, { windows, bills }: DueCalls): CallBillRecord[] {
  if (terms === null || !isLiving(service)) return [];
  return bills.filter((bill) => isNothingOf(bill, { service, windows }));
}

/** Returns these periods, which somebody named: of those that were billed as nothing, the calls are read again. */
export function readNamedAgain(named: readonly ToBill[], of: NothingRequest): ToBill[] {
  return named.map((one) => ({ ...one, again: one.bill !== null && isNothingOf(one.bill, of) }));
}

/** Whose bills of nothing are read again. */
interface NothingRequest extends Pick<Line, 'service'> {
  /** When the service had the line. */
  windows: readonly ServiceWindow[];
}

function isNothingOf(bill: CallBillRecord, { service, windows }: NothingRequest): boolean {
  return bill.service === service.id && isOfNothing(bill) && isWithin(bill, windows);
}

/** Returns whether the late calls of a bill are due by themselves, so that nobody is to charge them by hand. */
export async function isBilledAgain(context: Context, bill: CallBillRecord): Promise<boolean> {
  const service = isOfNothing(bill) ? await context.store.services.get(bill.service) : null;
  if (service === null || service.panel !== bill.panel) return false;
  const line = await findLineOfCalls(context, service);
  if (line === null || line.subscriberId !== bill.subscriber) return false;
  return findBilledAgain(line, await dropGivenUp(context, line, [bill])).length > 0;
}
