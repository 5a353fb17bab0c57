import type { CallBillReport, CallBillView } from '@sluice/contract/documents';
import { type CallInvoice, SluiceError, usageError } from '@sluice/panel-kind';
import type { CallBillRecord, ServiceRecord } from '@sluice/state-store';
import { invoicePeriod, parsePeriod, type PeriodRule, toLocalTime } from '@sluice/telephony';
import { describeUnbilled, listCallPanels } from '../../base/config/call-panels.js';
import { isLiving } from '../../base/lifecycle.js';
import { compareIds } from '../../base/natural-order.js';
import { readEnforcements } from '../../context/enforcement.js';
import { type Run, withRun } from '../../kernel/run/bracket.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { hasCalls } from '../telephony/panels.js';
import { billPeriod } from './bill-period.js';
import type { BillOptions } from './bill-view.js';
import { finalPeriods, findDue, findParts, findStated, isFinal, isInDoubt, type ToBill, toStoredBill } from './due.js';
import { findFirstDue, forgetFirstDue } from './first-due.js';
import { type DueCalls, dropGivenUp } from './given-up.js';
import { listBegun, listLineBills } from './line-bills.js';
import { isOfNothing, isWithin, readAgainTest } from './read-again.js';
import {
  findLineOfCalls,
  findLastCalls,
  findSubscriber,
  type Line,
  requireLineOfCalls,
} from '../telephony/find-line.js';

/** Which bills to make, and how. */
export interface BillRequest extends BillOptions {
  waitMs: number;
}

/**
 * Bills calls. Repeatable, and safe to run at any time: a period of a line is billed once. Under `observe` the bills of all lines are
 * only shown, as in a dry run; those of one line or invoice are made.
 */
export async function billCalls(context: Context, request: BillRequest): Promise<CallBillReport> {
  const { calls } = await context.billing();
  const services = await findServices(context, request);
  // What is missing in the config is the same for every bill, also for those that are only shown.
  calls.settings();
  const isObserved = await observedServices(context, request);
  const { dryRun, service, invoice } = request;
  const scope = invoice === null ? null : `invoice ${invoice}`;
  const command = { command: 'call bill', dryRun, service: service ?? undefined, scope };
  return withRun(context, command, async (run) => {
    await run.start();
    const bills: CallBillView[] = [];
    for (const service of services) {
      context.deps.signal.throwIfAborted();
      const observes = isObserved(service);
      if (observes && !run.view.observing.includes(service.panel)) run.view.observing.push(service.panel);
      const dryRun = request.dryRun || observes;
      bills.push(...(await billService(context, run, service, { ...request, dryRun })));
    }
    const changes = bills.some(({ state }) => state === 'added');
    const failed = bills.filter(({ state }) => state === 'failed').length;
    const outcome = failed === 0 ? 'done' : failed === bills.length ? 'failed' : 'partial';
    run.totals = { bills: bills.length, failed };
    await run.end({ outcome, changes });
    return { run: run.view, bills };
  });
}

/** Returns a test whether the calls of a service are not billed by this request, because it is under `observe`. */
async function observedServices(
  { config, store }: Context,
  { service, invoice }: BillRequest,
): Promise<(service: ServiceRecord) => boolean> {
  if (service !== null || invoice !== null) return () => false;
  const enforcements = await readEnforcements(config, store);
  return ({ panel, product }) => enforcements.isObserving(panel, product);
}

async function findServices(context: Context, { service, invoice, period }: BillRequest): Promise<ServiceRecord[]> {
  if (service !== null) return [await requireService(context, service)];
  const panels = leaveUnbilled(context, await findTelephonyPanels(context), { period, invoice });
  if (panels.length === 0) throw usageError('unsupported', 'No panel of the config has telephony');
  const all: ServiceRecord[] = [];
  for (const panel of panels) all.push(...(await context.store.services.list({ panel })));
  const billable = all.filter(({ status }) => status !== 'pending').sort((a, b) => compareIds(a.id, b.id));
  if (invoice === null) return billable;
  const { calls } = await context.billing();
  const { serviceRef } = calls;
  const { client, lines } = await calls.invoice(invoice, context.deps.signal);
  const own = billable.filter((one) => one.client === client);
  const ofInvoice =
    serviceRef === null
      ? own
      : own.filter(({ refs }) => lines.some((line) => line.service !== null && line.service === refs[serviceRef]));
  if (ofInvoice.length > 0) return ofInvoice;
  throw new SluiceError('wrong_invoice', `Invoice ${invoice} is for no service with calls; nothing was changed`, {
    details: { invoice },
  });
}

