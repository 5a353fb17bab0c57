import path from 'node:path';
import { type CallTerms, SluiceError, toItemError } from '@sluice/panel-kind';
import { markLine } from '@sluice/quota-core';
import type { CallBillRecord } from '@sluice/state-store';
import { billKey, decideBill, reportFileName, type Subscriber } from '@sluice/quota-core/telephony';
import { callsLine } from '../billing/line-texts.js';
import { requirePayer } from '../billing/refusals.js';
import type { Context } from '../../context/context.js';
import {
  findReseller,
  keptNote,
  OF_RESELLER,
  refuseMoved,
  refuseOpenPeriod,
  refuseOverlap,
  refuseShared,
  requireTerms,
} from './bill-refusals.js';
import { replaceFailed } from './change-bill.js';
import { emptyView, figures, type PeriodOfLine, toView } from './bill-view.js';
import { type BillingType, describeTypeChanged, findBillingType, TYPE_CHANGED } from './billing-type.js';
import { BY_HAND, isByHand } from '../billing/by-hand.js';
import { isFinal, isInDoubt, isTaken, toInstants } from './due.js';
import { gather, type Gathered, isAsBilled } from './gather.js';
import { listLineBills } from './line-bills.js';
import { findSubscriber } from '../telephony/find-line.js';
import { isOfNothing } from './read-again.js';
import { readInvoiceStatus } from './invoice-status.js';
import { isOfOneBill, placeBill, resolveBill } from './resolve-bill.js';
import type { MadeBill } from './made-bill.js';

/** A period of a line that was read. */
interface PeriodOfRead extends PeriodOfLine {
  /** The name by which the client knows the line. */
  username: string;
  /** Whether the panel shows the line, and as no reseller's. */
  isDirect: boolean;
}

/** Bills one period of a line; what goes wrong is in the result. */
export async function billPeriod(context: Context, of: PeriodOfLine): Promise<MadeBill> {
  try {
    return await makeBill(context, of);
  } catch (error) {
    if (!isOfOneBill(error)) throw error;
    return { ...emptyView(of), state: 'failed', error: toItemError(error) };
  }
}

async function makeBill(context: Context, of: PeriodOfLine): Promise<MadeBill> {
  const { line, bill: stored } = of;
  const { service } = line;
  const isAgain = of.again === true && stored !== null && isOfNothing(stored);
  if (stored !== null && isFinal(stored) && !isAgain) return finished(context, of, stored);
  if (stored !== null && isInDoubt(stored)) return resolveBill(context, of, stored);
  const terms = requireTerms(line);
  refuseShared(of);
  const bills = await listLineBills(context, line);
  refuseOverlap(of, stored, bills);
  const client = requirePayer({ id: service.id, client: of.client });
  // Calls of a line that was deleted on the panel may still be listed there.
  const subscriber = await findSubscriber(context, line);
  refuseOpenPeriod(context, of, terms);
  const ofReseller = findReseller(line, subscriber, bills);
  const isDirect = subscriber !== null && ofReseller === null;
  const read: PeriodOfRead = { ...of, username: subscriber?.username ?? line.subscriberId, isDirect };
  if ((await decideType(context, read, { stored, bills, terms, subscriber })) === 'prepaid')
    return nothing(context, read, { stored, gathered: null, reason: 'prepaid', csv: null });
  if (ofReseller !== null) {
    if (!of.options.dryRun && stored?.note !== OF_RESELLER)
      await storeBill(context, read, { stored, gathered: null, state: 'failed', csv: null, note: OF_RESELLER });
    throw ofReseller;
  }
  return gatherAndPlace(context, read, { stored, client, subscriber });
}

