import type { CallBillRecord } from '@sluice/state-store';
import { billKey } from '@sluice/telephony';
import type { Session } from '../session.js';
import { toPeriod } from './due.js';
import type { Line } from './line-of-service.js';

/** Lists the bills of a line, also those of a service that had it before, the newest period first. */
export async function listLineBills({ store }: Session, line: Line): Promise<CallBillRecord[]> {
  const { service, subscriberId } = line;
  const bills = await store.callBills.list({ subscriber: subscriberId });
  const ids = [...new Set(bills.map((bill) => bill.service))].filter((id) => id !== service.id);
  const others = ids.length === 0 ? [] : await store.services.list({ ids });
  const here = new Set(others.filter(({ panel }) => panel === service.panel).map(({ id }) => id)).add(service.id);
  return bills
    .filter((bill) => here.has(bill.service) || isOfLine(line, bill))
    .sort((a, b) => Date.parse(b.start) - Date.parse(a.start));
}

/** Returns whether the key of a bill names the line: its service may be gone from the store. */
function isOfLine({ telephony, subscriberId }: Line, bill: CallBillRecord): boolean {
  const { installation, timeZone } = telephony;
  return bill.key === billKey({ installation, subscriberId, period: toPeriod(bill, timeZone) });
}
