import { type OperationNode, type RawBuilder, sql } from 'kysely';
import type { Words } from './access.js';
import type { Stored } from './columns.js';

/** What SQLite and PostgreSQL have no common words for. All other queries have one text for both. */

/** A node that another compiler than that of SQLite replaces. */
export interface TwofoldNode extends OperationNode {
  readonly postgres?: OperationNode;
}

/** Returns an expression that each database's compiler states in its own words. */
function either<T>(sqlite: RawBuilder<T>, postgres: RawBuilder<T>): RawBuilder<T> {
  const node: TwofoldNode = { ...sqlite.toOperationNode(), postgres: postgres.toOperationNode() };
  return sql<T>`${{ toOperationNode: () => node }}`;
}

/** One of a list that is one value, so that the statement has the same text for any length and is prepared once. */
export const AMONG_TEXTS = ' in (select value from json_each(?))';
/** The same of whole numbers. */
export const AMONG_NUMBERS = ' in (select cast(value as integer) from json_each(?))';

/** How SQLite states what tables ask for: in the words that they are written in. */
export const SQLITE_WORDS: Words = { toText: (parts) => parts.join('?'), now: '' };

/** The words of PostgreSQL for these. */
export const POSTGRES_WORDS: readonly (readonly [sqlite: string, postgres: string])[] = [
  [AMONG_TEXTS, ' = any(array(select json_array_elements_text(?::json)))'],
  [AMONG_NUMBERS, ' = any(array(select json_array_elements_text(?::json)::bigint))'],
];

/** Whether a column has one of these texts or whole numbers. They are one value. */
export function isIn(column: string, values: readonly Stored[]): RawBuilder<boolean> {
  // Nothing says of what type an empty list is.
  if (values.length === 0) return sql<boolean>`1 = 0`;
  const [list, name] = [JSON.stringify(values), sql.ref(column)];
  return either(
    sql`${name} in (select value from json_each(${list}))`,
    typeof values[0] === 'number'
      ? sql`${name} = any(array(select json_array_elements_text(${list}::json)::bigint))`
      : sql`${name} = any(array(select json_array_elements_text(${list}::json)))`,
  );
}

/** Passes a list of pairs as one value. */
export function listedPairs(pairs: readonly (readonly [string, string])[]): RawBuilder<unknown> {
  const list = JSON.stringify(pairs);
  return either(
    sql`(select json_extract("value", '$[0]'), json_extract("value", '$[1]') from json_each(${list}))`,
    sql`(select "value" ->> 0, "value" ->> 1 from json_array_elements(${list}::json) as "each"("value"))`,
  );
}

/** The rows of such a list, with the columns `first` and `second`. */
export function rowsOfPairs(pairs: readonly (readonly [string, string | number])[]): RawBuilder<unknown> {
  const list = JSON.stringify(pairs);
  const second = typeof pairs[0]?.[1] === 'number' ? sql`::bigint` : sql``;
  return either(
    sql`(select json_extract("value", '$[0]') as "first", json_extract("value", '$[1]') as "second" from json_each(${list}))`,
    sql`(select "value" ->> 0 as "first", ("value" ->> 1)${second} as "second"
      from json_array_elements(${list}::json) as "each"("value"))`,
  );
}

/** The texts of a JSON list as rows with `value`, and `key` by which they are in order. */
export function rowsOfList(list: RawBuilder<unknown>, alias: string): RawBuilder<unknown> {
  const name = sql.ref(alias);
  return either(
    sql`json_each(${list}) as ${name}`,
    sql`json_array_elements_text((${list})::json) with ordinality as ${name}("value", "key")`,
  );
}

/** The members of a JSON object as rows with `key` and `value`; the value is text. */
export function rowsOfTexts(object: RawBuilder<unknown>, alias: string): RawBuilder<unknown> {
  const name = sql.ref(alias);
  return either(sql`json_each(${object}) as ${name}`, sql`json_each_text((${object})::json) as ${name}`);
}

/** The members of a JSON object as rows with `key` and `value`; the value is JSON. */
export function rowsOfMembers(object: RawBuilder<unknown>, alias: string): RawBuilder<unknown> {
  const name = sql.ref(alias);
  return either(sql`json_each(${object}) as ${name}`, sql`json_each((${object})::json) as ${name}`);
}

/** Where a member of JSON is: the names on the way to it. */
export type MemberPath = readonly [string, ...string[]];

const toSqlitePath = (path: MemberPath): string => `$.${path.join('.')}`;
const toPostgresPath = (path: MemberPath): string => `{${path.join(',')}}`;

/** A member of JSON as text; null where it is null or absent. */
export function textMember(json: RawBuilder<unknown>, path: MemberPath): RawBuilder<string | null> {
  return either(
    sql`(${json} ->> ${sql.lit(toSqlitePath(path))})`,
    sql`((${json})::json #>> ${sql.lit(toPostgresPath(path))})`,
  );
}

/** A whole number in JSON; null where it is null or absent. */
export function numberMember(json: RawBuilder<unknown>, path: MemberPath): RawBuilder<number | null> {
  return either(
    sql`(${json} ->> ${sql.lit(toSqlitePath(path))})`,
    sql`((${json})::json #>> ${sql.lit(toPostgresPath(path))})::bigint`,
  );
}

/** A member of JSON as JSON; null where it is absent. */
export function jsonMember(json: RawBuilder<unknown>, path: MemberPath): RawBuilder<string | null> {
  return either(
    sql`(${json} -> ${sql.lit(toSqlitePath(path))})`,
    sql`((${json})::json #> ${sql.lit(toPostgresPath(path))})::text`,
  );
}

