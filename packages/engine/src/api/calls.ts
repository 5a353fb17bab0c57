import type {
  BillDetail,
  BillReport,
  CallBillReport,
  ComparedBills,
  LineRates,
  RecordsReport,
  ReportedCalls,
  SimulatedCallView,
  StoredBillView,
} from '@sluice/contract/documents';
import type { CallReports } from '../features/calls/bill-view.js';
import { billCalls } from '../features/calls/bill-calls.js';
import { refuseFinal } from '../features/calls/bill-refusals.js';
import { isAllDue } from '../features/calls/bill-scope.js';
import { reportCalls } from '../features/calls/read-calls.js';
import { readRecords, type RecordsRequest } from '../features/calls/read-records.js';
import { compareRows } from '../features/calls/compare-rows.js';
import type { BilledElsewhere, ReconcileCallsRequest } from '../features/calls/compared-bill.js';
import { noteLateCalls } from '../features/calls/late-calls.js';
import { listLineRates } from '../features/calls/line-rates.js';
import { reconcileCalls } from '../features/calls/reconcile-calls.js';
import { withFailure } from '../features/notices/heartbeat.js';
import { billReport, listBills } from '../features/calls/stored-bills.js';
import { showBill } from '../features/calls/show-bill.js';
import { simulateCall, type SimulateRequest } from '../features/calls/simulate.js';
import { afterRun } from '../features/notices/after-run.js';
import { checkClients } from '../features/billing/missing-clients.js';
import { newsOfBills } from '../features/calls/bill-news.js';
import {
  type CallOptions,
  type LockOptions,
  type ReaderOptions,
  type RunCall,
  toWaitMs,
  withRequestErrors,
  type Stated,
  withDefaults,
} from './call.js';
import { toRow } from './services.js';

/** Options of `bill`; without any, all that is due is billed. */
export interface BillCallsOptions extends LockOptions {
  service?: string | undefined;
  /** The invoice for the lines; without a service, of the services that it holds. */
  invoice?: string | undefined;
  /** `previous-month`, `YYYY-MM` or `FROM..TO` (local dates, half open). */
  period?: string | undefined;
  /** Bill what is left until now, as before the line of `service` ends; without `period`. */
  final?: boolean | undefined;
  /** Send a line again that was sent more than 10 minutes ago and is on no invoice. */
  resend?: boolean | undefined;
  /** Add a line also for an amount of zero. */
  zeroLine?: boolean | undefined;
  /** Bill the calls that have a charge, although others have none. */
  allowUnrated?: boolean | undefined;
  /** Compare the charges with the rates. */
  verifyRating?: boolean | undefined;
  /** Only report what would be billed. */
  dryRun?: boolean | undefined;
  /** Writes the report of each bill; without it none is written. */
  reports?: CallReports | undefined;
}

/** Calls of telephony panels, and their bills. */
export interface Calls {
  /** Adds the calls of a period to an invoice, once. A bill that fails is in the report; the others are made. */
  bill(options?: BillCallsOptions): Promise<CallBillReport>;
  /** Writes the report of a period, and bills nothing; with `remote` the panel makes it. */
  report(
    of: { service: string } | { client: string },
    options: ReaderOptions & { period: string; reports: CallReports; remote?: boolean | undefined },
  ): Promise<ReportedCalls>;
  /** Reads records in the order of time; by default those of today in the billing zone. */
  records(
    request: Stated<Omit<RecordsRequest, 'onCall'>> & Pick<RecordsRequest, 'onCall'>,
    options?: ReaderOptions,
  ): Promise<RecordsReport>;
  /** Reads the rates by which the calls of a service are charged: those that are valid now or later, by prefix. */
  rates(service: string, options?: ReaderOptions & { search?: string | undefined }): Promise<LineRates>;
  /** Returns what a call would cost. */
  simulate(
    request: Stated<Omit<SimulateRequest, 'destination' | 'seconds'>> &
      Pick<SimulateRequest, 'destination' | 'seconds'>,
    options?: ReaderOptions,
  ): Promise<SimulatedCallView>;
  /** Lists the stored bills of a service or client, or all, the newest period of each service first. Calls no panel. */
  bills(
    filter?: ReaderOptions & { service?: string | undefined; client?: string | undefined },
  ): Promise<{ bills: StoredBillView[] }>;
  /** Returns a bill with its invoice, to a reader of its own bills; reads the billing system. */
  showBill(bill: string, options?: ReaderOptions): Promise<BillDetail>;
  /**
   * Returns the report of a bill as CSV, to a reader of its own bills; reads the panel only where the file is gone. With `language` (a tag
   * or a name of WHMCS) titles and words are in that language, for people and their spreadsheets.
   */
  billReport(bill: string, options?: ReaderOptions & { language?: string | undefined }): Promise<BillReport>;
  /**
   * Compares what was billed with the records of now, and bills nothing: the bills of Sluice, or with `with` what another system has
   * billed before.
   *
   * @throws SluiceError `bad_import` with every bad row and its line
   */
  reconcile(request?: Stated<ReconcileCallsRequest> | BilledElsewhere, options?: CallOptions): Promise<ComparedBills>;
}