/** Leaves out the panels that have nothing due, beside others: without them the request is for what can't be due. */
function leaveUnbilled(
  { config, deps }: Context,
  panels: string[],
  { period, invoice }: Pick<BillRequest, 'period' | 'invoice'>,
): string[] {
  const { billed } = listCallPanels(config, deps.kinds);
  const due = panels.filter((panel) => billed.includes(panel));
  return period === null && invoice === null && due.length > 0 ? due : panels;
}

async function findTelephonyPanels(context: Context): Promise<string[]> {
  const found: string[] = [];
  for (const name of Object.keys(context.config.panels))
    if (hasCalls(context, name) && (await context.panel(name)).telephony !== undefined) found.push(name);
  return found;
}

/** The lease of a service for billing, beside the service's own: a poll or a command does not stop it. */
const callsLease = (service: string): string => `calls:${service}`;

async function billService(
  context: Context,
  run: Run,
  service: ServiceRecord,
  request: BillRequest,
): Promise<CallBillView[]> {
  const line =
    request.service === null ? await findLineOfCalls(context, service) : await requireLineOfCalls(context, service);
  if (line === null) return [];
  if (request.dryRun) return billLine(context, { line, request, fences: [] });
  const lease = callsLease(service.id);
  try {
    const held = await run.leases.take(lease, request.waitMs);
    return await billLine(context, { line, request, fences: [held] });
  } catch (error) {
    if (!(error instanceof SluiceError) || error.kind !== 'busy' || request.service !== null) throw error;
    // Another run bills it now.
    return [];
  } finally {
    await run.leases.release(lease);
  }
}

interface OfLine {
  line: Line;
  request: BillRequest;
  fences: Parameters<typeof billPeriod>[1]['fences'];
}

async function billLine(context: Context, of: OfLine): Promise<CallBillView[]> {
  const { line, request, fences } = of;
  const known = await listLineBills(context, line);
  const billed: CallBillView[] = [];
  const bill = async (due: ToBill): Promise<CallBillView> => {
    const view = await billPeriod(context, { line, ...due, options: request, fences });
    billed.unshift(view);
    return view;
  };
  if (request.final) {
    await billFinally(context, of, known, bill);
    return billed;
  }
  const { period, invoice } = request;
  const named = period !== null || invoice !== null;
  const periods = await (period !== null
    ? readStatedPeriod(context, line, { known, period, invoice })
    : readDuePeriods(context, of, known));
  for (const one of periods) await bill(one);
  if (!named && !request.dryRun) await forgetFirstDue(context, line, { first: periods[0], fences });
  const others = named ? [] : await earlier(context, of, known, billed);
  return [...billed, ...others].sort((a, b) => (a.period.from < b.period.from ? 1 : -1));
}

/** Finishes what an earlier run began, then bills what is left until now. */
async function billFinally(
  context: Context,
  { line, request }: OfLine,
  known: readonly CallBillRecord[],
  bill: (due: ToBill) => Promise<CallBillView>,
): Promise<void> {
  const { windows, bills } = await dropGivenUp(context, line, known);
  const { timeZone, billFrom } = line.telephony;
  const started = (await listBegun(context, line, bills)).reverse();
  for (const one of started) if ((await bill(toStoredBill(one, timeZone))).state === 'failed') return;
  const createdAt = await readCreation(context, line);
  const after = await listLineBills(context, line);
  const planned = request.dryRun ? started.map((one) => ({ ...one, state: 'zero' as const })) : [];
  const left = finalPeriods([...planned, ...after], { timeZone, now: context.now(), createdAt, billFrom, windows });
  for (const due of left) await bill(due);
}

