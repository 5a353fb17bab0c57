import { toItemError } from '@sluice/panel-kind';
import type { CallBillRecord, ServiceRecord } from '@sluice/state-store';
import { type BillPeriod, parsePeriod, toLocalTime } from '@sluice/quota-core/telephony';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import type { Run } from '../../kernel/run/bracket.js';
import { resolveOpen } from '../billing/resolve-open.js';
import { type BillRequest, withBillLease } from './bill-lease.js';
import type { Billed } from './bill-until-ended.js';
import { toView } from './bill-view.js';
import { isInDoubt, toInstants, toPeriod } from './due.js';
import { isOfOneBill, resolveBill } from './resolve-bill.js';
import type { MadeBill } from './made-bill.js';

/** A bill in doubt that a request has tried. */
export interface TriedBill {
  id: string;
  view: MadeBill;
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
  const tell = (id: string, view: MadeBill): void => {
    tried.push({ id, view });
    billed.bills.push(view);
    billed.isBegun ||= view.state !== 'failed';
  };
  const toOwn = async ({ service }: CallBillRecord): Promise<BillRequest> =>
    toRequest(await store.services.get(service));
  await resolveOpen(deps.signal, await listDoubts(context, request), {
    withLease: async (bill, work) => withBillLease(run, { service: bill.service, request: await toOwn(bill) }, work),
    async read({ id }) {
      const bill = await store.callBills.get(id);
      return bill !== null && isInDoubt(bill) ? bill : null;
    },
    async resolve(bill, fences) {
      const of = { options: await toOwn(bill), fences, begin: billed.begin, period: toStoredPeriod(context, bill) };
      tell(bill.id, await resolveBill(context, of, bill));
    },
    failed(bill, error) {
      if (!isOfOneBill(error)) throw error;
      const of = { period: toStoredPeriod(context, bill) };
      tell(bill.id, { ...toView(of, bill, 'failed'), error: toItemError(error) });
    },
  });
  deps.signal.throwIfAborted();
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

function toStoredPeriod(context: Context, bill: CallBillRecord): BillPeriod {
  return toPeriod(bill, toTimeZone(context, bill));
}

function toTimeZone({ config }: Context, { panel }: CallBillRecord): string {
  return findTimeZone(config, panel ?? '');
}
