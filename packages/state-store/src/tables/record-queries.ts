import type { Page, PageRequest } from '../page.js';
import type { Session } from './access.js';
import type { Stored } from './columns.js';
import {
  insertRows,
  lastOfEach,
  execute,
  isAmong,
  joined,
  name,
  names,
  statement,
  type Statement,
  text,
} from './insert-rows.js';
import type { RecordTable } from './record-table.js';
import { toAgentSubject } from '@sluice/quota-core';
import { StoreError } from '../store-error.js';

/** A table without the literal type of its name. */
type Table<Rec, Row> = RecordTable<string, Rec, Row>;

/** Conditions by column: a value, null, or any of a list; an undefined one does not restrict. */
export type Where<Row> = { readonly [Name in keyof Row]?: Row[Name] | readonly Row[Name][] | undefined };

type Sortable<Row> = (keyof Row & string) | 'seq';

/** Which records are read. */
interface Selection<Row> {
  where?: Where<Row>;
  /** Conditions that `where` can't state. */
  and?: readonly (Statement | undefined)[];
  order?: readonly (Sortable<Row> | `${Sortable<Row>} desc`)[];
  limit?: number | undefined;
}

/** Reads records. */
export async function listRecords<Rec, Row>(
  session: Session,
  table: Table<Rec, Row>,
  selection: Selection<Row>,
): Promise<Rec[]> {
  // What all rows have is not read from each.
  const shared = Object.entries(selection.where ?? {}).filter(([, value]) => typeof value === 'string');
  const isShared = new Set(shared.map(([column]) => column));
  const columns = table.columns.filter((column) => !isShared.has(column));
  const rows = await select<Row, Partial<Row>>(session, table, columns, selection);
  const given = Object.fromEntries(shared) as Partial<Row>;
  return rows.map((row) => table.decode(row, given));
}

/** Reads rows with their numbers. */
export function listCounted<Rec, Row>(
  session: Session,
  table: Table<Rec, Row>,
  selection: Selection<Row>,
): Promise<(Row & { seq: number })[]> {
  return select(session, table, table.counted, selection);
}

/** Reads the record with these values; null if there is none. */
export async function findRecord<Rec, Row>(
  session: Session,
  table: Table<Rec, Row>,
  key: Partial<Row>,
): Promise<Rec | null> {
  const [record] = await listRecords(session, table, { where: key, limit: 1 });
  return record ?? null;
}

/** A part of a list that is ordered by the time in one column; `since` and `until` are inclusive. */
interface TimeFilter<Row> extends Omit<Selection<Row>, 'order'> {
  since?: string | undefined;
  until?: string | undefined;
  newestFirst?: boolean | undefined;
}

/** Reads records in the order of a column with a time. */
export function listByTime<Rec, Row>(
  session: Session,
  table: Table<Rec, Row>,
  time: keyof Row & string,
  { since, until, newestFirst = false, and = [], ...selection }: TimeFilter<Row>,
): Promise<Rec[]> {
  const range = [compare(time, '>=', since), compare(time, '<=', until)];
  const order = newestFirst ? ([`${time} desc`, 'seq desc'] as const) : ([time, 'seq'] as const);
  return listRecords(session, table, { ...selection, and: [...and, ...range], order });
}

/** Reads a page of records in the order of a column with a time; it is the last if it has fewer than requested. */
export async function pageByTime<Rec, Row>(
  session: Session,
  table: Table<Rec, Row>,
  time: keyof Row & string,
  request: PageRequest & { where?: Where<Row> },
): Promise<Page<Rec>> {
  const { limit } = request;
  const rows = await rowsByTime(session, table, time, request);
  const last = rows.length < limit ? undefined : rows.at(-1);
  return {
    records: rows.map((row) => table.decode(row)),
    next: last === undefined ? null : { at: last[time] as string, seq: last.seq },
  };
}

/** Reads the numbered rows of a page. */
export function rowsByTime<Rec, Row>(
  session: Session,
  table: Table<Rec, Row>,
  time: keyof Row & string,
  { since, after, where = {}, limit }: PageRequest & { where?: Where<Row> },
): Promise<(Row & { seq: number })[]> {
  // One comparison, so that an index is used.
  const behind = after ? statement`(${name(time)}, "seq") > (${after.at}, ${after.seq})` : undefined;
  const and = [compare(time, '>=', since), behind];
  return listCounted(session, table, { where, and, order: [time, 'seq'], limit });
}

/** Adds new records. */
export async function insertRecords<Rec, Row>(
  session: Session,
  table: Table<Rec, Row>,
  records: readonly Rec[],
): Promise<void> {
  await insertRows(
    session,
    table,
    records.map((record) => table.values(record)),
  );
}

