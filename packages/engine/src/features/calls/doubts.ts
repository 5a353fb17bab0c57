import type { CallBillView } from '@sluice/contract/documents';
import { toItemError } from '@sluice/panel-kind';
import type { CallBillRecord, ServiceRecord } from '@sluice/state-store';
import { parsePeriod, toLocalTime } from '@sluice/quota-core/telephony';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import type { Run } from '../../kernel/run/bracket.js';
import { type BillRequest, withBillLease } from './bill-lease.js';
import type { Billed } from './bill-until-ended.js';
import { toView } from './bill-view.js';
import { isInDoubt, toInstants, toPeriod } from './due.js';
import { isOfOneBill, resolveBill } from './resolve-bill.js';

/** A bill in doubt that a request has tried. */
export interface TriedBill {
  id: string;
  view: CallBillView;
}

/**
 * Finds out what became of the bills in doubt, or sends them again on request. They are found by what is stored of them: the line, the panel,
 * the client and the status of their services may have changed. Those of a named invoice or of the last bills are tried with their line.
 */
export async function resolveDoubts(
  context: Context,
  run: Run,
  {
    request,
    toRequest,
    billed,
  }: { request: BillRequest; toRequest: (service: ServiceRecord | null) => BillRequest; billed: Billed },
): Promise<TriedBill[]> {
  const { store, deps } = context;
  if (request.final || request.invoice !== null) return [];
  const tried: TriedBill[] = [];
  for (const { id, service } of await listDoubts(context, request)) {
    deps.signal.throwIfAborted();
    const own = toRequest(await store.services.get(service));
    const view = await withBillLease(run, { service, request: own }, async (fences) => {
      const bill = await store.callBills.get(id);
      // Another run may have found it out meanwhile.
      return bill === null || !isInDoubt(bill)
        ? null
        : tryBill(context, bill, { options: own, fences, begin: billed.begin });
    });
    if (view === null) continue;
    tried.push({ id, view });
    billed.bills.push(view);
    billed.isBegun ||= view.state !== 'failed';
  }
  return tried;
}

/** Lists the bills in doubt of a request. */
export async function listDoubts(
  context: Context,
  { service, period }: Pick<BillRequest, 'service' | 'period'>,
): Promise<CallBillRecord[]> {
  const of = service === null ? {} : { service };
  const bills = await context.store.callBills.list({ ...of, states: ['sending', 'unknown'] });
  return period === null ? bills : bills.filter((bill) => isOfPeriod(context, bill, period));
}

/** Whether a bill is of exactly the period that was named. */
function isOfPeriod(context: Context, bill: CallBillRecord, text: string): boolean {
  const timeZone = toTimeZone(context, bill);
  const invoiceDate = toLocalTime(context.now(), timeZone).slice(0, 10);
  const { from, to } = toInstants(parsePeriod(text, { invoiceDate, timeZone }));
  return bill.start === from && bill.end === to;
}

async function tryBill(
  context: Context,
  bill: CallBillRecord,
  how: Pick<Parameters<typeof resolveBill>[1], 'options' | 'fences' | 'begin'>,
): Promise<CallBillView> {
  const of = { ...how, period: toPeriod(bill, toTimeZone(context, bill)) };
  try {
    return await resolveBill(context, of, bill);
  } catch (error) {
    if (!isOfOneBill(error)) throw error;
    return { ...toView(of, bill, 'failed'), error: toItemError(error) };
  }
}

function toTimeZone({ config }: Context, { panel }: CallBillRecord): string {
  return findTimeZone(config, panel ?? '');
}
