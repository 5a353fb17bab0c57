import pg from 'pg';
import { LATEST_SCHEMA_VERSION } from '../migrations/version.js';
import { openStore } from '../open-store.js';
import { getTypeParser } from '../postgres/values.js';
import { sharedPostgres } from './server.js';

/** A schema of a store for one test at a time. */
export interface EmptySchema {
  /** The URL of the store. */
  readonly url: string;
  /** Removes all rows, and makes the tables where there are none or altered ones; returns whether they are the same tables as before. */
  empty(): Promise<boolean>;
  /**
   * Runs a statement on it that the store would never run, without foreign keys, with values for each `?`; returns its rows. Altered
   * tables are made again before the next test.
   */
  ask(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Removes the tables. */
  drop(): Promise<void>;
  /** Lets another test have it. */
  release(): Promise<void>;
}

/** Tests at once in all processes. */
const MOST = 200;

/** Several tests at once have a few connections each. */
const POOL = '4';

/** Removes all rows of a schema, and lets its numbers begin again; only tables with rows cost something. */
const EMPTY = `create or replace function public.sluice_empty(name text) returns void language plpgsql as $$
declare
  one record;
  found boolean;
begin
  for one in select tablename as "table" from pg_tables where schemaname = name and tablename <> 'schema_migrations' loop
    execute format('select exists (select 1 from %I.%I)', name, one."table") into found;
    if found then execute format('delete from %I.%I', name, one."table"); end if;
  end loop;
  perform setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
    from pg_sequences where schemaname = name and last_value is not null;
end $$`;

/** Returns a schema of the shared server that no other test has, as empty as a new store. */
export async function acquireSchema(): Promise<EmptySchema> {
  const server = await sharedPostgres();
  const client = new pg.Client({ connectionString: server.url() });
  // The server may end after the tests.
  client.on('error', () => undefined);
  await client.connect();
  // A schema that is kept for the next test keeps no process alive.
  (client as pg.Client & { unref(): void }).unref();
  const schema = await lockSchema(client);
  const url = server.url({ schema, pool: POOL });
  let isAltered = false;
  const make = async (): Promise<void> => {
    await (await openStore({ location: url, clock: { now: () => Date.parse('2026-03-01T00:00:00.000Z') } })).close();
  };
  if (!(await isWhole(client, schema))) {
    await client.query(`drop schema if exists "${schema}" cascade`);
    await make();
  }
  return {
    url,
    async empty() {
      if (isAltered) {
        await client.query(`drop schema if exists "${schema}" cascade`);
        await make();
        isAltered = false;
        return false;
      }
      await client.query(
        `set session_replication_role = replica; select public.sluice_empty('${schema}'); reset session_replication_role`,
      );
      return true;
    },
    async ask(text, values = []) {
      if (!isAltered && (/^(create|alter|drop)\b/i.test(text) || text.includes('schema_migrations'))) {
        isAltered = true;
        // The test may be killed before its end.
        await client.query(`comment on schema "${schema}" is '${ALTERED}'`);
      }
      await client.query(`set search_path = "${schema}"; set session_replication_role = replica`);
      let number = 0;
      const answer = await client.query<Record<string, unknown>>({
        text: text.replaceAll('?', () => `$${(number += 1)}`),
        values: [...values],
        types: { getTypeParser },
      });
      return answer.rows;
    },
    async drop() {
      isAltered = true;
      await client.query(`drop schema if exists "${schema}" cascade`);
    },
    async release() {
      if (isAltered) await client.query(`drop schema if exists "${schema}" cascade`);
      await client.end();
      server.release();
    },
  };
}

const ALTERED = 'altered';

/** Whether a schema has the tables of the newest version, as no test has altered them. */
async function isWhole(client: pg.Client, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ comment: string | null }>(
    `select obj_description(oid, 'pg_namespace') as comment from pg_namespace
      where nspname = $1 and to_regclass($1 || '.schema_migrations') is not null`,
    [schema],
  );
  if (rows[0] === undefined || rows[0].comment === ALTERED) return false;
  const newest = await client.query<{ version: number }>(
    `select max(version)::int as version from "${schema}".schema_migrations`,
  );
  return newest.rows[0]?.version === LATEST_SCHEMA_VERSION;
}

/** The lock ends with the connection. */
async function lockSchema(client: pg.Client): Promise<string> {
  await client.query('select pg_advisory_lock(0)');
  await client.query(EMPTY);
  await client.query('select pg_advisory_unlock(0)');
  for (let number = 1; number <= MOST; number += 1) {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [number]);
    if (rows[0]?.locked === true) return `store_${number}`;
  }
  throw new Error('too many tests at once');
}
