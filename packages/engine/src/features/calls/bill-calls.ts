import { type CallInvoice, SluiceError, usageError } from '@sluice/panel-kind';
import type { CallBillRecord, ServiceRecord } from '@sluice/state-store';
import { invoicePeriod, parsePeriod, type PeriodRule, toLocalTime } from '@sluice/telephony';
import { compareIds } from '../../base/natural-order.js';
import { readEnforcements } from '../../context/enforcement.js';
import { type PanelsRunView, type Run, withRun } from '../../kernel/run/bracket.js';
import type { Session } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { hasCalls } from '../telephony/panels.js';
import { billPeriod } from './bill-period.js';
import type { BillOptions, CallBillView } from './bill-view.js';
import { finalPeriods, findDue, findParts, findStated, isFinal, isInDoubt, type ToBill, toStoredBill } from './due.js';
import { listBegun, listLineBills } from './line-bills.js';
import {
  findLineOfCalls,
  findLastCalls,
  findSubscriber,
  type Line,
  requireLineOfCalls,
} from '../telephony/find-line.js';

/** Which bills to make, and how. */
export interface BillRequest extends BillOptions {
  /** Null: all services, or those of the invoice. */
  service: string | null;
  /** `previous-month`, `YYYY-MM` or `FROM..TO`; null: what is due. */
  period: string | null;
  waitMs: number;
}

/** `call bill --json` (docs/json.md). */
export interface CallBillReport {
  run: PanelsRunView;
  /** By service, the newest period first. */
  bills: CallBillView[];
}

/**
 * Bills calls. Repeatable, and safe to run at any time: a period of a line is billed once. Under `observe` the bills of all lines are
 * only shown, as in a dry run; those of one line or invoice are made.
 */