/** Adds or replaces records by the columns of their key; the last one of each key counts. */
export async function putRecords<Rec, Row>(
  session: Session,
  table: Table<Rec, Row>,
  key: readonly string[],
  records: readonly Rec[],
): Promise<void> {
  const places = key.map((column) => (table.columns as readonly string[]).indexOf(column));
  const rows = records.map((record) => table.values(record));
  const last = lastOfEach(rows, (row) => places.map((place) => row[place]).join(' '));
  await insertRows(session, table, last, { do: 'update', key });
}

/** Adds a record unless a row has the same unique columns, among all rows or the open ones. Returns whether it was added. */
export async function addRecord<Rec, Row>(
  session: Session,
  table: Table<Rec, Row>,
  record: Rec,
  unique: { columns: readonly string[]; open?: boolean },
): Promise<boolean> {
  const open = text(unique.open === true ? ' where "until" is null' : '');
  const values = table.values(record).map((value) => statement`${value}`);
  const into = statement`insert into ${name(table.table)} (${names(table.columns)}) values (${joined(values, ', ')})`;
  const { numAffectedRows } = await execute(
    session,
    statement`${into} on conflict (${names(unique.columns)})${open} do nothing`,
  );
  return (numAffectedRows ?? 0n) > 0n;
}

/** Changes members of the record with that `id`. Fails with `store_not_found` if there is none. */
export async function updateRecord<Rec, Row>(
  session: Session,
  table: Table<Rec, Row>,
  id: string,
  change: NoInfer<Partial<Rec>>,
): Promise<void> {
  // Without the id the statement would be invalid when nothing changes.
  const values: Record<string, Stored> = { ...table.encodePart(id, change), id };
  const changes = Object.entries(values).map(([column, value]) => statement`${name(column)} = ${value}`);
  const update = statement`update ${name(table.table)} set ${joined(changes, ', ')} where "id" = ${id}`;
  const { numAffectedRows } = await execute(session, update);
  mustExist(table.table, id, numAffectedRows ?? 0n);
}

/** Deletes the rows with these values. Returns whether there were any. */
export async function deleteRecords<Rec, Row>(
  session: Session,
  table: Table<Rec, Row>,
  where: Partial<Row>,
): Promise<boolean> {
  const conditions = joined(toConditions(where), ' and ');
  const { numAffectedRows } = await execute(session, statement`delete from ${name(table.table)} where ${conditions}`);
  return (numAffectedRows ?? 0n) > 0n;
}

async function select<Row, Selected>(
  session: Session,
  { table }: { table: string },
  columns: readonly string[],
  { where, and = [], order = [], limit }: Selection<Row>,
): Promise<Selected[]> {
  const conditions = [...toConditions(where ?? {}), ...and.filter((condition) => condition !== undefined)];
  const parts = [statement`select ${names(columns)} from ${name(table)}`];
  if (conditions.length > 0) parts.push(statement`where ${joined(conditions, ' and ')}`);
  if (order.length > 0) parts.push(statement`order by ${joined(order.map(toOrder), ', ')}`);
  // A bound limit is prepared again for each value, which costs five times what it costs to read one row by its key.
  if (limit !== undefined) parts.push(limit === 1 ? text('limit 1') : statement`limit ${limit}`);
  return (await execute<Selected>(session, joined(parts, ' '))).rows;
}

function toOrder(by: string): Statement {
  const [column = '', direction] = by.split(' ');
  return direction === undefined ? name(column) : statement`${name(column)} desc`;
}

function toConditions(where: object): Statement[] {
  return Object.entries(where).flatMap(([column, value]: [string, Stored | readonly Stored[] | undefined]) => {
    if (value === undefined) return [];
    if (value === null) return [statement`${name(column)} is null`];
    if (typeof value === 'object') return [isAmong(column, value)];
    return [statement`${name(column)} = ${value}`];
  });
}

/** Returns a comparison of a column; none without a value. */
export function compare(column: string, operator: '>=' | '<=', value: string | undefined): Statement | undefined {
  return value === undefined ? undefined : statement`${name(column)} ${text(operator)} ${value}`;
}

/** Condition for rows of services: the subject of an agent is never the id of a service. */
export const OF_SERVICES = `"service" not like 'agent:%'`;

/** Condition for rows of the agents of a panel, of these subjects, or of all services. */
export function ofSubjects(agentsOf: string | undefined, subjects: readonly string[] | undefined): Statement {
  if (agentsOf === undefined) return subjects === undefined ? text(OF_SERVICES) : isAmong('service', subjects);
  // A range, so that the index on the subject is used.
  const first = toAgentSubject(agentsOf, '');
  return statement`"service" >= ${first} and "service" < ${`${first.slice(0, -1)};`}`;
}

/** Throws when no row was changed: the row does not exist. */
export function mustExist(table: string, id: string, changed: bigint): void {
  if (changed === 0n) throw missingRow(table, id);
}

/** The error for a missing row. */
export function missingRow(table: string, id: string): StoreError {
  return new StoreError('store_not_found', `The table ${table} has no row "${id}"; nothing was changed.`, {
    row: { table, id },
  });
}

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
