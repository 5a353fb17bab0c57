import type { CallBillReport } from '@sluice/contract/documents';
import type { Invoice } from '@sluice/contract/ports';
import { SluiceError, usageError } from '@sluice/panel-kind';
import type { CallBillRecord, ServiceRecord } from '@sluice/state-store';
import { invoicePeriod, parsePeriod, type PeriodRule, toLocalTime } from '@sluice/quota-core/telephony';
import { describeUnbilled } from '../../base/config/call-panels.js';
import { compareIds } from '../../base/natural-order.js';
import { type Enforcements, readEnforcements } from '../../context/enforcement.js';
import { type Run, withRun } from '../../kernel/run/bracket.js';
import type { Context } from '../../context/context.js';
import { withNames } from '../../context/names.js';
import { hasCalls } from '../telephony/panels.js';
import { billPeriod } from './bill-period.js';
import { PERIOD_OPEN } from './bill-refusals.js';
import { type BillRequest, withBillLease } from './bill-lease.js';
import { type Billed, billUntilEnded } from './bill-until-ended.js';
import { isAllDue } from './bill-scope.js';
import { findBilledAgain, readNamedAgain } from './billed-again.js';
import { findServices } from './billed-services.js';
import { resolveDoubts, type TriedBill } from './doubts.js';
import { finalPeriods, findDue, findParts, findStated, isFinal, isInDoubt, type ToBill, toStoredBill } from './due.js';
import { findFirstDue, forgetFirstDue, noteBilled } from './first-due.js';
import { dropGivenUp } from './given-up.js';
import { findServiceFirstDay } from './first-day.js';
import { listBegun, listLineBills } from './line-bills.js';
import { readAgainTest } from './read-again.js';
import {
  findLineOfCalls,
  findLastCalls,
  findSubscriber,
  type Line,
  requireLineOfCalls,
} from '../telephony/find-line.js';
import type { MadeBill } from './made-bill.js';

/**
 * Bills calls. Repeatable, and safe to run at any time: a period of a line is billed once. Under `observe` the bills of all lines are
 * only shown, as in a dry run; those of one line are made, and with `resend` those of one invoice.
 */
export async function billCalls(context: Context, request: BillRequest): Promise<CallBillReport> {
  const billing = await context.billing();
  const { services, skipped } = await findServices(context, request);
  // What is missing in the config is the same for every bill, also for those that are only shown.
  billing.callLines();
  const enforcements = await readEnforcements(context.config, context.store);
  const isObserved = observedServices(enforcements, request);
  const { dryRun, service, invoice } = request;
  const scope = invoice === null ? null : `invoice ${invoice}`;
  const command = { command: 'call bill', dryRun, service: service ?? undefined, scope } as const;
  return withRun(context, command, async (run) => {
    await run.start();
    const toRequest = (service: ServiceRecord | null): BillRequest => {
      if (service === null || !isObserved(service)) return request;
      if (!run.view.observing.includes(service.panel)) run.view.observing.push(service.panel);
      return { ...request, dryRun: true };
    };
    const { bills, error } = await billUntilEnded(run, async (billed) => {
      const tried = await resolveDoubts(context, run, { request, toRequest, billed });
      if (isAllDue(request) && !dryRun)
        await noteBilled(context, { enforcements, skipped, observed: services.filter(isObserved) });
      for (const service of services) {
        context.deps.signal.throwIfAborted();
        const own = tried.filter((one) => one.view.service === service.id);
        await billService(context, run, service, { request: toRequest(service), tried: own, billed });
      }
    });
    bills.sort(compareViews);
    const changes = bills.some(({ state }) => state === 'added');
    const failed = bills.filter(({ state }) => state === 'failed').length;
    const isWhole = failed === 0 && skipped.length === 0 && error === null;
    const outcome = isWhole ? 'done' : failed > 0 && failed === bills.length ? 'failed' : 'partial';
    run.totals = { bills: bills.length, failed };
    await run.end({ outcome, changes, error });
    const named = await withNames(context.store, bills);
    return {
      run: run.view,
      bills: named,
      ...(skipped.length > 0 && { panels: skipped }),
      ...(error !== null && { error }),
    };
  });
}

