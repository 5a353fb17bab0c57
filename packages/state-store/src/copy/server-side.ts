import type pg from 'pg';
import { toLeaseRecord } from '../leases.js';
import { FENCES_AHEAD } from '../prepare-backup.js';
import { StoreError } from '../store-error.js';
import type { LeaseRow } from '../tables/database.js';
import type { LeaseRecord } from '../records.js';
import type { CopiedTable, Row, Value } from './copied-tables.js';
import { MARK_VERSION, type MarkRow, parseMark, type StoreMark, toMarkRow } from './move-mark.js';
import { names, PAGE_BYTES, PAGE_ROWS, quoted, fromTable, type Side, toSize } from './side.js';

/** Rows of the first page of a table, whose rows may be large. */
const FIRST_PAGE_ROWS = 20;

/** What a copy needs of a database on a server. */
export interface ServerConnection {
  shown: string;
  /** Schema of the tables. */
  schema: string;
  client: Pick<pg.Client, 'query'>;
  /** Converts an error of the server. */
  toError: (error: unknown) => unknown;
  close: () => Promise<void>;
}

/** A database on a server; its client reads whole numbers as numbers, and finds the tables by their bare names. */
export class ServerSide implements Side {
  readonly holdsNul = false;
  readonly shown: string;
  readonly #connection: ServerConnection;
  /** Rows of the next page, by table. */
  readonly #rows = new Map<string, number>();

  constructor(connection: ServerConnection) {
    this.#connection = connection;
    this.shown = connection.shown;
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.#run('begin isolation level read committed');
    try {
      // Each transaction that writes has a lock of it: they have all ended when this one is there, and none begins.
      await this.#run('lock table "schema_migrations" in exclusive mode');
      const result = await work();
      await this.#run('commit');
      return result;
    } catch (error) {
      await this.#run('rollback').catch(() => undefined);
      throw error;
    }
  }

