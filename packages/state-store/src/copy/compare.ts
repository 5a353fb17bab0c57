import type { Hash } from 'node:crypto';
import { StoreError } from '../store-error.js';
import { type CopiedTable, describeRow, type Row, toKey } from './copied-tables.js';
import type { Side } from './side.js';

/** A table in both stores, which are equal in it. */
export interface ComparedTable {
  name: string;
  rows: number;
  /** SHA-256, in hex, of all its rows. */
  digest: string;
}

/** The first difference between two stores. */
export interface Difference {
  table: string;
  /** Names the row. */
  row: string;
  /** Where the row differs, or is missing. */
  what: string;
}

/** Reads rows of a table one after the other, page by page. */
class Rows {
  readonly #side: Side;
  readonly #table: CopiedTable;
  readonly #change: (row: Row) => Row;
  #page: Row[] = [];
  #at = 0;
  #last: Row | null = null;
  #isEnd = false;

  constructor(side: Side, table: CopiedTable, change: (row: Row) => Row) {
    this.#side = side;
    this.#table = table;
    this.#change = change;
  }

  async next(): Promise<Row | null> {
    if (this.#at >= this.#page.length && !this.#isEnd) {
      this.#page = await this.#side.read(this.#table, this.#last);
      this.#at = 0;
      const last = this.#page.at(-1);
      if (last === undefined) this.#isEnd = true;
      else this.#last = toKey(this.#table, last);
    }
    const row = this.#page[this.#at];
    this.#at += 1;
    return row === undefined ? null : this.#change(row);
  }
}

/** What is compared: the store that was copied, its copy, and what the copy has in place of a row. */
export interface Compared {
  from: Side;
  to: Side;
  change: (row: Row) => Row;
  onRows?: (rows: number) => Promise<void>;
}

/** Compares a table row by row; returns the first difference, or its rows and digest. */
export async function compareTable(
  table: CopiedTable,
  { from, to, change, onRows }: Compared,
): Promise<ComparedTable | Difference> {
  const [theirs, ours] = [new Rows(from, table, change), new Rows(to, table, (row) => row)];
  const digest: Hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  for (let rows = 0; ; rows += 1) {
    const [wanted, found] = [await theirs.next(), await ours.next()];
    if (wanted === null && found === null) {
      await onRows?.(rows);
      return { name: table.name, rows, digest: digest.digest('hex') };
    }
    const text = wanted === null ? null : toText(wanted);
    if (text === null || found === null || text !== toText(found)) return toDifference(table, wanted, found);
    digest.update(text).update('\n');
    if (rows % REPORTED === 0) await onRows?.(rows);
  }
}

/** Rows between two reports. */
const REPORTED = 1000;

function toText(row: Row): string {
  return JSON.stringify(
    row.map((value) => (typeof value === 'object' && value !== null ? [value.toString('base64')] : value)),
  );
}

function toDifference(table: CopiedTable, wanted: Row | null, found: Row | null): Difference {
  const row = describeRow(table, wanted ?? found ?? []);
  if (wanted === null) return { table: table.name, row, what: 'is only in the copy' };
  const isSame = found !== null && toText(toKey(table, wanted)) === toText(toKey(table, found));
  if (!isSame) return { table: table.name, row, what: 'is missing in the copy, or in another place' };
  const differing = table.columns.filter((_, at) => toText([wanted[at] ?? null]) !== toText([found[at] ?? null]));
  return { table: table.name, row, what: `differs in ${differing.map(({ name }) => name).join(', ')}` };
}

/** Returns the error for a copy that is not as the store that it is of. */
export function differs({ row, what }: Difference, shown: string): StoreError {
  return new StoreError(
    'copy_differs',
    `The copy ${shown} differs: ${row} ${what}. All rows are copied again when the copy is repeated.`,
  );
}
