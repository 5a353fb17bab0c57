import { CompiledQuery, type QueryResult, type RawBuilder, sql } from 'kysely';
import type { InsertTarget, Session } from './access.js';
import type { Stored } from './columns.js';
import { AMONG_NUMBERS, AMONG_TEXTS } from './dialect.js';

/** A statement or a part of one: its texts, and the values between them. */
export interface Statement {
  readonly texts: readonly string[];
  readonly values: readonly Stored[];
}

const isPart = (value: Stored | Statement): value is Statement => typeof value === 'object' && value !== null;

/** Returns a statement of a template, in which statements and values may stand. */
export function statement(texts: readonly string[], ...parts: readonly (Stored | Statement)[]): Statement {
  const all = [texts[0] ?? ''];
  const values: Stored[] = [];
  for (const [index, part] of parts.entries()) {
    const after = texts[index + 1] ?? '';
    if (isPart(part)) {
      const [first = '', ...rest] = part.texts;
      all.push(`${all.pop() ?? ''}${first}`, ...rest);
      all.push(`${all.pop() ?? ''}${after}`);
      values.push(...part.values);
    } else {
      all.push(after);
      values.push(part);
    }
  }
  return { texts: all, values };
}

/** Returns a part without values, such as a name. */
export function text(words: string): Statement {
  return { texts: [words], values: [] };
}

/** Returns a name as statements have it. */
export function name(word: string): Statement {
  return text(quoted(word));
}

/** Lists of columns, which are the same objects for each query of a table. */
const listed = new WeakMap<readonly string[], Statement>();

/** Returns names as statements have them. */
export function names(words: readonly string[]): Statement {
  const known = listed.get(words);
  if (known !== undefined) return known;
  const list = text(words.map(quoted).join(', '));
  listed.set(words, list);
  return list;
}

function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

/** Joins statements. */
export function joined(parts: readonly Statement[], separator: string): Statement {
  const [first = text(''), ...rest] = parts;
  const between = ['', separator, ''];
  return rest.reduce((all, part) => statement(between, all, part), first);
}

const TEXTS = AMONG_TEXTS.split('?');
const NUMBERS = AMONG_NUMBERS.split('?');

/** Returns the condition that a column has one of these values. They are one value, so that the text is the same for any length. */
export function isAmong(column: string, values: readonly Stored[]): Statement {
  // Nothing says of what type an empty list is.
  if (values.length === 0) return text('1 = 0');
  const list = { texts: typeof values[0] === 'number' ? NUMBERS : TEXTS, values: [JSON.stringify(values)] };
  return statement`${name(column)}${list}`;
}

/**
 * Returns the condition that a column has one of a few known values, such as states: each is a value of its own, so that the database
 * knows how many rows have it.
 */
export function isOneOf(column: string, values: readonly Stored[]): Statement {
  if (values.length === 0) return text('1 = 0');
  const list = values.map((value) => statement`${value}`);
  return statement`${name(column)} in (${joined(list, ', ')})`;
}

/** Runs a statement. The query builder makes the text of each once: making it costs more than most queries. */
export function execute<Row>(
  { db, texts, words }: Pick<Session, 'db' | 'texts' | 'words'>,
  { texts: parts, values }: Statement,
): Promise<QueryResult<Row>> {
  const shape = parts.join('?');
  let known = texts.get(shape);
  if (known === undefined) {
    known = words.toText(parts);
    texts.set(shape, known);
  }
  return db.executeQuery<Row>(CompiledQuery.raw(known, [...values]));
}

/** What happens to a row whose key exists. */
export type OnConflict =
  | { readonly do: 'fail' }
  /** `same`: a column in which the rows must agree; one that differs stays as it is. */
  | { readonly do: 'update'; readonly key: readonly string[]; readonly same?: string }
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
  target: InsertTarget,
  rows: readonly (readonly Stored[])[],
  conflict: OnConflict = { do: 'fail' },
): Promise<unknown[]> {
  if (rows.length === 0) return [];
  const returned: unknown[] = [];
  const { insertAll } = session.words;
  if (insertAll !== undefined) {
    const { sql: text, parameters } = insertAll(target, rows, toClause(session, target, conflict));
    const result = await session.db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, [...parameters]));
    return target.returning === undefined ? [] : result.rows.map((row) => row[target.returning ?? '']);
  }
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

function toText(session: Session, target: InsertTarget, size: number, conflict: OnConflict): string {
  const shape = `${target.table} ${conflict.do} ${size} ${target.returning ?? ''}`;
  const known = session.texts.get(shape);
  if (known !== undefined) return known;
  const row = sql`(${sql.join(target.columns.map(() => sql.val('')))})`;
  const rows = sql.join(Array.from({ length: size }, () => row));
  const text = sql`insert into ${sql.table(target.table)} (${columnNames(target.columns)}) values ${rows}${clause(
    target,
    conflict,
  )}`.compile(session.db).sql;
  session.texts.set(shape, text);
  return text;
}

/** The end of a statement that inserts rows. */
function toClause(session: Session, target: InsertTarget, conflict: OnConflict): string {
  const shape = `${target.table} ${conflict.do} ${target.returning ?? ''}`;
  const known = session.texts.get(shape) ?? clause(target, conflict).compile(session.db).sql;
  session.texts.set(shape, known);
  return known;
}

function columnNames(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}

function clause(target: InsertTarget, conflict: OnConflict): RawBuilder<unknown> {
  const { returning } = target;
  const returned = returning === undefined ? sql`` : sql` returning ${sql.ref(returning)}`;
  return sql`${onConflict(target, conflict)}${returned}`;
}

function onConflict({ table, columns }: InsertTarget, conflict: OnConflict): RawBuilder<unknown> {
  if (conflict.do === 'fail') return sql``;
  if (conflict.do === 'nothing') return sql` on conflict (${columnNames(conflict.key)}) do nothing`;
  const changes = columns
    .filter((column) => !conflict.key.includes(column))
    .map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`);
  const { same } = conflict;
  const condition = same === undefined ? sql`` : sql` where ${sql.ref(`${table}.${same}`)} = excluded.${sql.ref(same)}`;
  return sql` on conflict (${columnNames(conflict.key)}) do update set ${sql.join(changes)}${condition}`;
}

/** Returns the last record of each key: one statement may not change a row twice. */
export function lastOfEach<T>(records: readonly T[], getKey: (record: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const record of records) byKey.set(getKey(record), record);
  return byKey.size === records.length ? [...records] : [...byKey.values()];
}
