import { addMoney } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';
import { CallSum } from '@sluice/telephony';
import type { Session } from '../session.js';
import { finalPeriods, toInstants } from './due.js';
import { listLineBills } from './line-bills.js';
import { findLine, readSubscriber } from './line-of-service.js';
import { readSorted } from './read-sorted.js';

/** Calls of a line that no bill has. */
export interface UnbilledCalls {
  calls: number;
  /** Sum of their charges, with all digits. */
  total: string;
  currency: string;
  /** ISO UTC. */
  since: string;
}

/**
 * Reads the calls of a service that no final bill has, since its first one, else since its line was made. Null where nothing can be billed: it has no
 * line, or the line is gone or prepaid.
 */
export async function findUnbilled(session: Session, service: ServiceRecord): Promise<UnbilledCalls | null> {
  const panel = await session.panel(service.panel);
  const line = panel.telephony === undefined ? null : await findLine(session, service);
  if (line === null) return null;
  const { telephony, subscriberId, terms } = line;
  const { signal } = session.deps;
  const subscriber = await readSubscriber(session, line).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'PANEL_NOT_FOUND') return null;
    throw error;
  });
  if (subscriber === null || (subscriber.billingType ?? terms.billingType) === 'prepaid') return null;
  const bills = await listLineBills(session, line);
  const { timeZone, currency, billFrom } = telephony;
  const createdAt = subscriber.createdAt ?? service.createdAt;
  const periods = finalPeriods(bills, { timeZone, now: session.now(), createdAt, billFrom });
  const found: UnbilledCalls = { calls: 0, total: '0', currency, since: session.now() };
  for (const period of periods.reverse()) {
    const sum = new CallSum({ period, currency, subscriberId });
    for await (const calls of readSorted(telephony, { from: period.start, to: period.end, subscriberId }, { signal })) {
      for (const call of calls) sum.add(call);
    }
    const { calls, total } = sum.totals();
    if (calls === 0) continue;
    found.calls += calls;
    found.total = addMoney(found.total, total);
    found.since = toInstants(period).from;
  }
  return found;
}