/** Sorts the bills of a service by their periods, the newest first. */
function compareViews(a: MadeBill, b: MadeBill): number {
  return compareIds(a.service, b.service) || compareIds(b.period.from, a.period.from);
}

/**
 * Returns a test whether the calls of a service are not billed by this request, because it is under `observe`. An invoice names no
 * service: the billing system asks so for each new one.
 */
function observedServices(
  enforcements: Enforcements,
  { service, invoice, resend }: BillRequest,
): (service: ServiceRecord) => boolean {
  // A person who knows that the line of an invoice was not added names it.
  if (service !== null || (invoice !== null && resend)) return () => false;
  return ({ panel, product }) => enforcements.isObserving(panel, product);
}

async function billService(
  context: Context,
  run: Run,
  service: ServiceRecord,
  { request, tried, billed }: Pick<OfLine, 'request' | 'tried' | 'billed'>,
): Promise<void> {
  const line = await findLineToBill(context, service, { request, tried });
  if (line === null) return;
  const of = { line, request, tried, billed };
  await withBillLease(run, { service: service.id, request }, (fences) => billLine(context, { ...of, fences }));
}

/** Returns the line whose calls are to be billed; one is required by name, unless the bills that were begun are all there is. */
async function findLineToBill(
  context: Context,
  service: ServiceRecord,
  { request, tried }: { request: BillRequest; tried: readonly TriedBill[] },
): Promise<Line | null> {
  if (request.service !== null && tried.length === 0) return requireLineOfCalls(context, service);
  // The bill of the period that was named is done with.
  if (tried.length > 0 && (request.period !== null || !hasCalls(context, service.panel))) return null;
  return findLineOfCalls(context, service);
}

interface OfLine {
  line: Line;
  request: BillRequest;
  fences: Parameters<typeof billPeriod>[1]['fences'];
  /** The bills in doubt of the service that this request has tried. */
  tried: readonly TriedBill[];
  billed: Billed;
}

async function billLine(context: Context, of: OfLine): Promise<void> {
  const { line, request, fences } = of;
  const { bills, begin } = of.billed;
  const known = await listLineBills(context, line);
  const { period, invoice } = request;
  const named = period !== null || invoice !== null;
  const bill = async (due: ToBill): Promise<MadeBill> => {
    const view = await billPeriod(context, { line, ...due, options: request, fences, begin });
    // By the clock of the panel, which counts, a period may be over later than here: it is not due yet.
    if (named || view.error?.code !== PERIOD_OPEN) bills.push(view);
    return view;
  };
  if (request.final) return billFinally(context, of, known, bill);
  const periods = await (period !== null
    ? readStatedPeriod(context, line, { known, period, invoice })
    : readDuePeriods(context, of, known));
  for (const one of periods) await bill(one);
  if (!named && !request.dryRun) await forgetFirstDue(context, line, { first: periods[0], fences });
  if (!named) await listEarlier(context, of, known);
}

/** Finishes what an earlier run began, then bills what is left until now. */
async function billFinally(
  context: Context,
  of: OfLine,
  known: readonly CallBillRecord[],
  bill: (due: ToBill) => Promise<MadeBill>,
): Promise<void> {
  const { line, request } = of;
  const firstDay = await findServiceFirstDay(context, line);
  if (firstDay === null && findBillFrom(of) === null) return;
  const { windows, bills } = await dropGivenUp(context, line, known);
  const { timeZone, billFrom } = line.telephony;
  const started = (await listBegun(context, line, bills)).reverse();
  for (const one of started) if ((await bill(toStoredBill(one, timeZone))).state === 'failed') return;
  const createdAt = await readCreation(context, line);
  const after = await listLineBills(context, line);
  const planned = request.dryRun ? started.map((one) => ({ ...one, state: 'zero' as const })) : [];
  const terms = { timeZone, now: context.now(), createdAt, billFrom, firstDay, windows };
  const left = finalPeriods([...planned, ...after], terms);
  for (const due of left) await bill(due);
}