async function readStatedPeriod(
  context: Context,
  { telephony: { timeZone }, service, subscriberId, windows }: Line,
  { known, period: text, invoice }: { known: readonly CallBillRecord[]; period: string; invoice: string | null },
): Promise<ToBill[]> {
  const period = parsePeriod(text, { invoiceDate: await readDate(context, invoice, timeZone), timeZone });
  const stated = findStated(known, { period, windows });
  if (stated.length > 0) return stated;
  throw new SluiceError('line_of_other', `"${service.id}" did not have line ${subscriberId} in ${text}`, {
    details: { service: service.id },
  });
}

/** Reads the local date of an invoice; of none it is today. */
async function readDate(context: Context, invoice: string | null, timeZone: string): Promise<string> {
  const date = invoice === null ? context.now() : (await readInvoice(context, invoice)).date;
  return date.includes('T') ? toLocalTime(date, timeZone).slice(0, 10) : date;
}

async function readInvoice(context: Context, id: string): Promise<CallInvoice> {
  const { calls } = await context.billing();
  return calls.invoice(id, context.deps.signal);
}

async function readRule(context: Context, line: Line): Promise<PeriodRule> {
  if (line.terms?.period !== 'anniversary') return 'previous-month';
  const createdAt = await readCreation(context, line);
  return { anniversary: Number(toLocalTime(createdAt, line.telephony.timeZone).slice(8, 10)) };
}

/** Reads when a line was made; where the panel does not state it, when the service was. */
async function readCreation(context: Context, line: Line): Promise<string> {
  return (await findSubscriber(context, line))?.createdAt ?? line.service.createdAt;
}

/** Reads what is due of a line, or the period of an invoice as far as it may be billed. */
async function readDuePeriods(
  context: Context,
  { line, request, fences }: OfLine,
  known: readonly CallBillRecord[],
): Promise<ToBill[]> {
  const { invoice, dryRun } = request;
  const { timeZone, billFrom } = line.telephony;
  const { panel } = line.service;
  if (billFrom === null) {
    throw usageError('bill_from_missing', describeUnbilled(panel), { panel });
  }
  const { windows, bills } = await dropGivenUp(context, line, known);
  const started = await listBegun(context, line, bills);
  if ((await findLastCalls(context, line.service)) !== 'due')
    return started.filter(isInDoubt).map((one) => toStoredBill(one, timeZone));
  const firstDue = invoice === null ? await findFirstDue(context, line, { bills: known, fences, dryRun }) : null;
  const rule = await readRule(context, line);
  // Without a product the bills are refused: shown is what may be due by the terms of any.
  const graceMinutes = line.terms?.graceMinutes ?? 0;
  if (invoice === null) {
    const again = await findAgain(context, line, { windows, bills });
    const terms = { rule, timeZone, graceMinutes, billFrom };
    return findDue({ bills, started, again, windows, ...terms, now: context.now(), firstDue });
  }
  const { client } = await readInvoice(context, invoice);
  const invoiceDate = await readDate(context, invoice, timeZone);
  return findParts(bills, {
    period: invoicePeriod({ rule, invoiceDate, timeZone }),
    billFrom,
    service: line.service.id,
    ...{ client, windows },
  });
}

/** Finds the bills of nothing of a line in use whose calls are to be read again. */
async function findAgain(context: Context, { service, terms }: Line, { windows, bills }: DueCalls) {
  if (terms === null || !isLiving(service)) return [];
  const isAgain = await readAgainTest(context, service.panel);
  return bills.filter(
    (bill) => bill.service === service.id && isOfNothing(bill) && isWithin(bill, windows) && isAgain(bill),
  );
}

/** Earlier bills are listed for this long. */
const LISTED_MS = 93 * 86_400_000;

async function earlier(
  context: Context,
  { line, request, fences }: OfLine,
  known: readonly CallBillRecord[],
  billed: readonly CallBillView[],
): Promise<CallBillView[]> {
  const since = context.deps.clock.now() - LISTED_MS;
  const shown = known.filter(
    (bill) =>
      isFinal(bill) &&
      bill.service === line.service.id &&
      Date.parse(bill.end) >= since &&
      !billed.some(({ period }) => period.from === bill.start),
  );
  const views: CallBillView[] = [];
  for (const bill of shown) {
    const stored = toStoredBill(bill, line.telephony.timeZone);
    views.push(await billPeriod(context, { line, ...stored, options: request, fences }));
  }
  return views;
}
