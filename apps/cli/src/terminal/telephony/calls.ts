import { compareMoney, currencyDecimals, formatMoney } from '@sluice/quota-core';
import type {
  CallBillReport,
  CallBillView,
  CallReportView,
  ComparedBill,
  RecordsReport,
  SimulatedCallView,
  PeriodView,
} from '@sluice/engine';
import { describeService } from '@sluice/engine/words';
import type { RecordsRequest } from '@sluice/engine/options';
import { type Column, money, printRows, serviceColumns, state, text, time } from '../columns.js';
import { clientText } from '../reports/billing.js';
import type { Terminal } from '../terminal.js';
import { formatCount } from '../words.js';

/** A call with the panel whose zone its time is shown in. */
export type ShownCall = Parameters<RecordsRequest['onCall']>[0] & { panel: string };

/** Said of calls of a time that is not over. */
const PROVISIONAL = 'Provisional: this time is not over, its calls may still arrive or change.';

/** The columns of calls. */
export const CALLS: readonly Column<ShownCall>[] = [
  time('started_at', ({ startedAt }) => startedAt, { title: 'started' }),
  text('direction', ({ direction }) => direction, { priority: 4 }),
  text('source', ({ source }) => source, { priority: 1 }),
  text('destination', ({ destination }) => destination),
  text('description', ({ destinationDescription }) => destinationDescription, { priority: 6 }),
  text('talk_seconds', ({ talkSeconds }) => talkSeconds, { title: 'talk s', align: 'right', priority: 3 }),
  text('billed_seconds', ({ billedSeconds }) => billedSeconds, { title: 'billed s', align: 'right', priority: 2 }),
  money('charge', ({ charge }) => charge, {
    cell: ({ charge, currency }) => (charge === null ? null : formatMoney(charge, currency)),
  }),
  text('disposition', ({ disposition }) => disposition, { priority: 5 }),
  text('username', ({ username }) => username, { extra: true, priority: 7 }),
  text('id', ({ id }) => id, { extra: true, priority: 8 }),
];

/** Returns ` and 2 without a known charge`, after a sum; nothing where all are in it, or nobody states it. */
function describeWithoutCharge(calls: number | null): string {
  return calls === null || calls === 0 ? '' : ` and ${calls} without a known charge`;
}

/** Prints the reports of lines, each with its file. */
export function printCallReports(terminal: Terminal, reports: readonly CallReportView[]): void {
  for (const { service, calls, total, withoutCharge, currency, provisional, csv } of reports) {
    const count = calls === null ? 'calls not stated' : formatCount(calls, 'call');
    const sum = total === null ? 'amount not stated' : formatMoney(total, currency);
    terminal.info(`${service}: ${count}, ${sum}${describeWithoutCharge(withoutCharge)}: ${csv}`);
    if (provisional) terminal.info(`  ${PROVISIONAL}`);
  }
}

/** Warns of calls that are not in the totals of reports. */
export function warnWithoutCharge(terminal: Terminal, reports: readonly CallReportView[]): void {
  for (const { service, withoutCharge } of reports) {
    if (withoutCharge !== null && withoutCharge > 0)
      terminal.warn(`${service}: not in the total, without a known charge: ${formatCount(withoutCharge, 'call')}`);
  }
}

function describeSums(
  { calls, charge, withoutCharge }: Pick<RecordsReport['totals'], 'calls' | 'charge' | 'withoutCharge'>,
  currency: string,
): string {
  return `${formatCount(calls, 'call')}, ${formatMoney(charge, currency)}${describeWithoutCharge(withoutCharge)}`;
}

/** Prints the sum of calls. */
export function printCallTotals(
  terminal: Terminal,
  found: Pick<RecordsReport, 'period' | 'provisional' | 'totals' | 'whole' | 'owners'>,
): void {
  const { provisional, totals, whole, period, owners } = found;
  const span = terminal.times.period(period);
  terminal.info(`${describeSums(totals, totals.currency)}, ${span}`);
  if (whole !== null) {
    terminal.info(`All calls of this time: ${describeSums(whole.totals, totals.currency)}`);
    for (const day of whole.days) terminal.info(`  ${day.day}: ${describeSums(day, totals.currency)}`);
  }
  if (provisional) terminal.info(`${PROVISIONAL} This list bills nothing.`);
  for (const { service, name, client, clientName, from, to } of owners ?? []) {
    const [since, until] = [from && `since ${terminal.times.at(from)}`, to && `until ${terminal.times.at(to)}`];
    const ofClient = client === null ? '' : ` of ${clientText({ client, clientName })}`;
    terminal.info(
      ['The number was with', `${describeService({ id: service, name })}${ofClient}`, since, until]
        .filter(Boolean)
        .join(' '),
    );
  }
}

