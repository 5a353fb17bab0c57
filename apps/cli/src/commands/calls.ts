import path from 'node:path';
import type { CallBillView, CallReports, ComparedBill } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import type { ReportFormat } from '@sluice/telephony';
import { type Config, storeLocation } from '@sluice/config-file';
import type { Deps } from '../context.js';
import { ExitCode, toRunExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import { type Column, formatCount, money, printRows, state, type Terminal, text } from '@sluice/terminal';
import { printObserving } from '@sluice/terminal/reports';
import { csvSink, reportsIn } from './call-reports.js';
import { readCallReport } from './read-call-report.js';
import type { CommandHandler, LockOptions } from './command.js';
import { parseWait } from './parse-wait.js';

const FORMATS: readonly string[] = ['excel-ptbr', 'rfc4180'];

/** Returns `--csv-format`. */
export function toFormat({ csvFormat = 'excel-ptbr' }: { csvFormat?: string }): ReportFormat {
  if (!FORMATS.includes(csvFormat))
    throw usageError('bad_option', `--csv-format: "${csvFormat}" is not one of ${FORMATS.join(', ')}`);
  return csvFormat as ReportFormat;
}

/** Returns where the reports of bills are: in a folder beside the store. */
export function billReports(config: Config, format: ReportFormat): CallReports {
  return reportsIn(path.join(path.dirname(storeLocation(config)), 'reports'), format);
}

interface BillOptions extends LockOptions {
  service?: string;
  invoice?: string;
  period?: string;
  final?: boolean;
  resend?: boolean;
  zeroLine?: boolean;
  allowUnrated?: boolean;
  verifyRating?: boolean;
  csvFormat?: string;
  dryRun?: boolean;
  detailedExitcode?: boolean;
}

/** `sluice call bill` */
export const callBill: CommandHandler<BillOptions> = (_args, options, deps) => {
  const format = toFormat(options);
  const { service, invoice, period, final, resend, zeroLine, allowUnrated, verifyRating, dryRun } = options;
  if (final === true && (service === undefined || period !== undefined))
    throw usageError(
      'bad_option',
      '--final ends the line of one service now: name it with --service, without --period',
    );
  const how = { service, invoice, period, final, resend, zeroLine, allowUnrated, verifyRating, dryRun };
  return withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const reports = billReports(config, format);
    const report = await sluice.calls.bill({ ...how, reports, waitMs: parseWait(options) });
    terminal.document(report);
    printBills(terminal, report.bills, dryRun === true);
    if (report.bills.length === 0) terminal.info(dryRun === true ? 'No bill would be made.' : 'No bill is due.');
    if (!terminal.quiet) printObserving(terminal, report.run.observing, 'their bills are shown, and not made');
    const { outcome, changes, ...run } = report.run;
    const found = report.bills.some((bill) => bill.state === 'planned');
    return toRunExitCode({ ...run, outcome, changes: changes || found }, options);
  });
};

const BILLS: readonly Column<CallBillView>[] = [
  text('service', ({ service }) => service, { whole: true }),
  {
    name: 'period',
    value: ({ period }) => period.from,
    cell: ({ period }, { times }) => dayOf(times, period),
    whole: true,
  },
  text('calls', ({ calls }) => calls, { align: 'right', priority: 2 }),
  money('total', ({ total }) => total),
  text('currency', ({ currency }) => currency, { title: '' }),
  state('state', ({ state: word }) => word),
  text('invoice', ({ invoice }) => invoice, { priority: 1 }),
];

function dayOf(times: { at: (instant: string) => string | null }, { from, to }: { from: string; to: string }): string {
  const day = (instant: string): string => (times.at(instant) ?? '').replace(/ 00:00$/, '');
  return `${day(from)} to ${day(to)}`;
}

/** Prints bills with their reports. */
export function printBills(terminal: Terminal, bills: readonly CallBillView[], dryRun: boolean): void {
  const { quiet } = terminal;
  const shown = quiet
    ? bills.filter(({ state: word, warnings }) => isNews(word, dryRun) || warnings.length > 0)
    : bills;
  if (shown.length > 0) printRows(terminal, BILLS, shown);
  for (const bill of shown) {
    const { service, error, warnings, reason, csv, differences = [] } = bill;
    if (error !== null) terminal.line(`  ${service}: ${terminal.error(error, { service })}`);
    for (const warning of warnings) terminal.line(`  ${service}: ${terminal.notice({ ...warning, service })}`);
    for (const { id, kind } of differences.slice(0, 10)) terminal.line(`  ${service}: call ${id}: ${kind} differs`);
    if (reason !== null) terminal.info(`  ${service}: ${reason === 'zero' ? 'nothing was charged' : reason}`);
    if (csv !== null) terminal.info(`  ${service}: ${csv}`);
  }
}

