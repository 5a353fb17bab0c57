import path from 'node:path';
import { listCallPanels } from '@sluice/engine';
import { describeUnbilled, isAllDue } from '@sluice/engine/words';
import type { CallReports } from '@sluice/engine/options';
import { usageError } from '@sluice/panel-kind/errors';
import type { ReportFormat } from '@sluice/quota-core/telephony';
import { type Config, privateFolder } from '@sluice/config-file';
import type { Deps } from '../context.js';
import { ExitCode, toRunExitCode } from '../exit-codes.js';
import { knownKinds } from '../kinds.js';
import { withSluice } from '../open-sluice.js';
import { withRemedy } from '../remedies.js';
import { printObserving } from '../terminal/reports/run-report.js';
import { readRows } from '../terminal/rows/rows.js';
import { printBills, printCallReports, printComparedBills, warnWithoutCharge } from '../terminal/telephony/calls.js';
import { answer } from './answer.js';
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
  return reportsIn(path.join(privateFolder(config), 'reports'), format);
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
  const isOfAll = isAllDue(how);
  const scheduled = isOfAll && dryRun !== true;
  const unbilled: string[] = [];
  return answer(
    deps,
    { ...options, scheduled },
    ({ sluice, config }) => {
      if (isOfAll) unbilled.push(...listCallPanels(config, knownKinds(deps)).unbilled);
      return sluice.calls.bill({ ...how, reports: billReports(config, format), waitMs: parseWait(options) });
    },
    {
      print: (terminal, { bills, run, panels = [] }) => {
        printBills(terminal, { bills, panels }, dryRun === true);
        if (bills.length === 0 && panels.length === 0)
          terminal.info(dryRun === true ? 'No bill would be made.' : 'No bill is due.');
        if (!terminal.quiet) printObserving(terminal, run.observing, 'their bills are shown, and not made');
        for (const panel of unbilled)
          terminal.info(withRemedy({ code: 'bill_from_missing', message: describeUnbilled(panel) }));
      },
      exitCode: ({ bills, run }) => {
        const found = bills.some(({ state }) => state === 'planned');
        return toRunExitCode({ ...run, changes: run.changes || found }, options);
      },
    },
  );
};

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
    const leftOut = `left out, without a line yet: ${made.withoutLine.join(', ')}`;
    if (csv === '-') {
      warnWithoutCharge(terminal, made.reports);
      if (made.withoutLine.length > 0) terminal.warn(leftOut);
      return ExitCode.done;
    }
    const [only] = made.reports;
    terminal.document(service === undefined ? made : { report: only });
    printCallReports(terminal, made.reports);
    if (made.withoutLine.length > 0) terminal.info(leftOut);
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
  with?: string;
}

/** `sluice call reconcile` */
export const callReconcile: CommandHandler<ReconcileOptions> = async (_args, options, deps) => {
  const { service = null, period = null, with: file, verbose } = options;
  if (file !== undefined && (service !== null || period !== null))
    throw usageError('bad_option', '--with reads services and periods from the file; remove --service and --period');
  const request =
    file === undefined
      ? { service, period, billed: ({ file: report }: { file: string | null }) => readCallReport(report) }
      : { with: (await readRows(file, deps)).rows, file };
  return answer(deps, options, ({ sluice }) => sluice.calls.reconcile(request), {
    print: (terminal, { bills, warnings }) => {
      printComparedBills(terminal, bills, verbose === true);
      for (const { message } of warnings) terminal.warn(message);
    },
  });
};