/** Prints what a call would cost, and from which rate. */
export function printSimulatedCall(terminal: Terminal, call: SimulatedCallView): void {
  const { destination, rate, prefix, cost, currency, billedSeconds, source, notes } = call;
  const by = [
    prefix === null ? null : `prefix ${prefix === '' ? '(any)' : prefix}`,
    rate.description,
    rate.id && `rate ${rate.id}`,
  ];
  terminal.line(
    `${destination}: ${formatMoney(cost, currency)}${billedSeconds === null ? '' : `, ${billedSeconds} s billed`}`,
  );
  terminal.line(
    `  ${by.filter(Boolean).join(', ')}: ${rate.pricePerMinute ?? '?'} a minute, connection ${rate.connectionFee ?? '?'}`,
  );
  terminal.info(`  computed by ${source === 'panel' ? "the panel's simulator" : 'Sluice from the rates of the panel'}`);
  for (const note of notes) terminal.info(`  ${note}`);
}

/** Returns the column of billed periods. */
function billedPeriod<Row extends { period: PeriodView }>(): Column<Row> {
  return {
    name: 'period',
    value: ({ period }) => period.from,
    cell: ({ period }, { times }) => times.period(period),
    whole: true,
    // The amounts matter more.
    priority: 1,
  };
}

const BILLS: readonly Column<CallBillView>[] = [
  ...serviceColumns<CallBillView>(({ service }) => service),
  billedPeriod(),
  text('calls', ({ calls }) => calls, { align: 'right', priority: 3 }),
  money('total', ({ total }) => total),
  text('currency', ({ currency }) => currency, { title: '' }),
  state('state', ({ state: word }) => word, { whole: true }),
  text('invoice', ({ invoice }) => invoice, { priority: 2 }),
];

/** What is not said by the reason of a bill itself. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['zero', 'nothing was charged'],
  ['invoice-cancelled', 'its invoice was cancelled, so nothing is charged'],
]);

/** Prints bills with their reports, and the panels of which none were made. */
export function printBills(
  terminal: Terminal,
  { bills, panels = [] }: Pick<CallBillReport, 'bills' | 'panels'>,
  dryRun: boolean,
): void {
  const { quiet } = terminal;
  const shown = quiet
    ? bills.filter(({ state: word, warnings }) => isNews(word, dryRun) || warnings.length > 0)
    : bills;
  if (shown.length > 0) printRows(terminal, BILLS, shown);
  for (const bill of shown) {
    const { service, error, warnings, reason, csv, differences = [] } = bill;
    if (error !== null) terminal.line(`  ${service}: ${terminal.error(error, { service, bill: service })}`);
    for (const warning of warnings) terminal.line(`  ${service}: ${terminal.notice({ ...warning, service })}`);
    for (const { id, kind } of differences.slice(0, 10)) terminal.line(`  ${service}: call ${id}: ${kind} differs`);
    if (reason !== null) terminal.info(`  ${service}: ${REASONS.get(reason) ?? reason}`);
    if (csv !== null) terminal.info(`  ${service}: ${csv}`);
  }
  for (const { panel, error } of panels) terminal.line(`${panel}: ${terminal.error(error)}`);
}

/** Under `observe` every run shows the same bills again. */
function isNews(word: CallBillView['state'], dryRun: boolean): boolean {
  return word === 'added' || word === 'failed' || (word === 'planned' && dryRun);
}

const COMPARED: readonly Column<ComparedBill>[] = [
  ...serviceColumns<ComparedBill>(({ service }) => service),
  billedPeriod(),
  money('billed', ({ billed }) => billed.total),
  money('now', ({ now }) => now.total),
  money('difference', ({ difference }) => difference),
  text('late', ({ late }) => late.length, { align: 'right', priority: 2 }),
  text('missing', ({ missing }) => missing.length, { align: 'right', priority: 2 }),
  text('changed', ({ changed }) => changed.length, { align: 'right', priority: 2 }),
  text('unread', ({ unread }) => unread.length, { align: 'right', priority: 2 }),
];

/** Prints what bills would be now; with `--quiet` those that differ, with `showAll` the ids of their calls. */
export function printComparedBills(terminal: Terminal, bills: readonly ComparedBill[], showAll: boolean): void {
  const shown = terminal.quiet ? bills.filter(isChanged) : bills;
  if (shown.length > 0) printRows(terminal, COMPARED, shown);
  else terminal.info('No bill to compare.');
  for (const { service, line, now } of shown)
    if (now.withoutCharge > 0)
      terminal.line(
        `  ${service ?? `line ${line}`}: without a known charge now: ${formatCount(now.withoutCharge, 'call')}`,
      );
  if (!showAll) return;
  for (const { service, line, late, missing, changed, unread } of shown)
    for (const [word, ids] of Object.entries({ late, missing, changed, unread }))
      if (ids.length > 0) terminal.line(`  ${service ?? `line ${line}`}: ${word}: ${ids.join(', ')}`);
}

function isChanged(bill: ComparedBill): boolean {
  const { now, late, missing, changed, unread } = bill;
  return !isSame(bill) || now.withoutCharge > 0 || [late, missing, changed, unread].some((ids) => ids.length > 0);
}

/** Returns whether the amounts agree: those of another system once the sum is rounded to the decimals of its currency, as a bill is. */
function isSame({ difference, currency, billed }: ComparedBill): boolean {
  const size = difference.replace(/^-/, '');
  if (billed.calls !== null) return compareMoney(size, '0') === 0;
  const unit = `0.${'0'.repeat(currencyDecimals(currency))}5`;
  return compareMoney(size, unit) <= 0;
}