/** Under `observe` every run shows the same bills again. */
function isNews(word: CallBillView['state'], dryRun: boolean): boolean {
  return word === 'added' || word === 'failed' || (word === 'planned' && dryRun);
}

interface ReportOptions extends LockOptions {
  service?: string;
  client?: string;
  period?: string;
  csv?: string;
  csvFormat?: string;
  remote?: boolean;
  force?: boolean;
}

/** `sluice call report` */
export const callReport: CommandHandler<ReportOptions> = (_args, options, deps) => {
  const format = toFormat(options);
  const { service, client, period = 'previous-month', csv, remote } = options;
  if ((service === undefined) === (client === undefined))
    throw usageError('bad_option', 'Name either --service or --client');
  if (csv === '-' && options.json === true)
    throw usageError('bad_option', '--csv - and --json both write to standard output: name a file');
  return withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const reports = csv === undefined ? billReports(config, format) : oneReport(deps, csv, format, options);
    const of = service === undefined ? { client: client ?? '' } : { service };
    const made = await sluice.calls.report(of, { period, reports, remote });
    if (csv === '-') return ExitCode.done;
    const [only] = made.reports;
    terminal.document(service === undefined ? made : { report: only });
    for (const { service: name, calls, total, currency, csv: file } of made.reports) {
      const count = calls === null ? 'calls not stated' : formatCount(calls, 'call');
      terminal.info(`${name}: ${count}, ${total ?? 'amount not stated'} ${currency}: ${file}`);
    }
    return ExitCode.done;
  });
};

/** The reports of one file: a second one would replace the first. */
function oneReport(deps: Deps, csv: string, format: ReportFormat, { force }: ReportOptions): CallReports {
  let opened = false;
  return {
    format,
    open: () => {
      if (opened)
        throw usageError(
          'bad_option',
          '--csv: the client has several lines: name one with --service, or leave out --csv',
        );
      opened = true;
      return Promise.resolve(csvSink(deps, csv, { force }));
    },
    find: () => Promise.resolve(null),
  };
}

interface ReconcileOptions extends LockOptions {
  service?: string;
  period?: string;
}

/** `sluice call reconcile` */
export const callReconcile: CommandHandler<ReconcileOptions> = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { service = null, period = null, verbose } = options;
    const report = await sluice.calls.reconcile({ service, period, billed: ({ file }) => readCallReport(file) });
    terminal.document(report);
    const shown = terminal.quiet ? report.bills.filter(isChanged) : report.bills;
    if (shown.length > 0) printRows(terminal, COMPARED, shown);
    else terminal.info('No bill to compare.');
    for (const bill of verbose === true ? shown : []) printIds(terminal, bill);
    return ExitCode.done;
  });

function isChanged({ difference, late, missing, changed }: ComparedBill): boolean {
  return !/^-?[0.]+$/.test(difference) || late.length + missing.length + changed.length > 0;
}

const COMPARED: readonly Column<ComparedBill>[] = [
  text('service', ({ service }) => service, { whole: true }),
  {
    name: 'period',
    value: ({ period }) => period.from,
    cell: ({ period }, { times }) => dayOf(times, period),
    whole: true,
  },
  money('billed', ({ billed }) => billed.total, { priority: 2 }),
  money('now', ({ now }) => now.total, { priority: 2 }),
  money('difference', ({ difference }) => difference),
  text('late', ({ late }) => late.length, { align: 'right', priority: 1 }),
  text('missing', ({ missing }) => missing.length, { align: 'right', priority: 1 }),
  text('changed', ({ changed }) => changed.length, { align: 'right', priority: 1 }),
];

function printIds(terminal: Terminal, { service, late, missing, changed }: ComparedBill): void {
  for (const [word, ids] of Object.entries({ late, missing, changed }))
    if (ids.length > 0) terminal.line(`  ${service}: ${word}: ${ids.join(', ')}`);
}