/** Returns how the calls of a period are paid: where that is not known, as the product says once a person named the period. */
async function decideType(
  context: Context,
  of: PeriodOfRead,
  made: {
    stored: CallBillRecord | null;
    bills: readonly CallBillRecord[];
    terms: CallTerms;
    subscriber: Subscriber | null;
  },
): Promise<BillingType> {
  const { stored, bills, terms, subscriber } = made;
  const { line, client, options } = of;
  // A bill of nothing was made as a postpaid one.
  if (of.again === true) return 'postpaid';
  const now = subscriber?.billingType ?? null;
  const known = findBillingType({ line, client, period: toInstants(of.period), now, bills });
  if (known !== null) return known;
  if (options.service !== null && options.period !== null) return terms.billingType;
  if (!options.dryRun)
    await storeBill(context, of, { stored, gathered: null, state: 'failed', csv: null, note: TYPE_CHANGED });
  throw describeTypeChanged(line, terms);
}

async function gatherAndPlace(
  context: Context,
  of: PeriodOfRead,
  { stored, client, subscriber }: { stored: CallBillRecord | null; client: string; subscriber: Subscriber | null },
): Promise<MadeBill> {
  const { options } = of;
  const reports = options.dryRun ? null : options.reports;
  const sink = reports === null ? null : await reports.open(toName(of));
  let csv: string | null = null;
  try {
    const gathered = await gather(context, {
      line: of.line,
      period: of.period,
      verifyPlan: options.verifyRating ? (subscriber?.planId ?? '') : null,
      report: sink === null || reports === null ? null : { sink, format: reports.format },
    });
    const { allowUnrated } = options;
    const zeroLine = options.zeroLine && of.again !== true;
    const decision = decideBill({ totals: gathered.totals, billingType: 'postpaid', allowUnrated, zeroLine });
    if (decision.kind === 'refuse') throw await refused(context, of, { stored, gathered, decision });
    csv = (await sink?.finish()) ?? null;
    if (decision.kind === 'nothing')
      return await nothing(context, of, { stored, gathered, reason: decision.reason, csv });
    if (options.dryRun) return { ...emptyView(of), ...figures(gathered) };
    const bill = await storeBill(context, of, { stored, gathered, state: 'planned', csv, note: keptNote(stored) });
    const placed = await placeBill(context, { ...of, service: of.line.service }, { bill, client });
    return { ...placed, ...figures(gathered) };
  } catch (error) {
    if (csv === null) await sink?.discard();
    throw error;
  }
}

/** The reason of a bill that is on an invoice which nobody has to pay. */
const INVOICE_CANCELLED = 'invoice-cancelled';

