import type { ComparedBills } from '@sluice/contract/documents';
import type { ItemError } from '@sluice/panel-kind';
import { addMoney, compareMoney, formatMoney, negateMoney } from '@sluice/quota-core';
import type { CallBillRecord } from '@sluice/state-store';
import {
  type BillPeriod,
  type CallRecord,
  CallSum,
  parsePeriod,
  periodsOverlap,
  toLocalTime,
} from '@sluice/quota-core/telephony';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { withNames } from '../../context/names.js';
import { requireService } from '../../context/find-service.js';
import type { Compared, ReconcileCallsRequest } from './compared-bill.js';
import { isFinal, toInstants, toPeriod } from './due.js';
import { listFailedByCurrency } from './client-currency.js';
import { findTelephony } from '../telephony/panels.js';
import { readInvoiceStatus } from './invoice-status.js';
import { listUnbilled, MOST_IDS } from './ownerless.js';
import { readSorted } from './read-sorted.js';
import { toCharged } from './unrated.js';

/**
 * Compares final bills with the records of now, and adds the calls that nobody is billed for; warns of bills whose panel can't be read.
 * Bills nothing.
 */
export async function reconcileCalls(context: Context, request: ReconcileCallsRequest): Promise<ComparedBills> {
  const filter = request.service === null ? {} : { service: (await requireService(context, request.service)).id };
  const bills = await context.store.callBills.list(filter);
  const compared: Compared[] = [];
  const left: CallBillRecord[] = [];
  const cancelled: ItemError[] = [];
  const failed = await listFailedByCurrency(context, bills);
  for (const bill of [...bills.filter((one) => isFinal(one) && one.note !== 'prepaid'), ...failed]) {
    context.deps.signal.throwIfAborted();
    if ((await findTelephony(context, bill.panel ?? '')) === null) left.push(bill);
    const one = await compareBill(context, bill, request);
    if (one === null) continue;
    compared.push(one);
    if ((await readInvoiceStatus(context, bill)) === 'cancelled') cancelled.push(describeCancelled(bill, one));
  }
  const asked = left.filter((bill) => isAsked(context, toPeriod(bill, findTimeZone(context.config, '')), request));
  return {
    bills: await withNames(context.store, [...compared, ...(await listUnbilled(context, request))]),
    warnings: [...cancelled, ...describeLeft(asked)],
  };
}

/** Says that what a bill compares was not charged. */
function describeCancelled({ service, invoice }: CallBillRecord, { billed, currency }: Compared): ItemError {
  const amount = formatMoney(billed.total, currency);
  const message = `invoice ${invoice ?? ''} of ${service} was cancelled: the ${amount} that were billed on it are not charged`;
  return { code: 'invoice_cancelled', message };
}

/** Returns a warning for each panel whose bills are not compared. */
function describeLeft(bills: readonly CallBillRecord[]): ComparedBills['warnings'] {
  return [...new Set(bills.map(({ panel }) => panel))].map((panel) => {
    const { length } = bills.filter((bill) => bill.panel === panel);
    const code = 'unknown_panel';
    const count = `${length} ${length === 1 ? 'bill' : 'bills'}`;
    const whose =
      panel === null
        ? 'an earlier version, of which no panel is stored,'
        : `panel "${panel}", which is not in the config,`;
    const how = panel === null ? '' : '. If it only has another name now, set that as the panel of its services';
    return { code, message: `${count} of ${whose} can't be compared with the records of now${how}` };
  });
}

/** Compares a bill with the records of now, of which one that failed has none; null where its panel is not known or has no telephony any more, or its period is not asked for. */
export async function compareBill(
  context: Context,
  bill: CallBillRecord,
  request: Pick<ReconcileCallsRequest, 'period' | 'billed'>,
): Promise<Compared | null> {
  const telephony = bill.panel === null ? null : await findTelephony(context, bill.panel);
  if (telephony === null) return null;
  const { timeZone } = telephony;
  const period = toPeriod(bill, timeZone);
  if (!isAsked(context, period, request)) return null;
  const isBilled = isFinal(bill);
  const billed = isBilled ? { calls: bill.calls, total: bill.charged } : { calls: 0, total: addMoney('0', '0') };
  const before = isBilled ? await readBilled(bill, request) : new Map<string, string | null>();
  const late: string[] = [];
  const changed: string[] = [];
  const unread: string[] = [];
  const archived: CallRecord[] = [];
  const subscriberId = bill.subscriber;
  const sum = new CallSum({ period, currency: bill.currency, subscriberId });
  const window = { from: period.start, to: period.end, subscriberId };
  for await (const calls of readSorted(telephony, window, { signal: context.deps.signal })) {
    for (const call of calls) {
      const verdict = sum.add(call);
      if (verdict === 'problem') {
        unread.push(call.id);
        before?.delete(call.id);
      }
      if (verdict !== 'counted' || before === null) continue;
      const charge = before.get(call.id);
      before.delete(call.id);
      if (charge === undefined) {
        if (call.isArchived === true) archived.push(call);
        else late.push(call.id);
      } else if (!isSame(charge, call.charge)) changed.push(call.id);
    }
  }
  for (const call of archived) if (before === null || !takeCharge(before, call)) late.push(call.id);
  const now = toCharged(sum.totals());
  return {
    service: bill.service,
    line: bill.subscriber,
    bill: isBilled ? bill.id : null,
    period: toInstants(period),
    currency: bill.currency,
    billed,
    now,
    difference: addMoney(now.total, negateMoney(billed.total)),
    late: late.slice(0, MOST_IDS),
    missing: [...(before?.keys() ?? [])].slice(0, MOST_IDS),
    changed: changed.slice(0, MOST_IDS),
    unread: unread.slice(0, MOST_IDS),
  };
}

function isAsked(
  context: Context,
  period: BillPeriod,
  { period: asked }: Pick<ReconcileCallsRequest, 'period'>,
): boolean {
  if (asked === null) return true;
  const { timeZone } = period;
  const invoiceDate = toLocalTime(context.now(), timeZone).slice(0, 10);
  return periodsOverlap(period, parsePeriod(asked, { invoiceDate, timeZone }));
}

/** An archived call has another id than in its bill: removes one that is gone and has its charge, and returns whether there was one. */
function takeCharge(before: Map<string, string | null>, { charge }: CallRecord): boolean {
  for (const [id, billed] of before) if (isSame(billed, charge)) return before.delete(id);
  return false;
}

async function readBilled(
  bill: CallBillRecord,
  { billed }: Pick<ReconcileCallsRequest, 'billed'>,
): Promise<Map<string, string | null> | null> {
  const rows = billed === null ? null : await billed(bill);
  if (rows === null) return null;
  const found = new Map<string, string | null>();
  for await (const { id, charge } of rows) found.set(id, charge);
  return found;
}

function isSame(a: string | null, b: string | null): boolean {
  return a === null || b === null ? a === b : compareMoney(a, b) === 0;
}
