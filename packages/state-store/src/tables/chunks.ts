import { type RawBuilder, sql } from 'kysely';

/** So many ids go into one question: each stays short. */
const IN_LIST = 500;

/**
 * Asks for each part of a list of any length and joins the answers. The list is sorted and freed of repetitions, so
 * that answers ordered by it stay ordered.
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

/** A list as one value: the text of a statement is the same for a list of any length, and is put together and prepared once. */
export function listed(values: readonly string[]): RawBuilder<string> {
  return sql`(select value from json_each(${JSON.stringify(values)}))`;
}

/** The same for a list that may be absent: then one question without it. */
export async function inChunksOrAll<T>(
  ids: readonly string[] | undefined,
  ask: (chunk: readonly string[] | null) => Promise<T[]>,
): Promise<T[]> {
  return ids === undefined ? ask(null) : inChunks(ids, ask);
}

/** Rows of several chunks in the order of their time, or what else is told, and where that is the same, as they came. */
export function inOrder<Row extends { seq: number }>(rows: Row[], keyOf: (row: Row) => string): Row[] {
  const keyed = rows.map((row) => ({ row, key: keyOf(row) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.row.seq - b.row.seq));
  return keyed.map(({ row }) => row);
}
