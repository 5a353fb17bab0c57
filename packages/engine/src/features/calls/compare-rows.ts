import type { ComparedBills, ImportProblem } from '@sluice/contract/documents';
import { printable } from '@sluice/panel-http/printable';
import { usageError } from '@sluice/panel-kind';
import { addMoney, negateMoney, padMoney } from '@sluice/quota-core';
import { type BillPeriod, CallSum, explicitPeriod, isClosed, periodsOverlap } from '@sluice/quota-core/telephony';
import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { withNames } from '../../context/names.js';
import { openRow } from '../services/file-rows.js';
import type { ImportRow } from '../services/plan-rows.js';
import { findLineOfCalls, type Line } from '../telephony/find-line.js';
import { hasCalls } from '../telephony/panels.js';
import { toInstants } from './due.js';
import { listForeignLines } from './foreign-lines.js';
import { MOST_IDS } from './ownerless.js';
import { readSorted } from './read-sorted.js';
import { toCharged } from './unrated.js';
import type { Compared } from './compared-bill.js';

const COLUMNS = ['service', 'from', 'to', 'total', 'currency'] as const;

type Column = (typeof COLUMNS)[number];

/** A period that another system has billed. */
interface BilledRow {
  line: Line;
  period: BillPeriod;
  total: string;
}

/**
 * Compares what another system has billed with the records of now: of each row its line of calls in its period. Stores and bills nothing.
 *
 * @throws SluiceError `bad_import` with every bad row and its line
 */
export async function compareRows(
  context: Context,
  { rows, file }: { rows: readonly ImportRow[]; file: string },
): Promise<ComparedBills> {
  const reader = new RowReader(context, await findLines(context, rows));
  const read = rows.flatMap((row) => reader.read(row) ?? []);
  const { problems } = reader;
  if (problems.length > 0) {
    const lines = problems.map(({ line, key, message }) => {
      const column = key === null ? '' : `${key}: `;
      return `${line === null ? '' : `line ${line}: `}${column}${message}`;
    });
    throw usageError('bad_import', `${file}: nothing was compared:`, { problems }, lines);
  }
  const bills: Compared[] = [];
  for (const row of read) bills.push(await compareRow(context, row));
  return { bills: await withNames(context.store, bills), warnings: [] };
}

/** The line of a service, or why it has none whose calls can be compared. */
type Found = { line: Line; problem: null } | { problem: string };

/** Finds the lines of the services of a file; what another service has by its reference on the panel is a problem. */
async function findLines(context: Context, rows: readonly ImportRow[]): Promise<ReadonlyMap<string, Found>> {
  const ids = [...new Set(rows.map(({ values }) => (values['service'] ?? '').trim()))].filter((id) => id !== '');
  const found = new Map<string, Found>();
  const byPanel = new Map<string, ServiceRecord[]>();
  for (const service of await context.store.services.list({ ids })) {
    context.deps.signal.throwIfAborted();
    const line = hasCalls(context, service.panel) ? await findLineOfCalls(context, service) : null;
    found.set(service.id, line === null ? { problem: describeNoLine(context, service) } : { line, problem: null });
    if (line !== null) byPanel.set(service.panel, [...(byPanel.get(service.panel) ?? []), service]);
  }
  for (const [panel, services] of byPanel) {
    const { telephony } = await context.panel(panel);
    if (telephony === undefined) continue;
    for (const [id, { code, message }] of await listForeignLines(context, telephony, services))
      if (code === 'line_conflict') found.set(id, { problem: message });
  }
  return found;
}

function describeNoLine(context: Context, { id, panel }: ServiceRecord): string {
  return hasCalls(context, panel)
    ? `"${id}" has no line on panel "${panel}" yet`
    : `"${id}" has no calls: its panel "${panel}" is not a telephony system of the config`;
}

/** Reads the rows of a file one after the other, and collects what is wrong with them. */
class RowReader {
  readonly problems: ImportProblem[] = [];
  readonly #context: Context;
  readonly #lines: ReadonlyMap<string, Found>;
  /** By panel and line: it may have passed from one service to another. */
  readonly #periods = new Map<string, { period: BillPeriod; row: number | null }[]>();

