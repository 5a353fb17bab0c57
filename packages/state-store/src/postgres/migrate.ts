import { type Kysely, sql } from 'kysely';
import { MARK_VERSION, type MarkRow, parseMark, refusedByMark, type StoreMark } from '../copy/move-mark.js';
import type { Migration } from '../migrations/migration.js';
import { StoreError } from '../store-error.js';
import type { Database } from '../tables/database.js';
import type { ClientConnection } from './driver.js';
import { onConnection } from './driver.js';
import { postgresSchema, toPostgresDefinition } from './schema.js';

/** Of all stores of a server: one of these is made or migrated after the other. */
const MIGRATING = 50_972;

/** What a schema of the database has. */
export interface Found {
  /** Of its store; 0 where it has none. */
  version: number;
  /** Whether it is there. */
  exists: boolean;
  mark: StoreMark | null;
}

/** Returns what a schema has. Fails with `store_unsupported` where it belongs to another program. */
export async function findStore(db: Kysely<Database>, schema: string, location: string): Promise<Found> {
  // The views of information_schema have what the user may see, and each costs as much as all the rest.
  const { rows } = await sql<{ tables: number; columns: string | null }>`
    select (select count(*) from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'f')) as "tables",
      (select string_agg(a.attname::text, ',' order by a.attname) from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = n.oid and c.relname = 'schema_migrations' and a.attnum > 0 and not a.attisdropped) as "columns"
    from pg_namespace n where n.nspname = ${schema}`.execute(db);
  const [found] = rows;
  if (found === undefined || found.tables === 0) return { version: 0, exists: found !== undefined, mark: null };
  if (found.columns !== 'applied_at,name,version') {
    throw new StoreError(
      'store_unsupported',
      `The schema "${schema}" of the store ${location} has tables of another program. Name another schema in the URL, as ?schema=NAME.`,
    );
  }
  const newest = await sql<MarkRow & { version: number }>`
    select "version", "name", "applied_at" from ${sql.id(schema, 'schema_migrations')}
    order by "version" desc limit 2`.execute(db);
  const mark = newest.rows.find(({ version }) => version >= MARK_VERSION);
  const step = newest.rows.find(({ version }) => version < MARK_VERSION);
  return { version: step?.version ?? 0, exists: true, mark: parseMark(mark) };
}

/**
 * Makes the tables of the newest version, or runs the steps that are due, in one transaction and after any other process that does the
 * same. Returns the names of the steps.
 */
export async function migratePostgres(
  connection: ClientConnection,
  { schema, location, now }: { schema: string; location: string; now: string },
  steps: readonly Migration[],
): Promise<string[]> {
  const db = onConnection(connection);
  await connection.runAll(['begin', `select pg_advisory_xact_lock(${MIGRATING})`]);
  try {
    const { version, exists, mark } = await findStore(db, schema, location);
    if (mark !== null) throw refusedByMark(location, mark);
    const pending = steps.filter((step) => step.version > version);
    if (version === 0) {
      // Asked for, since a user may have the schema without the right to make one.
      if (!exists) await connection.runAll([`create schema "${schema}"`]);
      await connection.runAll([SCHEMA_MIGRATIONS, ...postgresSchema()]);
    } else if (pending.length > 0) {
      // Writers of an older version end first, and see the newer one then.
      await connection.runAll(['lock table "schema_migrations" in exclusive mode']);
      for (const step of pending) await step.up(db as unknown as Kysely<unknown>);
    }
    for (const { version: number, name } of pending)
      await db.insertInto('schema_migrations').values({ version: number, name, applied_at: now }).execute();
    await connection.runAll(['commit']);
    return pending.map(({ name }) => name);
  } catch (error) {
    if (!connection.isBroken) await connection.runAll(['rollback']).catch(() => undefined);
    throw error;
  }
}

const SCHEMA_MIGRATIONS = toPostgresDefinition(
  'create table "schema_migrations" ("version" integer not null primary key, "name" text not null, "applied_at" text not null)',
);
