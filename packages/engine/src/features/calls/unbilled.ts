import type { PeriodView } from '@sluice/contract/documents';
import { isPanelError } from '@sluice/panel-http';
import { SluiceError } from '@sluice/panel-kind';
import { addMoney } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';
import type { BillPeriod, CallTotals } from '@sluice/quota-core/telephony';
import type { Context } from '../../context/context.js';
import { findBillingType } from './billing-type.js';
import { finalPeriods, toInstants } from './due.js';
import { findServiceFirstDay } from './first-day.js';
import { gather } from './gather.js';
import { dropGivenUp } from './given-up.js';
import { listLineBills } from './line-bills.js';
import { toCharged } from './unrated.js';
import { findLineOfCalls, findSubscriber, type Line } from '../telephony/find-line.js';

/** Calls of a line that no bill has. */
export interface UnbilledCalls {
  calls: number;
  /** Sum of the charges that are known, with all digits. */
  total: string;
  /** Calls that are not in it: not rated yet. */
  withoutCharge: number;
  currency: string;
  /** Further records that can't be summed, such as those in another currency. */
  unsummed: number;
  /** ISO UTC. */
  since: string;
}

/** The same, and whether it is known that no other system has billed them. */
export interface FoundUnbilled {
  unbilled: UnbilledCalls;
  isFirstDayKnown: boolean;
}

/**
 * Reads the calls of a service that no final bill has, since Sluice made its line, else since its first bill or the line was made. Null where it has
 * no line; the calls of a prepaid one are paid.
 *
 * @throws SluiceError `calls_unread` where the panel does not list them
 */
export async function findUnbilled(
  context: Context,
  service: ServiceRecord,
): Promise<FoundUnbilled | 'prepaid' | null> {
  const panel = await context.panel(service.panel);
  const line = panel.telephony === undefined ? null : await findLineOfCalls(context, service);
  if (line === null) return null;
  const { telephony } = line;
  const subscriber = await findSubscriber(context, line);
  const { windows, bills } = await dropGivenUp(context, line, await listLineBills(context, line));
  const { timeZone, currency, billFrom } = telephony;
  const createdAt = subscriber?.createdAt ?? service.createdAt;
  const now = subscriber?.billingType ?? null;
  const isPaid = (client: string | null, period: Pick<PeriodView, 'from' | 'to'>): boolean =>
    findBillingType({ line, client, period, now, bills }) === 'prepaid';
  const firstDay = await findServiceFirstDay(context, line);
  const request = { timeZone, now: context.now(), createdAt, billFrom, firstDay, windows };
  const periods = finalPeriods(bills, request).filter(({ client, period }) => !isPaid(client, toInstants(period)));
  if (periods.length === 0 && isPaid(service.client, { from: context.now(), to: context.now() })) return 'prepaid';
  const found: UnbilledCalls = { calls: 0, total: '0', withoutCharge: 0, currency, unsummed: 0, since: context.now() };
  for (const { period } of periods.reverse()) {
    const totals = await sumCalls(context, line, period);
    const { calls, total, withoutCharge } = toCharged(totals);
    // Unrated calls are among the others.
    const unsummed = totals.problems
      .filter(({ code }) => code !== 'unrated')
      .reduce((sum, { count }) => sum + count, 0);
    if (calls + unsummed === 0) continue;
    found.calls += calls;
    found.unsummed += unsummed;
    found.total = addMoney(found.total, total);
    found.withoutCharge += withoutCharge;
    found.since = toInstants(period).from;
  }
  return { unbilled: found, isFirstDayKnown: firstDay !== null };
}

async function sumCalls(context: Context, line: Line, period: BillPeriod): Promise<CallTotals> {
  const { service } = line;
  try {
    return (await gather(context, { line, period, verifyPlan: null, report: null })).totals;
  } catch (error) {
    if (!isPanelError(error) || context.deps.signal.aborted) throw error;
    throw new SluiceError(
      'calls_unread',
      `It is not known whether "${service.id}" has unbilled calls; nothing was changed: ${error.message}`,
      { kind: 'panel', details: { service: service.id }, cause: error },
    );
  }
}