async function readStatedPeriod(
  context: Context,
  { telephony: { timeZone }, service, subscriberId, windows }: Line,
  { known, period: text, invoice }: { known: readonly CallBillRecord[]; period: string; invoice: string | null },
): Promise<ToBill[]> {
  const period = parsePeriod(text, { invoiceDate: await readDate(context, invoice, timeZone), timeZone });
  // Of a time that several services share, the person decides.
  const own = windows.map((window) => ({ ...window, sharedWith: [] }));
  const stated = readNamedAgain(findStated(known, { period, windows: own }), { service, windows: own });
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

async function readInvoice(context: Context, id: string): Promise<Invoice> {
  return (await context.billing()).invoice(id, context.deps.signal);
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

/**
 * Returns the first day whose calls are billed without a stated period; null where the bills in doubt were all that there was to try.
 *
 * @throws SluiceError `bill_from_missing`
 */
function findBillFrom({ line, tried }: OfLine): string | null {
  const { billFrom } = line.telephony;
  const { panel } = line.service;
  if (billFrom === null && tried.length === 0)
    throw usageError('bill_from_missing', describeUnbilled(panel), { panel });
  return billFrom;
}

/** Reads what is due of a line, or the period of an invoice as far as it may be billed. */
async function readDuePeriods(context: Context, of: OfLine, known: readonly CallBillRecord[]): Promise<ToBill[]> {
  const billFrom = findBillFrom(of);
  if (billFrom === null) return [];
  const { line, request, fences } = of;
  const { invoice, dryRun } = request;
  const { timeZone } = line.telephony;
  const due = await dropGivenUp(context, line, known);
  const { windows, bills } = due;
  const begun = await listBegun(context, line, bills);
  // Without an invoice those in doubt were tried before.
  const started = invoice === null ? begun.filter((bill) => !isInDoubt(bill)) : begun;
  if ((await findLastCalls(context, line.service)) !== 'due')
    return started.filter(isInDoubt).map((one) => toStoredBill(one, timeZone));
  const firstDue = invoice === null ? await findFirstDue(context, line, { bills: known, fences, dryRun }) : null;
  const rule = await readRule(context, line);
  // Without a product the bills are refused: shown is what may be due by the terms of any.
  const graceMinutes = line.terms?.graceMinutes ?? 0;
  if (invoice === null) {
    const again = findBilledAgain(line, due).filter(await readAgainTest(context, line.service.panel));
    const terms = { rule, timeZone, graceMinutes, billFrom };
    return findDue({ bills, started, again, windows, ...terms, now: context.now(), firstDue });
  }
  const { client } = await readInvoice(context, invoice);
  const invoiceDate = await readDate(context, invoice, timeZone);
  const period = invoicePeriod({ rule, invoiceDate, timeZone });
  const { service } = line;
  const parts = findParts(bills, { period, billFrom, service: service.id, client, windows });
  return readNamedAgain(parts, { service, windows });
}

/** Earlier bills are listed for this long. */
const LISTED_MS = 93 * 86_400_000;

/** Adds the earlier bills of a line that are done with. */
async function listEarlier(
  context: Context,
  { line, request, fences, tried, billed: { bills, begin } }: OfLine,
  known: readonly CallBillRecord[],
): Promise<void> {
  const since = context.deps.clock.now() - LISTED_MS;
  const shown = known.filter(
    (bill) =>
      isFinal(bill) &&
      bill.service === line.service.id &&
      Date.parse(bill.end) >= since &&
      !tried.some(({ id }) => id === bill.id) &&
      !bills.some(({ service, period }) => service === bill.service && period.from === bill.start),
  );
  for (const bill of shown) {
    const stored = toStoredBill(bill, line.telephony.timeZone);
    bills.push(await billPeriod(context, { line, ...stored, options: request, fences, begin }));
  }
}
