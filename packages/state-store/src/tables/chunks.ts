import { type RawBuilder, sql } from 'kysely';
import type { Stored } from './columns.js';

/** Ids per query. */
const IN_LIST = 500;

/**
 * Queries a list of any length in parts and joins the results. The list is sorted and without duplicates, so
 * that results in its order stay ordered.
 */
export async function inChunks<T>(
  ids: readonly string[],
  ask: (chunk: readonly string[]) => Promise<T[]>,
): Promise<T[]> {
  const sorted = [...new Set(ids)].sort();
  if (sorted.length <= IN_LIST) return sorted.length === 0 ? [] : ask(sorted);
  const answers: T[][] = [];
  for (let at = 0; at < sorted.length; at += IN_LIST) answers.push(await ask(sorted.slice(at, at + IN_LIST)));
  return answers.flat();
}

/** Passes a list as one value, so that the statement has the same text for any length and is prepared once. */
export function listed(values: readonly Stored[]): RawBuilder<string> {
  return sql`(select value from json_each(${JSON.stringify(values)}))`;
}

/** The same for an optional list: without it, one query. */
export async function inChunksOrAll<T>(
  ids: readonly string[] | undefined,
  ask: (chunk: readonly string[] | undefined) => Promise<T[]>,
): Promise<T[]> {
  return ids === undefined ? ask(undefined) : inChunks(ids, ask);
}

/** Sorts rows of several chunks by a key, then by `seq`. */
export function inOrder<Row extends { seq: number }>(rows: Row[], getKey: (row: Row) => string): Row[] {
  const keyed = rows.map((row) => ({ row, key: getKey(row) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.row.seq - b.row.seq));
  return keyed.map(({ row }) => row);
}
