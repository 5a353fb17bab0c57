import path from 'node:path';
import { suggestion } from '@sluice/engine/words';
import { printable } from '@sluice/panel-http/printable';
import { usageError } from '@sluice/panel-kind/errors';
import { type Column, compareValues, printRows, SHARE } from '../terminal/columns.js';
import { formatCount } from '../terminal/words.js';
import type { Terminal } from '../terminal/terminal.js';
import { spreadsheetText, toCsv } from '../terminal/files/csv.js';
import { replaceFile } from '../terminal/files/new-file.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import type { Config } from '@sluice/config-file';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { type Opened, withSluice } from '../open-sluice.js';

/** A list of rows: the one declaration from which output, sorting, filters and CSV derive. */
export interface List<Row> {
  /** Key of the rows in the document. */
  key: string;
  columns: readonly Column<Row>[];
  /** What is printed without rows. */
  empty: string;
  /** Rows keep the order of the engine; by default they are in natural order of the first column. */
  keepsOrder?: boolean;
  /** As of `OpenOptions`. */
  needsStateOnly?: boolean;
  /** What `--status` may name. */
  statuses?: readonly string[] | undefined;
  /** What `--status` is where it is not named; default: all. */
  status?: string;
  /** Sorts rows by a column, with `-` before its name the other way round, where another surface has that order too; null by others. */
  sort?: (rows: readonly Row[], by: string) => Row[] | null;
  /** Returns a row as the document has it; default: the row. */
  document?: (row: Row) => unknown;
}

/** Options of every list. */
export interface ListOptions extends GlobalOptions {
  sort?: string;
  columns?: string;
  csv?: string;
  panel?: string;
  product?: string;
  client?: string;
  status?: string;
  over?: string;
  /** Of the lists that find rows by texts; these load only what is found. */
  search?: string;
}

const FILTERS = ['panel', 'product', 'client', 'status'] as const;

interface Selection<Row> {
  /** Null where no option names columns. */
  columns: readonly Column<Row>[] | null;
  sort: { column: Column<Row>; sign: 1 | -1 } | null;
  matches: (row: Row) => boolean;
}

/** Rows of a list, or these with what its document has beside them. */
type Loaded<Row, Also> = readonly Row[] | { rows: readonly Row[]; also: Also };

/** The handler of a list, with the names of its columns for completion. */
export type ListHandler<Options extends ListOptions = ListOptions> = CommandHandler<Options> & {
  columnNames: readonly string[];
};

/** Returns the handler of a list; `after` prints what follows it, and returns the exit code. */
export function listCommand<Row, Options extends ListOptions = ListOptions, Also extends object = object>(
  list: List<Row>,
  load: (opened: Opened, args: string[], options: Options, deps: Deps) => Promise<Loaded<Row, Also>>,
  after?: (opened: Opened, rows: readonly Row[], options: Options, also: Also | null) => number | Promise<number>,
): ListHandler<Options> {
  const handler: CommandHandler<Options> = (args, asked, deps) => {
    const { status } = list;
    const options = status === undefined || asked.status !== undefined ? asked : { ...asked, status };
    const selection = toSelection(list, options);
    return withSluice(deps, { ...options, needsStateOnly: list.needsStateOnly }, async (opened) => {
      const { terminal } = opened;
      const loaded = await load(opened, args, options, deps);
      const [all, also] = 'rows' in loaded ? [loaded.rows, loaded.also] : [loaded, null];
      refuseUnknownNames(list, all, options, opened.config);
      const rows = all.filter(selection.matches);
      const sorted = sortRows(list, rows, selection);
      const shown = selection.sort === null ? rows : sorted;
      terminal.document({ [list.key]: list.document ? shown.map(list.document) : shown, ...also });
      if (options.csv !== undefined) await writeCsv(list, sorted, selection, { file: options.csv, deps, terminal });
      else if (sorted.length === 0) terminal.line(isFiltered(asked) ? sayNothing(asked) : list.empty);
      else printRows(terminal, selection.columns ?? list.columns, sorted, { all: selection.columns !== null });
      return (await after?.(opened, sorted, options, also)) ?? ExitCode.done;
    });
  };
  return Object.assign(handler, { columnNames: list.columns.map(({ name }) => name) });
}

function sayNothing({ search }: ListOptions): string {
  return search === undefined ? 'Nothing matches these filters.' : `Nothing was found for "${printable(search)}".`;
}

function isFiltered(options: ListOptions): boolean {
  return (
    options.over !== undefined || options.search !== undefined || FILTERS.some((name) => options[name] !== undefined)
  );
}

function findColumn<Row>({ columns }: List<Row>, name: string, option: string): Column<Row> {
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  const known = columns.map((column) => column.name).join(', ');
  throw usageError('bad_option', `${option}: "${name}" is not a column of this list. The columns are ${known}`);
}

