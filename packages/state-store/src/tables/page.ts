import { type RawBuilder, sql } from 'kysely';
import type { Page, PageCursor } from '../store.js';

/**
 * Condition for rows after a position in a list ordered by `column`, then by `seq`. One comparison, so that an index is
 * used.
 */
export function behind(column: string, after: PageCursor): RawBuilder<boolean> {
  return sql<boolean>`(${sql.ref(column)}, "seq") > (${after.at}, ${after.seq})`;
}

/** Returns these rows as a page; it is the last if it has fewer rows than requested. */
export function toPage<Row extends { seq: number }, Rec>(
  rows: Row[],
  limit: number,
  getAt: (row: Row) => string,
  decode: (row: Row) => Rec,
): Page<Rec> {
  const last = rows.length < limit ? undefined : rows.at(-1);
  return { records: rows.map(decode), next: last === undefined ? null : { at: getAt(last), seq: last.seq } };
}
