import { type CallBillRecord, ownershipSubject } from '@sluice/state-store';
import { billKey } from '@sluice/telephony';
import type { PanelObject } from '../../base/ownership.js';
import type { Context } from '../../context/context.js';
import { isBegun, isInDoubt, toPeriod } from './due.js';
import type { Line } from '../telephony/find-line.js';

/** Lists the bills of a line, also those of a service that had it before, the newest period first. */
export async function listLineBills({ store }: Pick<Context, 'store'>, line: Line): Promise<CallBillRecord[]> {
  const { service, subscriberId } = line;
  const bills = await store.callBills.list({ subscriber: subscriberId });
  const owners = line.object === null ? [] : await listOwners(store, line.object);
  const ids = [...new Set(bills.map((bill) => bill.service))].filter((id) => id !== service.id);
  const others = ids.length === 0 ? [] : await store.services.list({ ids });
  const here = new Set(others.filter(({ panel }) => panel === service.panel).map(({ id }) => id));
  for (const id of [service.id, ...owners]) here.add(id);
  return bills
    .filter((bill) => here.has(bill.service) || isOfLine(line, bill))
    .sort((a, b) => Date.parse(b.start) - Date.parse(a.start));
}

/** Lists the services that had the line, also those that were removed since. */
async function listOwners({ ownership }: Context['store'], { panel, ref, value }: PanelObject): Promise<string[]> {
  const periods = await ownership.list({ panel, subjects: [ownershipSubject(ref, value)] });
  return periods.map((period) => period.service);
}

/** Returns whether the key of a bill names the line: its service may be gone from the store. */
export function isOfLine(
  { telephony, subscriberId }: Pick<Line, 'telephony' | 'subscriberId'>,
  bill: CallBillRecord,
): boolean {
  const { installation, timeZone } = telephony;
  return bill.key === billKey({ installation, subscriberId, period: toPeriod(bill, timeZone) });
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
