import { CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { Session } from './access.js';
import type { Stored } from './columns.js';

/** What happens to a row whose key exists. */
export type OnConflict =
  | { readonly do: 'fail' }
  | { readonly do: 'update'; readonly key: readonly string[] }
  | { readonly do: 'nothing'; readonly key: readonly string[] };

/** Rows per statement: few sizes, so that few statements are prepared; the largest has fewer than 32,766 values. */
const SIZES = [128, 32, 8, 2, 1] as const;

/**
 * Inserts any number of rows by multi-row statements. Returns the values of `returning` of the inserted rows.
 *
 * The query builder would visit every value of every row; here it builds the text of each shape once, and only the
 * values change.
 */
export async function insertRows(
  session: Session,
  target: { readonly table: string; readonly columns: readonly string[]; readonly returning?: string },
  rows: readonly (readonly Stored[])[],
  conflict: OnConflict = { do: 'fail' },
): Promise<unknown[]> {
  const returned: unknown[] = [];
  let at = 0;
  for (const size of SIZES) {
    while (rows.length - at >= size) {
      const values: Stored[] = [];
      for (const end = at + size; at < end; at += 1) for (const value of rows[at] ?? []) values.push(value);
      const query = CompiledQuery.raw(toText(session, target, size, conflict), values);
      const result = await session.db.executeQuery<Record<string, unknown>>(query);
      if (target.returning !== undefined) for (const row of result.rows) returned.push(row[target.returning]);
    }
  }
  return returned;
}

function toText(
  session: Session,
  target: { readonly table: string; readonly columns: readonly string[]; readonly returning?: string },
  size: number,
  conflict: OnConflict,
): string {
  const shape = `${target.table} ${conflict.do} ${size} ${target.returning ?? ''}`;
  const known = session.texts.get(shape);
  if (known !== undefined) return known;
  const row = sql`(${sql.join(target.columns.map(() => sql.val('')))})`;
  const rows = sql.join(Array.from({ length: size }, () => row));
  const returning = target.returning === undefined ? sql`` : sql` returning ${sql.ref(target.returning)}`;
  const text = sql`insert into ${sql.table(target.table)} (${names(target.columns)}) values ${rows}${clause(
    target.columns,
    conflict,
  )}${returning}`.compile(session.db).sql;
  session.texts.set(shape, text);
  return text;
}

function names(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}

function clause(columns: readonly string[], conflict: OnConflict): RawBuilder<unknown> {
  if (conflict.do === 'fail') return sql``;
  if (conflict.do === 'nothing') return sql` on conflict (${names(conflict.key)}) do nothing`;
  const changes = columns
    .filter((column) => !conflict.key.includes(column))
    .map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`);
  return sql` on conflict (${names(conflict.key)}) do update set ${sql.join(changes)}`;
}

/** Returns the last record of each key: one statement may not change a row twice. */
export function lastOfEach<T>(records: readonly T[], getKey: (record: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const record of records) byKey.set(getKey(record), record);
  return byKey.size === records.length ? [...records] : [...byKey.values()];
}
