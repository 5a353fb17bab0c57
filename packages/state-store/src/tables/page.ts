import { type RawBuilder, sql } from 'kysely';
import type { Page, PageCursor } from '../store.js';

/** Behind a place in a list that is ordered by `column`, then by `seq`. Both together, so that an index serves it. */
export function behind(column: string, after: PageCursor): RawBuilder<boolean> {
  return sql<boolean>`(${sql.ref(column)}, "seq") > (${after.at}, ${after.seq})`;
}

/** The page that these rows make; fewer than were asked for are the last. */
export function toPage<Row extends { seq: number }, Rec>(
  rows: Row[],
  limit: number,
  atOf: (row: Row) => string,
  decode: (row: Row) => Rec,
): Page<Rec> {
  const last = rows.length < limit ? undefined : rows.at(-1);
  return { records: rows.map(decode), next: last === undefined ? null : { at: atOf(last), seq: last.seq } };
}