  async version(): Promise<number> {
    const [found] = await this.#query<[number]>(
      `select count(*) from pg_tables where schemaname = $1 and tablename = 'schema_migrations'`,
      [this.#connection.schema],
    );
    if (found?.[0] !== 1) return 0;
    const [newest] = await this.#query<[number | null]>(
      `select max("version") from ${fromTable({ name: 'schema_migrations' })}`,
    );
    return newest?.[0] ?? 0;
  }

  async refuseWithoutRight(): Promise<void> {
    const { schema, shown } = this.#connection;
    // As opening the store does: a schema that is there is not made.
    const [found] = await this.#query<[number, number]>(
      `select (select count(*) from pg_namespace where nspname = $1),
      coalesce((select has_schema_privilege(oid, 'create') from pg_namespace where nspname = $1),
        has_database_privilege(current_database(), 'create'))::int`,
      [schema],
    );
    const [schemas, mayMake] = found ?? [0, 0];
    if (mayMake === 1) return;
    const [what, where] =
      schemas === 0
        ? [`the schema "${schema}" in the database`, 'database']
        : [`tables in the schema "${schema}"`, 'schema'];
    throw new StoreError(
      'store_refused',
      `The store ${shown} can't be made: its user may not create ${what} (permission denied). Grant it "create" on the ${where}.`,
    );
  }

  async mark(): Promise<StoreMark | null> {
    const rows = await this.#query<[string, string]>(
      `select "name", "applied_at" from "schema_migrations" where "version" >= ${MARK_VERSION}`,
    );
    const [row] = rows.map(([name, at]): MarkRow => ({ name, applied_at: at }));
    return parseMark(row);
  }

  async setMark(mark: StoreMark | null): Promise<void> {
    await this.#run(`delete from "schema_migrations" where "version" >= ${MARK_VERSION}`);
    if (mark === null) return;
    const { name, applied_at: at } = toMarkRow(mark);
    await this.#run(
      `insert into "schema_migrations" ("version", "name", "applied_at") values (${MARK_VERSION}, $1, $2)`,
      [name, at],
    );
  }

  async leases(): Promise<LeaseRecord[]> {
    const columns = ['name', 'fence', 'host', 'pid', 'process_start', 'run', 'acquired_at', 'expires_at'];
    const rows = await this.#query<Value[]>(
      `select ${columns.map(quoted).join(', ')} from "leases" where "host" is not null order by "name"`,
    );
    return rows.map((row) =>
      toLeaseRecord(Object.fromEntries(columns.map((name, at) => [name, row[at]])) as never as LeaseRow),
    );
  }

  async raiseFences(): Promise<void> {
    await this.#run('update "leases" set "fence" = "fence" + $1', [FENCES_AHEAD]);
  }

  async count(table: CopiedTable): Promise<number> {
    const [row] = await this.#query<[number]>(`select count(*) from ${fromTable(table)}`);
    return row?.[0] ?? 0;
  }

  async read(table: CopiedTable, after: Row | null): Promise<Row[]> {
    const key = toOrder(table);
    const limit = after === null ? FIRST_PAGE_ROWS : (this.#rows.get(table.name) ?? FIRST_PAGE_ROWS);
    const behind = after === null ? 'true' : `(${key.join(', ')}) > (${after.map((_, at) => `$${at + 1}`).join(', ')})`;
    const rows = await this.#query<Value[]>(
      `select ${names(table)} from ${fromTable(table)} and ${behind} order by ${key.join(', ')} limit ${limit}`,
      after ?? [],
    );
    const bytes = rows.reduce((sum, row) => sum + toSize(row), 1);
    this.#rows.set(table.name, Math.max(1, Math.min(PAGE_ROWS, 4 * limit, Math.floor((limit * PAGE_BYTES) / bytes))));
    return rows;
  }

  async last(table: CopiedTable): Promise<Row | null> {
    const key = toOrder(table);
    const order = key.map((part) => `${part} desc`).join(', ');
    const rows = await this.#query<Value[]>(
      `select ${key.join(', ')} from ${fromTable(table)} order by ${order} limit 1`,
    );
    return rows[0] ?? null;
  }

  findText(): Promise<null> {
    return Promise.resolve(null);
  }

  async insert(table: CopiedTable, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const list = rows.map((row) =>
      Object.fromEntries(table.columns.map(({ name }, at) => [name, toJson(row[at] ?? null)])),
    );
    // One text for any number of rows.
    await this.#run(
      `insert into ${quoted(table.name)} (${names(table)})
      select ${names(table)} from json_populate_recordset(null::${quoted(table.name)}, $1::json)`,
      [JSON.stringify(list)],
    );
  }

  async clear(table: CopiedTable): Promise<void> {
    await this.#run(`delete from ${fromTable(table)}`);
  }

  async continueNumbers({ name, isNumbered }: CopiedTable): Promise<void> {
    if (!isNumbered) return;
    await this.#run(
      `select setval(sequence, greatest((select coalesce(max("seq"), 0) from ${quoted(name)}), 1), (select count(*) > 0 from ${quoted(name)}))
      from (select pg_get_serial_sequence($1, 'seq') as sequence) as numbers where sequence is not null`,
      [quoted(name)],
    );
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #run(text: string, values: readonly unknown[] = []): Promise<void> {
    await this.#query(text, values);
  }

  async #query<T extends unknown[]>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    try {
      const { rows } = await this.#connection.client.query({ text, values: [...values], rowMode: 'array' });
      return rows as T[];
    } catch (error) {
      throw this.#connection.toError(error);
    }
  }
}

/** Returns the key for comparing and ordering: texts by their bytes, as SQLite does. */
function toOrder({ key, columns }: CopiedTable): string[] {
  return key.map((position) => {
    const { name = '', isText = false } = columns[position] ?? {};
    return isText ? `${quoted(name)} collate "C"` : quoted(name);
  });
}

/** Returns a value for JSON that PostgreSQL reads as the type of the column. */
function toJson(value: Value): Value {
  return typeof value === 'object' && value !== null ? `\\x${value.toString('hex')}` : value;
}