/** Returns a bill that is done with; its report is made again where it is missing. */
async function finished(context: Context, of: PeriodOfLine, bill: CallBillRecord): Promise<MadeBill> {
  const { line, period, options } = of;
  const { reports } = options;
  const state = bill.state === 'zero' ? 'nothing-to-bill' : 'already-added';
  const why = isByHand(bill) ? BY_HAND : (bill.note ?? 'zero');
  const cancelled = (await readInvoiceStatus(context, bill)) === 'cancelled' ? INVOICE_CANCELLED : null;
  const view = { ...toView(of, bill, state), reason: bill.state === 'zero' ? why : cancelled };
  if (reports === null || options.dryRun || bill.note === 'prepaid' || isByHand(bill)) return view;
  const name = toName(of);
  const existing = await reports.find(name);
  if (existing !== null) return { ...view, csv: existing };
  const sink = await reports.open(name);
  try {
    const gathered = await gather(context, {
      line,
      period,
      verifyPlan: null,
      report: { sink, format: reports.format },
    });
    if (isAsBilled(gathered, bill)) return { ...view, csv: await sink.finish() };
    // A report of other charges would be read as what was billed.
    await sink.discard();
    const message =
      'The calls or their charges are not those that were billed, so that no report was made: compare them';
    return { ...view, warnings: [{ code: 'calls_changed', message }] };
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

async function nothing(
  context: Context,
  of: PeriodOfRead,
  result: { stored: CallBillRecord | null; gathered: Gathered | null; reason: 'zero' | 'prepaid'; csv: string | null },
): Promise<MadeBill> {
  const { stored, gathered, reason, csv } = result;
  const shown = gathered === null ? {} : figures(gathered);
  const view: MadeBill = { ...emptyView(of), ...shown, state: 'nothing-to-bill', reason, csv };
  if (of.options.dryRun) return view;
  if (of.again === true && gathered?.digest === stored?.digest) return { ...view, csv: csv ?? stored?.file ?? null };
  await storeBill(context, of, { stored, gathered, state: 'zero', csv, note: reason });
  return view;
}

async function refused(
  context: Context,
  of: PeriodOfRead,
  {
    stored,
    gathered,
    decision,
  }: { stored: CallBillRecord | null; gathered: Gathered; decision: { code: string; message: string } },
): Promise<SluiceError> {
  const code = decision.code.replaceAll('-', '_');
  const message = `Service "${of.line.service.id}" is not billed: ${decision.message}`;
  const note = keptNote(stored) ?? message;
  if (!of.options.dryRun) await storeBill(context, of, { stored, gathered, state: 'failed', csv: null, note });
  return new SluiceError(code, message, { details: { service: of.line.service.id } });
}

async function storeBill(
  context: Context,
  of: PeriodOfRead,
  made: {
    stored: CallBillRecord | null;
    gathered: Gathered | null;
    state: 'planned' | 'zero' | 'failed';
    csv: string | null;
    note: string | null;
  },
): Promise<CallBillRecord> {
  const { stored, gathered, state, csv, note } = made;
  const { line, period } = of;
  const { service, telephony, subscriberId } = line;
  const key = toKey(of);
  const figures = {
    state,
    service: service.id,
    panel: service.panel,
    client: of.client,
    billing: context.config.billing,
    invoice: null,
    description: describe(context, of, key),
    amount: gathered?.totals.amount ?? '0',
    charged: gathered?.totals.total ?? '0',
    currency: telephony.currency,
    calls: gathered?.totals.calls ?? 0,
    digest: gathered?.digest ?? '',
    file: csv,
    note,
    run: context.runId,
    sentAt: null,
    endedAt: state === 'zero' ? context.now() : null,
  };
  const id = stored?.id ?? context.id('cb');
  const { from: start, to: end } = toInstants(period);
  const row = { id, key, subscriber: subscriberId, start, end, at: context.now() };
  const added = await context.write(of.fences, async (tables) => {
    await of.begin(tables);
    refuseMoved(line, await tables.services.get(service.id));
    // A person may have charged these calls while they were read.
    const bills = await listLineBills({ store: tables }, line);
    const isTakenNow = bills.some((bill) => bill.id === stored?.id && isTaken(bill) && !isSame(bill, stored));
    refuseOverlap(of, isTakenNow ? null : stored, bills);
    await replaceFailed(tables, { ...row, ...figures }, { bills, isDirect: of.isDirect });
    if (stored === null) return tables.callBills.add({ ...row, ...figures });
    await tables.callBills.update(id, figures);
    return true;
  });
  if (!added) throw new SluiceError('lease_held', `Another run bills "${service.id}"`, { kind: 'busy' });
  return { ...(stored ?? row), ...figures };
}

function isSame(a: CallBillRecord, b: CallBillRecord): boolean {
  return a.state === b.state && a.note === b.note;
}

function describe({ config }: Context, { line, period, username, client }: PeriodOfRead, key: string): string {
  const { service, telephony } = line;
  const { timeZone } = telephony;
  const calls = { username, service: service.id, client: client ?? '-', period, timeZone };
  return markLine(callsLine(config, calls, service.client === client ? service : null), key);
}

/** A stored bill has the key that it was made with: its line is found by that, and its report. */
function toKey({ bill, line, period }: PeriodOfLine): string {
  const { telephony, subscriberId } = line;
  return bill?.key ?? billKey({ installation: telephony.installation, subscriberId, period });
}

function toName(of: PeriodOfLine): string {
  const { bill, line, period } = of;
  if (bill !== null && bill.file !== null) return path.basename(bill.file);
  const { telephony, subscriberId } = line;
  return reportFileName({ installation: telephony.installation, subscriberId, period, key: toKey(of) });
}
