import { toLanguage } from '@sluice/messages/languages';
import type { BillReport, StoredBillView } from '@sluice/contract/documents';
import { SluiceError } from '@sluice/panel-kind';
import type { CallBillRecord, ServiceRecord } from '@sluice/state-store';
import { toLocalTime, toNamePart } from '@sluice/quota-core/telephony';
import { notFound } from '../../base/errors.js';
import { BY_HAND, isByHand } from '../billing/by-hand.js';
import { findTimeZone } from '../../base/config/find-entry.js';
import { findOwners } from '../../base/ownership.js';
import type { Reader } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import { type Names, readNames } from '../../context/names.js';
import { refuseOtherClient, requireService } from '../../context/find-service.js';
import { readInvoiceStatus } from './invoice-status.js';
import type { CallReportSink } from './gather.js';
import { gather, isAsBilled } from './gather.js';
import { toPeriod } from './due.js';
import { reportInLanguage } from './report-in-language.js';
import { requireLineOfCalls } from '../telephony/find-line.js';

/**
 * Lists the stored bills of a service or client, the newest period of each service first; calls no panel. A reader gets those of
 * its own, without those that failed before calls were read: a bill without a client is of who had the service in all of its
 * period.
 *
 * @throws SluiceError `unknown_service` for the service of another client
 */
export async function listBills(
  context: Context,
  { service, client, reader }: { service?: string | undefined; client?: string | undefined; reader?: Reader },
): Promise<StoredBillView[]> {
  const of = service === undefined ? null : await requireService(context, service);
  if (of !== null && reader !== undefined) refuseOtherClient(of, reader);
  const bills = await context.store.callBills.list({
    ...(service === undefined ? {} : { service }),
    ...(client === undefined ? {} : { client }),
  });
  const own: CallBillRecord[] = [];
  for (const bill of bills) {
    if (reader === undefined || (!isUnread(bill) && (await isOwn(context, bill, reader)))) own.push(bill);
  }
  const ids = [...new Set(own.map((bill) => bill.service))];
  const services = new Map((await context.store.services.list({ ids })).map((row) => [row.id, row]));
  const names = await readNames(context.store, own);
  const shown: StoredBillView[] = [];
  for (const bill of own) shown.push(await toView(context, bill, { row: services.get(bill.service), reader, names }));
  return shown;
}

/**
 * Returns a stored bill that a reader sees in its list.
 *
 * @throws SluiceError `unknown_bill`, also for the bill of another client
 */
export async function requireBill(context: Context, id: string, reader: Reader): Promise<CallBillRecord> {
  const bill = await context.store.callBills.get(id);
  if (bill !== null && (reader === undefined || !isUnread(bill)) && (await isOwn(context, bill, reader))) return bill;
  throw notFound('unknown_bill', `There is no bill "${id}"`, { bill: id });
}

/** Returns a stored bill as it is listed for a reader. */
export async function toStoredView(context: Context, bill: CallBillRecord, reader: Reader): Promise<StoredBillView> {
  const [row] = await context.store.services.list({ ids: [bill.service] });
  return toView(context, bill, { row, reader, names: await readNames(context.store, [bill]) });
}

async function findBillZone({ config, store }: Context, bill: CallBillRecord): Promise<string> {
  const [service] = await store.services.list({ ids: [bill.service] });
  return findTimeZone(config, bill.panel ?? service?.panel ?? '');
}

/** Returns whether a bill is of a reader: by its client or, without one, by who had the service in all of its period. */
async function isOwn(
  context: Context,
  { service, client, start, end }: CallBillRecord,
  reader: Reader,
): Promise<boolean> {
  if (reader === undefined) return true;
  if (client !== null) return client === reader;
  const parts = await findOwners(context, { panel: '', ref: 'service', value: service }, { from: start, to: end });
  return parts.every(({ owners }) => owners.length > 0 && owners.every((owner) => owner.client === reader));
}

/** What is shown of a bill besides its record. */
interface Besides {
  row: ServiceRecord | undefined;
  reader: Reader;
  names: Names;
}

