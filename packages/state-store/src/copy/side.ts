import type { LeaseRecord } from '../records.js';
import { type CopiedTable, HISTORY, type Row } from './copied-tables.js';
import { MARK_VERSION, type StoreMark } from './move-mark.js';

/** Rows of a page at most. */
export const PAGE_ROWS = 1000;
/** A page ends when it has so many characters and bytes. */
export const PAGE_BYTES = 2_000_000;

/** One of the two stores of a copy, over a connection of its own. Not for two callers at once. */
export interface Side {
  /** Path or address, without secrets. */
  readonly shown: string;
  /** Whether texts can contain the character NUL. */
  readonly holdsNul: boolean;
  /** Runs work in one transaction; no other process writes meanwhile. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Schema version; 0 without tables. */
  version(): Promise<number>;
  /** Refuses a place in which its user may not make the tables. */
  refuseWithoutRight(): Promise<void>;
  mark(): Promise<StoreMark | null>;
  /** Replaces the mark; null removes it. */
  setMark(mark: StoreMark | null): Promise<void>;
  leases(): Promise<LeaseRecord[]>;
  /** Raises the fence numbers, so that none that another store has issued meanwhile is issued again. */
  raiseFences(): Promise<void>;
  count(table: CopiedTable): Promise<number>;
  /** Returns the first rows behind a key; fewer than there are, but none only at the end. */
  read(table: CopiedTable, after: Row | null): Promise<Row[]>;
  /** Returns the key of the last row; null without rows. */
  last(table: CopiedTable): Promise<Row | null>;
  /** Returns a row whose text in one of these columns has the character NUL, also escaped, and is wanted. */
  findText(
    table: CopiedTable,
    columns: readonly string[],
    isWanted: (text: string) => boolean,
  ): Promise<{ row: Row; column: string } | null>;
  insert(table: CopiedTable, rows: readonly Row[]): Promise<void>;
  clear(table: CopiedTable): Promise<void>;
  /** Lets the database number the next rows behind those of the table. */
  continueNumbers(table: CopiedTable): Promise<void>;
  close(): Promise<void>;
}

/** Returns a name in double quotes, for SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Returns the size of a row, about in bytes. */
export function toSize(row: Row): number {
  return row.reduce<number>(
    (sum, value) => sum + (typeof value === 'object' || typeof value === 'string' ? (value?.length ?? 0) : 8),
    0,
  );
}

/** Returns the names of a table's columns, for SQL. */
export function names({ columns }: CopiedTable): string {
  return columns.map(({ name }) => quoted(name)).join(', ');
}

/** Returns the names of the columns of a table's key, for SQL. */
export function keyNames({ key, columns }: CopiedTable): string[] {
  return key.map((position) => quoted(columns[position]?.name ?? ''));
}

/** Returns a table with the beginning of a condition: without the row of a mark. */
export function fromTable({ name }: Pick<CopiedTable, 'name'>): string {
  return `${quoted(name)} where ${name === HISTORY ? `version < ${MARK_VERSION}` : 'true'}`;
}