  constructor(context: Context, lines: ReadonlyMap<string, Found>) {
    this.#context = context;
    this.#lines = lines;
  }

  /** Returns what a row states; null where it is wrong. */
  read(row: ImportRow): BilledRow | null {
    const before = this.problems.length;
    const { service, text, say } = openRow(row, COLUMNS, this.problems);
    if (this.problems.length > before) return null;
    const missing = { problem: service === '' ? 'is required' : `there is no service "${printable(service)}"` };
    const found = this.#lines.get(service) ?? missing;
    if (found.problem !== null) {
      say('service', found.problem);
      return null;
    }
    const { line } = found;
    const at = { timeZone: line.telephony.timeZone, graceMinutes: line.terms?.graceMinutes };
    const period = this.#readPeriod(at, text, say);
    const { currency } = line.telephony;
    if (text('currency') !== '' && text('currency') !== currency)
      say(
        'currency',
        `is ${printable(text('currency'))}, but the calls of panel "${line.service.panel}" are in ${currency}`,
      );
    const total = readTotal(text('total'), currency);
    if (total === null) say('total', describeTotal(text('total')));
    if (period !== null) this.#refuseOverlap(row.line, { line, period }, say);
    return period === null || total === null ? null : { line, period, total };
  }

  #readPeriod(
    { timeZone, graceMinutes }: { timeZone: string; graceMinutes: number | undefined },
    text: (key: Column) => string,
    say: (key: Column, message: string) => void,
  ): BillPeriod | null {
    const wrong = (['from', 'to'] as const).filter((key) => !isDay(text(key)));
    for (const key of wrong)
      say(
        key,
        `"${printable(text(key))}" is not a day: write a date such as 2026-10-01${key === 'to' ? '; the day itself does not belong to the period' : ''}`,
      );
    if (wrong.length > 0) return null;
    if (text('to') <= text('from')) {
      say('to', `${text('to')} is not after ${text('from')}: the day itself does not belong to the period`);
      return null;
    }
    const period = explicitPeriod({ start: text('from'), end: text('to'), timeZone });
    if (isClosed(period, this.#context.now(), graceMinutes)) return period;
    say('to', `the period until ${text('to')} is not over: records of its calls may still arrive`);
    return null;
  }

  #refuseOverlap(
    row: number | null,
    { line, period }: Pick<BilledRow, 'line' | 'period'>,
    say: (key: Column, message: string) => void,
  ): void {
    const key = JSON.stringify([line.service.panel, line.subscriberId]);
    const earlier = this.#periods.get(key) ?? [];
    const other = earlier.find((one) => periodsOverlap(one.period, period));
    if (other !== undefined) {
      const where = other.row === null ? 'an earlier row' : `line ${other.row}`;
      say(
        'from',
        `the period has days of ${where}: calls would be compared twice. The day in "to" does not belong to a period`,
      );
    }
    this.#periods.set(key, [...earlier, { period, row }]);
  }
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === text;
}

/** Returns an amount of 0 or more with at least the decimals of the currency; null for other text. */
function readTotal(text: string, currency: string): string | null {
  if (!/^\d{1,15}(\.\d{1,12})?$/.test(text)) return null;
  return padMoney(text, currency);
}

function describeTotal(text: string): string {
  return text === '' ? 'is required' : `"${printable(text)}" is not an amount: write it as 1234.56, without a currency`;
}

async function compareRow(context: Context, { line, period, total }: BilledRow): Promise<Compared> {
  const { telephony, subscriberId, service } = line;
  const sum = new CallSum({ period, currency: telephony.currency, subscriberId });
  const unread: string[] = [];
  const window = { from: period.start, to: period.end, subscriberId };
  for await (const calls of readSorted(telephony, window, { signal: context.deps.signal }))
    for (const call of calls) if (sum.add(call) === 'problem' && unread.length < MOST_IDS) unread.push(call.id);
  const now = toCharged(sum.totals());
  return {
    ...{ service: service.id, line: subscriberId, bill: null },
    ...{ period: toInstants(period), currency: telephony.currency },
    ...{ billed: { calls: null, total }, now, difference: addMoney(now.total, negateMoney(total)) },
    ...{ late: [], missing: [], changed: [], unread },
  };
}
