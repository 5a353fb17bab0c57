import { StoreError } from '../store-error.js';
import { type Attempt, changeCopy } from './attempt.js';
import { compareTable, differs, type ComparedTable } from './compare.js';
import { type CopiedTable, describeRow, HISTORY, type Row, toKey } from './copied-tables.js';
import type { Side } from './side.js';
import { clearAll } from './target.js';

/** How far a copy is. */
export interface CopyProgress {
  /** `mark`: before the store is marked as moved, and before its copy may be used. */
  step: 'copy' | 'verify' | 'mark';
  /** Empty where it is about no table. */
  table: string;
  /** Rows of all tables so far, and in all. */
  rows: number;
  total: number;
}

/** The rows of a copy on their way. */
export interface Transfer extends Attempt {
  tables: readonly CopiedTable[];
  /** Returns what the copy has in the place of a row. */
  change: (table: CopiedTable, row: Row) => Row;
  /** Rows by table, as they were counted. */
  counts: ReadonlyMap<string, number>;
  onProgress: ((progress: CopyProgress) => void | Promise<void>) | undefined;
}

/** Counts the rows of all tables. */
export async function countRows(from: Side, tables: readonly CopiedTable[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const table of tables) counts.set(table.name, await from.count(table));
  return counts;
}

const NUL = '\0';
/** The same in JSON, which PostgreSQL refuses to read. */
const ESCAPED_NUL = /(?<!\\)((?:\\\\)*)\\u0000/g;

function hasNul(text: string): boolean {
  return text.includes(NUL) || text.search(ESCAPED_NUL) !== -1;
}

/** Returns what puts U+FFFD in the place of NUL in texts, where that is wanted; what names a row stays. */
export function toChange(tables: readonly CopiedTable[], isWanted: boolean): Transfer['change'] {
  if (!isWanted) return (_table, row) => row;
  const texts = new Map(
    tables.map((table) => [table, table.columns.map(({ isText }, at) => isText && !table.key.includes(at))]),
  );
  return (table, row) =>
    row.map((value, at) =>
      typeof value === 'string' && texts.get(table)?.[at] === true
        ? value.replaceAll(NUL, '\uFFFD').replaceAll(ESCAPED_NUL, '$1\\ufffd')
        : value,
    );
}

/** Refuses texts that PostgreSQL can't store; with `replaced` only those that name rows. */
export async function refuseNul(from: Side, tables: readonly CopiedTable[], replaced: boolean): Promise<void> {
  for (const table of tables) {
    const columns = table.columns.filter(({ isText }, at) => isText && (!replaced || table.key.includes(at)));
    const found = await from.findText(
      table,
      columns.map(({ name }) => name),
      hasNul,
    );
    if (found === null) continue;
    throw new StoreError(
      'copy_refused',
      `PostgreSQL can't store the character NUL, which ${found.column} of ${describeRow(table, found.row)} contains. Nothing was copied or marked.${replaced ? ' It names the row, so that it is not replaced: correct it.' : ''}`,
      { row: { table: table.name, id: JSON.stringify(toKey(table, found.row)) } },
    );
  }
}

/** Copies the rows that the target lacks, page by page, each in one transaction. */
export async function copyTables(transfer: Transfer): Promise<void> {
  const { from, to, tables, change, counts, onProgress } = transfer;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let rows = 0;
  for (const table of tables.filter(({ name }) => name !== HISTORY)) {
    let last = await to.last(table);
    if (last !== null) rows += await to.count(table);
    for (;;) {
      await onProgress?.({ step: 'copy', table: table.name, rows, total });
      const page = await from.read(table, last);
      const newest = page.at(-1);
      if (newest === undefined) break;
      await changeCopy(transfer, () =>
        to.insert(
          table,
          page.map((row) => change(table, row)),
        ),
      );
      last = toKey(table, newest);
      rows += page.length;
    }
  }
}

/**
 * Compares both stores row by row.
 *
 * @throws StoreError `copy_differs`; then all is copied again when the copy is repeated
 */
export async function verifyTables(transfer: Transfer): Promise<ComparedTable[]> {
  const { from, to, tables, change, counts, onProgress } = transfer;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const compared: ComparedTable[] = [];
  let before = 0;
  for (const table of tables) {
    const result = await compareTable(table, {
      from,
      to,
      change: (row) => change(table, row),
      onRows: async (rows) => onProgress?.({ step: 'verify', table: table.name, rows: before + rows, total }),
    });
    if ('what' in result) {
      await changeCopy(transfer, () => clearAll(to, tables));
      throw differs(result, to.shown);
    }
    before += result.rows;
    compared.push(result);
  }
  return compared;
}