export async function billCalls(session: Session, request: BillRequest): Promise<CallBillReport> {
  const { calls } = await session.billing();
  const services = await findServices(session, request);
  // What is missing in the config is the same for every bill. An invoice without lines needs none of it.
  if (!request.dryRun) calls.settings();
  const isObserved = await observedServices(session, request);
  const { dryRun, service, invoice } = request;
  const scope = invoice === null ? null : `invoice ${invoice}`;
  const command = { command: 'call bill', dryRun, service: service ?? undefined, scope };
  return withRun(session, command, async (run) => {
    await run.start();
    const bills: CallBillView[] = [];
    for (const service of services) {
      session.deps.signal.throwIfAborted();
      const observes = isObserved(service);
      if (observes && !run.view.observing.includes(service.panel)) run.view.observing.push(service.panel);
      const dryRun = request.dryRun || observes;
      bills.push(...(await billService(session, run, service, { ...request, dryRun })));
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
  { config, store }: Session,
  { service, invoice }: BillRequest,
): Promise<(service: ServiceRecord) => boolean> {
  if (service !== null || invoice !== null) return () => false;
  const enforcements = await readEnforcements(config, store);
  return ({ panel, product }) => enforcements.isObserving(panel, product);
}

async function findServices(session: Session, { service, invoice }: BillRequest): Promise<ServiceRecord[]> {
  if (service !== null) return [await requireService(session, service)];
  const panels = await findTelephonyPanels(session);
  if (panels.length === 0) throw usageError('unsupported', 'No panel of the config has telephony');
  const all: ServiceRecord[] = [];
  for (const panel of panels) all.push(...(await session.store.services.list({ panel })));
  const billable = all.filter(({ status }) => status !== 'pending').sort((a, b) => compareIds(a.id, b.id));
  if (invoice === null) return billable;
  const { calls } = await session.billing();
  const { serviceRef } = calls;
  const { client, lines } = await calls.invoice(invoice, session.deps.signal);
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

async function findTelephonyPanels(session: Session): Promise<string[]> {
  const found: string[] = [];
  for (const name of Object.keys(session.config.panels))
    if (hasCalls(session, name) && (await session.panel(name)).telephony !== undefined) found.push(name);
  return found;
}

/** The lease of a service for billing, beside the service's own: a poll or a command does not stop it. */
const callsLease = (service: string): string => `calls:${service}`;

async function billService(
  session: Session,
  run: Run,
  service: ServiceRecord,
  request: BillRequest,
): Promise<CallBillView[]> {
  const line =
    request.service === null ? await findLineOfCalls(session, service) : await requireLineOfCalls(session, service);
  if (line === null) return [];
  if (request.dryRun) return billLine(session, { line, request, fences: [] });
  const lease = callsLease(service.id);
  try {
    const held = await run.leases.take(lease, request.waitMs);
    return await billLine(session, { line, request, fences: [held] });
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

async function billLine(session: Session, of: OfLine): Promise<CallBillView[]> {
  const { line, request, fences } = of;
  const known = await listLineBills(session, line);
  const billed: CallBillView[] = [];
  const bill = async (due: ToBill): Promise<CallBillView> => {
    const view = await billPeriod(session, { line, ...due, options: request, fences });
    billed.unshift(view);
    return view;
  };
  if (request.final) {
    await billFinally(session, of, known, bill);
    return billed;
  }
  const { period, invoice } = request;
  const named = period !== null || invoice !== null;
  const periods = await (period !== null
    ? readStatedPeriod(session, line, { known, period, invoice })
    : readDuePeriods(session, line, { known, invoice }));
  for (const one of periods) await bill(one);
  const others = named ? [] : await earlier(session, of, known, billed);
  return [...billed, ...others].sort((a, b) => (a.period.from < b.period.from ? 1 : -1));
}

/** Finishes what an earlier run began, then bills what is left until now. */
async function billFinally(
  session: Session,
  { line, request }: OfLine,
  known: readonly CallBillRecord[],
  bill: (due: ToBill) => Promise<CallBillView>,
): Promise<void> {
  const { windows } = line;
  const { timeZone, billFrom } = line.telephony;
  const begun = (await listBegun(session, line, known)).reverse();
  for (const one of begun) if ((await bill(toStoredBill(one, timeZone))).state === 'failed') return;
  const createdAt = await readCreation(session, line);
  const after = await listLineBills(session, line);
  const planned = request.dryRun ? begun.map((one) => ({ ...one, state: 'zero' as const })) : [];
  const left = finalPeriods([...planned, ...after], { timeZone, now: session.now(), createdAt, billFrom, windows });
  for (const due of left) await bill(due);
}

async function readStatedPeriod(
  session: Session,
  { telephony: { timeZone }, service, subscriberId, windows }: Line,
  { known, period: text, invoice }: { known: readonly CallBillRecord[]; period: string; invoice: string | null },
): Promise<ToBill[]> {
  const period = parsePeriod(text, { invoiceDate: await readDate(session, invoice, timeZone), timeZone });
  const stated = findStated(known, { period, windows });
  if (stated.length > 0) return stated;
  throw new SluiceError('line_of_other', `"${service.id}" did not have line ${subscriberId} in ${text}`, {
    details: { service: service.id },
  });
}

/** Reads the local date of an invoice; of none it is today. */
async function readDate(session: Session, invoice: string | null, timeZone: string): Promise<string> {
  const date = invoice === null ? session.now() : (await readInvoice(session, invoice)).date;
  return date.includes('T') ? toLocalTime(date, timeZone).slice(0, 10) : date;
}

async function readInvoice(session: Session, id: string): Promise<CallInvoice> {
  const { calls } = await session.billing();
  return calls.invoice(id, session.deps.signal);
}

async function readRule(session: Session, line: Line): Promise<PeriodRule> {
  if (line.terms.period === 'previous-month') return 'previous-month';
  const createdAt = await readCreation(session, line);
  return { anniversary: Number(toLocalTime(createdAt, line.telephony.timeZone).slice(8, 10)) };
}

/** Reads when a line was made; where the panel does not state it, when the service was. */
async function readCreation(session: Session, line: Line): Promise<string> {
  return (await findSubscriber(session, line))?.createdAt ?? line.service.createdAt;
}

/** Reads what is due of a line, or the period of an invoice as far as it may be billed. */
async function readDuePeriods(
  session: Session,
  line: Line,
  { known, invoice }: { known: readonly CallBillRecord[]; invoice: string | null },
): Promise<ToBill[]> {
  const { timeZone, billFrom } = line.telephony;
  const { panel } = line.service;
  if (billFrom === null) {
    throw usageError(
      'bill_from_missing',
      `Panel "${panel}" has no billFrom in the config: no period is due before it is known which one is the first`,
      { panel },
    );
  }
  const begun = await listBegun(session, line, known);
  if ((await findLastCalls(session, line.service)) !== 'due')
    return begun.filter(isInDoubt).map((one) => toStoredBill(one, timeZone));
  const rule = await readRule(session, line);
  const { windows } = line;
  const { graceMinutes } = line.terms;
  if (invoice === null)
    return findDue({ bills: known, begun, windows, rule, timeZone, now: session.now(), graceMinutes, billFrom });
  const { client } = await readInvoice(session, invoice);
  const invoiceDate = await readDate(session, invoice, timeZone);
  return findParts(known, {
    period: invoicePeriod({ rule, invoiceDate, timeZone }),
    billFrom,
    service: line.service.id,
    // What another client called is not for the invoice of this one.
    windows: windows.filter((window) => window.client === client),
  });
}

/** Earlier bills are listed for this long. */
const LISTED_MS = 93 * 86_400_000;

async function earlier(
  session: Session,
  { line, request, fences }: OfLine,
  known: readonly CallBillRecord[],
  billed: readonly CallBillView[],
): Promise<CallBillView[]> {
  const since = session.deps.clock.now() - LISTED_MS;
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
    views.push(await billPeriod(session, { line, ...stored, options: request, fences }));
  }
  return views;
}