/** Returns the calls about calls. */
export function callsApi(call: RunCall): Calls {
  const checked = withRequestErrors(call);
  return {
    bill: (options) =>
      checked(options, async (context) => {
        const request = toBillRequest(options);
        const work = () => billCalls(context, request);
        const isPart = options?.dryRun === true || !isAllDue(options ?? {});
        const report = await (isPart ? work() : withFailure(context, work));
        if (options?.dryRun !== true) await checkClients(context);
        const ended = { run: report.run, services: false };
        const late = isPart ? [] : await noteLateCalls(context);
        if (options?.dryRun !== true) await afterRun(context, ended, [...newsOfBills(report.bills), ...late]);
        return report;
      }),
    report: (of, options) =>
      checked(options, async (context) => {
        const { period, reports, remote = false, reader } = options;
        const service = 'service' in of ? of.service : null;
        const client = 'client' in of ? of.client : null;
        return reportCalls(context, { service, client, period, remote, reports, reader });
      }),
    records: (request, options) =>
      checked(options, (context) => {
        const which = { service: null, did: null, panel: null, direction: null, search: null, outcome: null };
        const when = { period: null, day: null, from: null, to: null };
        return readRecords(context, withDefaults({ ...which, ...when, whole: false }, request), options?.reader);
      }),
    simulate: (request, options) =>
      checked(options, (context) => {
        const whole = {
          service: null,
          plan: null,
          panel: null,
          at: null,
          local: false,
          incrementBase: null,
        } as const;
        return simulateCall(context, withDefaults(whole, request), options?.reader);
      }),
    rates: (service, options) =>
      checked(options, (context) =>
        listLineRates(context, { id: service, search: options?.search ?? '' }, options?.reader),
      ),
    bills: (filter = {}) => checked(filter, async (context) => ({ bills: await listBills(context, filter) })),
    showBill: (bill, options) => checked(options, (context) => showBill(context, bill, options?.reader)),
    billReport: (bill, options) => checked(options, (context) => billReport(context, bill, options)),
    reconcile: (request, options) =>
      checked(options, (context) => {
        if (request !== undefined && 'with' in request)
          return compareRows(context, { rows: request.with.map(toRow), file: request.file ?? 'with' });
        return reconcileCalls(context, withDefaults({ service: null, period: null, billed: null }, request ?? {}));
      }),
  };
}

function toBillRequest(options: BillCallsOptions = {}) {
  const { service = null, invoice = null, period = null, reports = null } = options;
  if (options.final === true) refuseFinal({ service, period });
  const { final = false, resend = false, zeroLine = false, allowUnrated = false, verifyRating = false } = options;
  const { dryRun = false } = options;
  const how = { final, resend, zeroLine, allowUnrated, verifyRating, dryRun };
  return { service, invoice, period, reports, ...how, waitMs: toWaitMs(options) };
}