/** Reads the options, before anything is called. */
function toSelection<Row>(list: List<Row>, options: ListOptions): Selection<Row> {
  const { columns, sort } = options;
  if (options.csv !== undefined && options.json === true)
    throw usageError('bad_option', 'Use either --csv or --json, not both');
  refuseUnknownStatus(list, options);
  const [, minus = '', name = '', order = ''] = /^(-?)(.*?)(:asc|:desc)?$/s.exec(sort ?? '') ?? [];
  return {
    columns: columns === undefined ? null : splitWords(columns).map((word) => findColumn(list, word, '--columns')),
    sort:
      sort === undefined
        ? null
        : { column: findColumn(list, name, '--sort'), sign: (minus === '-') !== (order === ':desc') ? -1 : 1 },
    matches: toFilter(list, options),
  };
}

function refuseUnknownStatus<Row>({ statuses }: List<Row>, { status }: ListOptions): void {
  if (statuses === undefined || status === undefined) return;
  const unknown = splitWords(status).find((word) => !statuses.includes(word));
  if (unknown !== undefined)
    throw usageError('bad_option', `--status: this list has no "${unknown}"${suggestion(unknown, [...statuses])}`);
}

/**
 * Refuses a panel or product that neither the config nor a row has.
 *
 * @throws SluiceError `bad_option`
 */
export function refuseUnknownNames<Row>(
  { columns }: Pick<List<Row>, 'columns'>,
  rows: readonly Row[],
  options: ListOptions,
  config: Pick<Config, 'panels' | 'products'>,
): void {
  for (const key of ['panel', 'product'] as const) {
    const name = options[key];
    const known = Object.keys(config[`${key}s`]);
    const column = columns.find((item) => item.name === key);
    if (name === undefined || known.includes(name) || rows.some((row) => column?.value(row) === name)) continue;
    throw usageError('bad_option', `--${key}: there is no ${key} "${name}" in the config${suggestion(name, known)}`);
  }
}

function splitWords(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}

/** Options whose column the list lacks are the command's own. */
function toFilter<Row>({ columns }: List<Row>, options: ListOptions): (row: Row) => boolean {
  const tests = FILTERS.flatMap((name) => {
    const column = columns.find((item) => item.name === name);
    const wanted = options[name];
    if (column === undefined || wanted === undefined) return [];
    const words = name === 'status' ? splitWords(wanted) : [wanted];
    const found = (row: Row): readonly string[] => [String(column.value(row) ?? ''), ...(column.aliases?.(row) ?? [])];
    return [(row: Row) => found(row).some((word) => words.includes(word))];
  });
  const share = columns.find(({ name }) => name === SHARE);
  if (options.over !== undefined && share !== undefined) {
    const least = parsePercent(options.over);
    tests.push((row) => Number(share.value(row) ?? -1) >= least);
  }
  return (row) => tests.every((test) => test(row));
}

function parsePercent(text: string): number {
  const [, figure] = /^(\d+(?:\.\d+)?)\s*%?$/.exec(text.trim()) ?? [];
  if (figure === undefined) throw usageError('bad_option', `--over: "${text}" is not a percentage, such as 80%`);
  return Number(figure) / 100;
}

/** Sorts by the first column that all rows have. */
function sortRows<Row>({ columns, keepsOrder, sort: own }: List<Row>, rows: Row[], { sort }: Selection<Row>): Row[] {
  const sorted = sort === null ? null : own?.(rows, `${sort.sign < 0 ? '-' : ''}${sort.column.name}`);
  if (sorted) return sorted;
  const first = columns.find(({ isSparse }) => isSparse !== true);
  const column = sort?.column ?? (keepsOrder === true ? undefined : first);
  if (column === undefined) return rows;
  const ties = keepsOrder === true ? undefined : first;
  return [...rows].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    const known = x !== null && y !== null;
    const { compare } = column;
    const order = known && compare ? compare(String(x), String(y)) : compareValues(x, y);
    if (order === 0) return ties === undefined ? 0 : compareValues(ties.value(a), ties.value(b));
    return known ? order * (sort?.sign ?? 1) : order;
  });
}

async function writeCsv<Row>(
  list: List<Row>,
  rows: readonly Row[],
  { columns }: Selection<Row>,
  { file, deps, terminal }: { file: string; deps: Deps; terminal: Terminal },
): Promise<void> {
  const chosen = columns ?? list.columns.filter(({ name }) => name !== 'bar');
  // People open it in a spreadsheet: control characters would act there, or in the terminal that shows the file.
  const cell = (text: string): string => spreadsheetText(printable(text));
  const csv = await toCsv(
    rows.map((row) => Object.fromEntries(chosen.map(({ name, value }) => [name, value(row)]))),
    chosen.map(({ name }) => name),
    cell,
  );
  if (file === '-') {
    deps.stdout.write(csv);
    return;
  }
  const target = path.resolve(deps.cwd, file);
  replaceFile(target, csv);
  terminal.info(`${target}: ${formatCount(rows.length, 'row')}`);
}
