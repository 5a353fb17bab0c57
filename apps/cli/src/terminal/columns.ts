import { compareMoney, formatBytes, formatShare, padMoney } from '@sluice/quota-core';
import type { LayoutColumn } from './layout.js';
import { allowedCell, type Cell, type Terminal } from './terminal.js';

/** What a column sorts by, and what CSV contains: bytes, ISO 8601, plain text. */
export type Value = string | number | null;

/** What a cell is written with. */
export interface ColumnInk extends Pick<Terminal, 'colors' | 'times'> {
  status: (status: string) => string;
  paint: (status: string, text: string) => string;
}

/** A column of a list; sorting, filters and CSV derive from it. */
export interface Column<Row> extends Omit<LayoutColumn, 'title'> {
  /** Name for `--columns` and `--sort`. */
  name: string;
  /** Default: the name. */
  title?: string;
  value: (row: Row) => Value;
  /** Further words by which a filter finds the row. */
  aliases?: (row: Row) => readonly string[];
  /** Left out of a table in which no row has a value. */
  isSparse?: boolean;
  /** Compares two known values; default: natural order. */
  compare?: (a: string, b: string) => number;
  /** What a terminal shows; default: the value. */
  cell?: (row: Row, ink: ColumnInk) => Cell;
}

// Made on demand, which is slow: most tables are sorted already.
let natural: Intl.Collator | null = null;

/** What a column may have besides its name and value. */
export type ColumnOptions<Row> = Partial<Omit<Column<Row>, 'name' | 'value'>>;

/** Returns a column of texts or numbers. */
export function text<Row>(name: string, value: (row: Row) => Value, more: ColumnOptions<Row> = {}): Column<Row> {
  return { name, value, ...more };
}

/** Returns the columns of what people call a service, and of its id, which finds it. */
export function serviceColumns<Row extends { name: string | null }>(
  id: (row: Row) => Value,
  least = 24,
): Column<Row>[] {
  return [text('name', ({ name }) => name, { isSparse: true, least: 12 }), text('service', id, { least })];
}

/** Returns the columns of the name and the id of a client. */
export function clientColumns<Row extends { client: string | null; clientName: string | null }>(
  more: ColumnOptions<Row>,
): Column<Row>[] {
  return [
    text('client name', ({ clientName }) => clientName, { ...more, isSparse: true }),
    text('client', ({ client }) => client, more),
  ];
}

/** Returns a column of sentences of ours or of a panel; instants in them are written as in columns of instants. */
export function sentence<Row extends object>(
  name: string,
  value: (row: Row) => string | null,
  more: ColumnOptions<Row> = {},
): Column<Row> {
  const cell = (row: Row, { times }: ColumnInk): Cell => {
    const found = value(row);
    return found === null ? null : times.text(found, findPanel(row));
  };
  return { name, value, cell, ...more };
}

/** Returns a column of states, in their colours. */
export function state<Row>(name: string, value: (row: Row) => string, more: ColumnOptions<Row> = {}): Column<Row> {
  return { name, value, cell: (row, terminal) => terminal.status(value(row)), ...more };
}

/** Returns a column of bytes. */
export function bytes<Row>(
  name: string,
  value: (row: Row) => number | null | undefined,
  more: ColumnOptions<Row> = {},
): Column<Row> {
  const known = (row: Row): number | null => value(row) ?? null;
  const cell = (row: Row): Cell => {
    const figure = known(row);
    return figure === null ? null : formatBytes(figure);
  };
  return { name, value: known, cell, align: 'right', ...more };
}

/** Returns a column of decimal amounts, with the decimals of the row's currency where it has one. */
export function money<Row>(
  name: string,
  value: (row: Row) => string | null,
  more: ColumnOptions<Row> = {},
): Column<Row> {
  const cell = (row: Row): Cell => {
    const amount = value(row);
    return amount === null ? null : padMoney(amount, findCurrency(row));
  };
  return { name, value, cell, compare: compareMoney, align: 'right', ...more };
}