async function toView(
  context: Context,
  bill: CallBillRecord,
  { row, reader, names }: Besides,
): Promise<StoredBillView> {
  const timeZone = findTimeZone(context.config, bill.panel ?? row?.panel ?? '');
  const invoiceStatus = await readInvoiceStatus(context, bill);
  const { id, service, client, start: from, end: to, calls, currency, invoice, at } = bill;
  // No invoice of ours has what a person charged.
  const isCharged = isByHand(bill);
  const state = isCharged ? BY_HAND : bill.state;
  const total = isCharged ? bill.charged : bill.amount;
  const period = { from, to, timeZone };
  const report = hasReport(bill);
  // Another client has named the service since.
  const name = reader === undefined || row?.client === reader ? (row?.name ?? null) : null;
  const named = { name, clientName: names.toClient(bill.client) };
  return { id, service, client, ...named, period, state, calls, total, currency, invoice, invoiceStatus, report, at };
}

/**
 * Returns the report of a bill: the file that was written with it, or, where that is gone, the same made again of the panel's
 * records. A reader gets those of its own bills. With `language` it is for a person, by `reportInLanguage`; else for programs and as written.
 *
 * @throws SluiceError `unknown_bill`, also for the bill of another client; `no_report` for one that was not made of calls that were read;
 *   `report_failed` where the records are no longer those that were billed
 */
export async function billReport(
  context: Context,
  id: string,
  { reader, language }: { reader?: Reader; language?: string | undefined } = {},
): Promise<BillReport> {
  const bill = await requireBill(context, id, reader);
  const timeZone = await findBillZone(context, bill);
  const [from, to] = [bill.start, bill.end].map((instant) => toNamePart(toLocalTime(instant, timeZone)));
  const name = `calls_${bill.subscriber.replaceAll(/[^A-Za-z0-9-]/g, '-').slice(0, 64)}_${from ?? ''}_${to ?? ''}.csv`;
  const written = bill.file === null ? null : context.deps.files.read(bill.file);
  if (written === null && !hasReport(bill)) throw withoutReport(bill);
  const text = written ?? (await makeAgain(context, bill));
  const read = language === undefined ? null : toLanguage(language);
  return { name, text: read === null ? text : reportInLanguage(text, read, { timeZone, currency: bill.currency }) };
}

/** Whether a bill was made of calls that were read. */
function hasReport({ digest }: CallBillRecord): boolean {
  return digest !== '';
}

/** Whether a bill failed before its calls were read: its figures are of none, and a later one may be of many. */
function isUnread(bill: CallBillRecord): boolean {
  return bill.state === 'failed' && !hasReport(bill);
}

/** The error of a bill that no calls were read for. */
function withoutReport(bill: CallBillRecord): SluiceError {
  const why = isByHand(bill) ? 'its calls were charged by hand' : 'none of its calls are billed';
  return new SluiceError('no_report', `Bill "${bill.id}" has no report: ${why}`, { details: { bill: bill.id } });
}

async function makeAgain(context: Context, bill: CallBillRecord): Promise<string> {
  const service = await requireService(context, bill.service);
  // The service may be on another panel by now, or have another line.
  const there = { ...service, panel: bill.panel ?? service.panel };
  const line = await requireLineOfCalls(context, there, bill.subscriber);
  const parts: string[] = [];
  const sink: CallReportSink = {
    write: (text) => {
      parts.push(text);
      return Promise.resolve();
    },
    finish: () => Promise.resolve(''),
    discard: () => Promise.resolve(),
  };
  const period = toPeriod(bill, line.telephony.timeZone);
  const report = { sink, format: 'rfc4180' } as const;
  const gathered = await gather(context, { line, period, verifyPlan: null, report });
  if (isAsBilled(gathered, bill)) return parts.join('');
  throw new SluiceError(
    'report_failed',
    `The report of bill "${bill.id}" is gone, and the records of panel "${line.service.panel}" are no longer those that were billed`,
    { kind: 'panel', details: { bill: bill.id } },
  );
}