/** The number of values in a list of JSON; 0 or null where there is none. */
export function lengthOfMember(json: RawBuilder<unknown>, path: MemberPath): RawBuilder<number | null> {
  const member = sql`((${json})::json #> ${sql.lit(toPostgresPath(path))})`;
  return either(
    sql`json_array_length(${json}, ${sql.lit(toSqlitePath(path))})`,
    sql`case when json_typeof(${member}) = 'array' then json_array_length(${member}) end`,
  );
}

/** JSON with another text as a member that it has; the order of its members stays. */
export function withMember(column: string, path: MemberPath, value: string | null): RawBuilder<string> {
  return either(
    sql`json_set(${sql.ref(column)}, ${sql.lit(toSqlitePath(path))}, ${value})`,
    sql`${replacedMember(sql`${sql.ref(column)}::json`, path, value)}::text`,
  );
}

/** PostgreSQL can set members only in `jsonb`, which orders them by its own rule. */
function replacedMember(json: RawBuilder<unknown>, path: MemberPath, value: string | null): RawBuilder<unknown> {
  const [first, second, ...rest] = path;
  const name = `m${path.length}`;
  const [key, old] = [sql.ref(`${name}.key`), sql.ref(`${name}.value`)];
  const changed = second === undefined ? sql`to_json(${value}::text)` : replacedMember(old, [second, ...rest], value);
  return sql`(select json_object_agg(${key}, case when ${key} = ${sql.lit(first)} then ${changed} else ${old} end)
    from json_each(${json}) as ${sql.ref(name)})`;
}

/** A list of values as text in JSON. */
export function textOfList(values: readonly RawBuilder<unknown>[]): RawBuilder<string> {
  return either(sql`json_array(${sql.join(values)})`, sql`json_build_array(${sql.join(values)})::text`);
}

/** The texts of all rows with commas between them, without those that are null; null for none. */
export function joinedTexts(text: RawBuilder<unknown>): RawBuilder<string | null> {
  return either(sql`group_concat(${text}, ',')`, sql`string_agg(${text}, ',')`);
}

/** A list in JSON of objects with these columns of the rows. */
export function listInJson(columns: readonly string[]): RawBuilder<string> {
  const members = sql.join(columns.flatMap((column) => [sql.lit(column), sql.ref(column)]));
  return either(
    sql`json_group_array(json_object(${members}))`,
    sql`coalesce(json_agg(json_build_object(${members})), '[]')::text`,
  );
}

/** An instant of a column as milliseconds since 1970; null of null. */
export function toMilliseconds(instant: RawBuilder<unknown>): RawBuilder<number | null> {
  return either(
    sql`cast(round((julianday(${instant}) - 2440587.5) * 86400000) as integer)`,
    sql`cast(round(extract(epoch from cast(${instant} as timestamptz)) * 1000) as bigint)`,
  );
}

/** A row of a table, by two columns that are its key. */
export interface EdgeRow {
  table: string;
  alias: string;
  key: readonly [column: string, value: RawBuilder<unknown>];
  /** The other column of the key: the first or the last row by it is joined. */
  by: string;
  edge: 'first' | 'last';
  /** Which rows count, besides the key. */
  where: RawBuilder<unknown>;
}

/**
 * Joins the first or the last row of those that count; all is null where there is none. SQLite has no words for the query of PostgreSQL,
 * which would read the whole table for that of SQLite.
 */
export function joinEdge({ table, alias, key: [column, value], by, edge, where }: EdgeRow): RawBuilder<unknown> {
  const [rows, name, at, of] = [sql.table(table), sql.ref(alias), sql.ref(by), sql.ref(column)];
  const counts = sql`${of} = ${value} and ${where}`;
  return either(
    sql`left join ${rows} as ${name} on ${sql.ref(`${alias}.${column}`)} = ${value}
      and ${sql.ref(`${alias}.${by}`)} = (select ${edge === 'first' ? sql`min` : sql`max`}(${at}) from ${rows} where ${counts})`,
    sql`left join lateral (select * from ${rows} where ${counts} order by ${at} ${edge === 'first' ? sql`asc` : sql`desc`} limit 1) as ${name} on true`,
  );
}

/** The index by which SQLite reads a table; PostgreSQL chooses by itself. */
export function byIndex(name: string): RawBuilder<unknown> {
  return either(sql`indexed by ${sql.ref(name)}`, sql``);
}

/** Whether a column has this text in it, letter by letter. */
export function contains(column: string, text: string): RawBuilder<boolean> {
  const name = sql.ref(column);
  return either(sql`instr(${name}, ${text}) > 0`, sql`strpos(${name}, ${text}) > 0`);
}

/** The part of a text behind the first of a sign; the whole text where it has none. */
export function behind(column: string, sign: string): RawBuilder<string> {
  const name = sql.ref(column);
  return either(
    sql`substr(${name}, instr(${name}, ${sql.lit(sign)}) + 1)`,
    sql`substr(${name}, strpos(${name}, ${sql.lit(sign)}) + 1)`,
  );
}

/** The columns of all tables of the store. */
export const COLUMNS = either(
  sql`(select m."name" as "table", c."name" as "column" from sqlite_master as m join pragma_table_info(m."name") as c
    where m."type" = 'table')`,
  sql`(select "table_name" as "table", "column_name" as "column" from information_schema.columns
    where "table_schema" = current_schema())`,
);

/** No limit of rows, for statements that have one otherwise. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** The end of the definition of a table that has its rows in the order of their key. */
export const WITHOUT_ROWID = either(sql`without rowid`, sql``);
