import type { LazyCommand } from './command.js';
import { listOptions } from './list-options.js';

const SERVICE = ['--service <id>', 'only the line of this service'] as const;
const PERIOD = '--period <period>';
const PERIOD_WORDS =
  'previous-month, a month such as 2026-10, or 2026-10-01..2026-10-15 (the end does not belong to it)';
const CSV_FORMAT = [
  '--csv-format <format>',
  'excel-ptbr (default: for spreadsheets in Brazil) or rfc4180 (for programs)',
  ['excel-ptbr', 'rfc4180'],
] as const;

/** Declares `profile`: requests and answers of a telephony system. */
export function declareProfile(program: LazyCommand): void {
  program
    .group('profile', 'profiles: requests and answers of a telephony system', declareProfileCheck)
    .examples('sluice profile check voice.json');
}

function declareProfileCheck(profile: LazyCommand): void {
  profile
    .command('check')
    .argument('<file>', 'a profile, or the name of a built-in one')
    .description('check a profile, and with --against hold it against its running system: reads only')
    .option('--against <panel-or-url>', 'a panel of the config, or an address')
    .option('--token <reference>', 'where the token for an address is: ${env:NAME}, ${file:PATH} or ${cmd:PROGRAM}')
    .option('--allow-http', 'allow an address with plain http')
    .examples('sluice profile check voice.json', 'sluice profile check voice.json --against voice')
    .runs(async () => (await import('./profile.js')).profileCheck);
}

/** Declares `call`: simulator, records, bills and their reports. */
export function declareCalls(program: LazyCommand): void {
  program
    .command('call')
    .description('calls of telephony panels: prices, records, bills and their reports')
    .examples('sluice call records --service svc-1', 'sluice call bill --quiet')
    .declares((call) => {
      declareBill(call);
      declareReading(call);
    });
}

function declareBill(call: LazyCommand): void {
  call
    .command('bill')
    .description(
      'add the calls of each closed period to an invoice, once: all that is due, of one service, or for one invoice; safe to run every minute',
    )
    .option(...SERVICE)
    .option('--invoice <id>', 'put the lines on this invoice')
    .option(PERIOD, `the period: ${PERIOD_WORDS}; default: what is due`)
    .option('--final', 'bill the line of --service until now, as before it ends')
    .option('--resend', 'send a line again that was sent more than 10 minutes ago and is on no invoice')
    .option('--zero-line', 'add a line for an amount of zero, too')
    .option('--allow-unrated', 'bill the calls that have a charge although others have none')
    .option('--verify-rating', 'compare the charges with the rates of the panel')
    .choice(...CSV_FORMAT)
    .option('--dry-run', 'show each bill; no bill, line or report is made')
    .option('--detailed-exitcode', 'with --dry-run: exit 4 if a bill would be made')
    .waits('the service of --service')
    .changes()
    .examples(
      'sluice call bill --quiet',
      'sluice call bill --dry-run --verify-rating',
      'sluice call bill --service svc-1 --period 2026-10',
    )
    .runs(async () => (await import('./calls.js')).callBill);
  call
    .command('report')
    .description('write the CSV report of a period, without billing it')
    .option(...SERVICE)
    .option('--client <id>', 'all lines of this client, one file each')
    .option(PERIOD, `${PERIOD_WORDS}; default: previous-month`)
    .option('--csv <file>', 'where to write it (default: the folder reports beside the store)')
    .choice(...CSV_FORMAT)
    .option('--remote', "let the panel make the report, in the panel's own format")
    .option('--force', 'replace an existing file')
    .examples('sluice call report --service svc-1 --period 2026-10', 'sluice call report --client 42 --period 2026-10')
    .runs(async () => (await import('./calls.js')).callReport);
  call
    .command('reconcile')
    .description('compare what was billed with the records of now: late, missing and changed calls; bills nothing')
    .option(...SERVICE)
    .option(PERIOD, `only bills of this time: ${PERIOD_WORDS}`)
    .option(
      '--with <file>',
      'compare what another system has billed instead: columns service, from, to (local days; the second one is not a part of the period), total, currency',
    )
    .examples(
      'sluice call reconcile',
      'sluice call reconcile --service svc-1 --verbose',
      'sluice call reconcile --with billed.csv',
    )
    .runs(async () => (await import('./calls.js')).callReconcile);
}

function declareReading(call: LazyCommand): void {
  listOptions(call.command('records'))
    .description('list the records of calls; without other options those of today')
    .option(...SERVICE)
    .option('--did <number>', 'only calls of this number')
    .ofPanel('telephony')
    .choice('--direction <direction>', 'only inbound or outbound calls', ['inbound', 'outbound'])
    .option('--search <text>', 'only calls with these digits in a number, or this in the name of the destination')
    .choice('--outcome <outcome>', 'only calls that were answered, or were not', ['answered', 'unanswered'])
    .option(PERIOD, PERIOD_WORDS)
    .option('--day <day>', 'a local day: 2026-11-20, today or yesterday')
    .option('--from <time>', 'from this time on, such as 2026-11-01 or 2d')
    .option('--to <time>', 'until before this time (default: now)')
    .option('--whole', 'sum all calls of the time and of each day, too, whatever is listed')
    .choice(...CSV_FORMAT)
    .option('--force', 'replace an existing file')
    .examples(
      'sluice call records --service svc-1',
      'sluice call records --day yesterday --csv calls.csv',
      'sluice call records --service svc-1 --period 2026-10 --search 1198765 --outcome answered --whole',
    )
    .runs(async () => (await import('./call-records.js')).callRecords);
  call
    .command('simulate')
    .argument('<destination>', 'a number as it is dialled')
    .description("show what a call would cost, by the panel's simulator or from its rates")
    .requiredOption('--seconds <number>', 'how long the call is, from the answer on')
    .option('--plan <id>', 'by this plan (id or name)')
    .option('--service <id>', 'by the plan of the line of this service')
    .ofPanel('telephony')
    .option('--at <time>', 'when the call starts (default: now)')
    .option('--local', 'from the rates, even where the panel has a simulator')
    .choice('--increment-base <base>', 'from the rates, with this reading of increments (default: as the panel does)', [
      'after-initial',
      'whole-duration',
    ])
    .examples('sluice call simulate 11987654321 --seconds 45 --plan 11')
    .runs(async () => (await import('./call-records.js')).callSimulate);
}