/** Returns a column of instants. */
export function time<Row extends object>(
  name: string,
  value: (row: Row) => string | null | undefined,
  more: ColumnOptions<Row> = {},
): Column<Row> {
  const known = (row: Row): string | null => value(row) ?? null;
  return { name, value: known, cell: (row, { times }) => times.at(known(row), findPanel(row)), whole: true, ...more };
}

/** Returns a column of the begins or ends of periods, as dates. */
export function bound<Row extends object>(
  name: string,
  value: (row: Row) => string | null | undefined,
  more: ColumnOptions<Row> = {},
): Column<Row> {
  return time(name, value, { cell: (row, { times }) => times.bound(value(row), findPanel(row)), ...more });
}

/** Returns the panel whose time zone the times of a row have. */
function findPanel(row: unknown): string | null {
  return (row as { panel?: string | null }).panel ?? null;
}

function findCurrency(row: unknown): string | null {
  return (row as { currency?: string | null }).currency ?? null;
}

/** Returns the column of allowances. */
export function allowed<Row>(
  pick: (row: Row) => { unlimited: boolean; allowedBytes: number | null } | null | undefined,
  more: ColumnOptions<Row> = {},
): Column<Row> {
  const value = (row: Row): Value => (pick(row)?.unlimited === true ? 'unlimited' : (pick(row)?.allowedBytes ?? null));
  return { name: 'allowed', value, cell: (row) => allowedCell(pick(row)), align: 'right', ...more };
}

/** The name of the column that `--over` compares. */
export const SHARE = 'share';
const BAR = 10;

/** Returns the columns of the used share: a percentage and a bar. */
export function shares<Row>(
  used: (row: Row) => number | null,
  allowed: (row: Row) => number | null,
  more: ColumnOptions<Row> = {},
): Column<Row>[] {
  const value = (row: Row): number | null => {
    const [part, whole] = [used(row), allowed(row)];
    if (part === null || whole === null) return null;
    return whole === 0 ? 1 : part / whole;
  };
  const percent = (row: Row): Cell => formatShare(used(row), allowed(row));
  const bar = (row: Row, { colors }: ColumnInk): Cell => {
    const share = value(row);
    if (share === null) return '';
    const full = Math.min(BAR, Math.round(share * BAR));
    const paint = share >= 1 ? colors.red : share >= 0.8 ? colors.yellow : colors.green;
    return paint('█'.repeat(full)) + colors.dim('░'.repeat(BAR - full));
  };
  return [
    { name: SHARE, value, cell: percent, align: 'right', ...more },
    { name: 'bar', title: '', value, cell: bar, whole: true, priority: 3, ...more },
  ];
}

/** How rows are printed. */
export interface RowsOptions {
  /** Shows every column, whatever the width. */
  all?: boolean;
  /** Whether these rows are printed below others, without heads. */
  follow?: 'first' | 'next';
}

/** Prints rows in a table; extra columns only with room for them. */
export function printRows<Row>(
  terminal: Terminal,
  known: readonly Column<Row>[],
  rows: readonly Row[],
  { all = false, follow }: RowsOptions = {},
): void {
  const columns = known.filter(({ isSparse, value }) => isSparse !== true || rows.some((row) => value(row) !== null));
  const shown = columns.map(
    ({ name, title = name, align, priority, extra, whole, below, least, atLeast }): LayoutColumn => {
      const width = { align, whole, below, least, atLeast: follow === undefined ? undefined : atLeast };
      return all ? { title, ...width } : { title, ...width, priority, extra };
    },
  );
  const ink: ColumnInk = {
    colors: terminal.colors,
    times: terminal.times.among(rows.map(findPanel)),
    status: (status) => terminal.status(status),
    paint: (status, text) => terminal.paint(status, text),
  };
  const cells = rows.map((row) => columns.map(({ cell, value }) => (cell ? cell(row, ink) : toText(value(row)))));
  terminal.columns(shown, cells, follow !== 'next');
}

function toText(value: Value): string | null {
  return value === null ? null : String(value);
}

/** Compares ids and figures in natural order (`svc-2` before `svc-10`); unknown values come last. */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  natural ??= new Intl.Collator('en', { numeric: true });
  return natural.compare(String(a), String(b));
}
