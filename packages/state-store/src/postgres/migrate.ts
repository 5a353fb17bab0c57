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
  const { rows } = await sql<{ name: string }>`
    select "table_name" as "name" from information_schema.tables where "table_schema" = ${schema}`.execute(db);
  const exists = await sql<{ found: number }>`
    select count(*) as "found" from pg_namespace where nspname = ${schema}`.execute(db);
  if (rows.length === 0) return { version: 0, exists: (exists.rows[0]?.found ?? 0) > 0, mark: null };
  const columns = await sql<{ name: string }>`
    select "column_name" as "name" from information_schema.columns
    where "table_schema" = ${schema} and "table_name" = 'schema_migrations' order by 1`.execute(db);
  if (columns.rows.map(({ name }) => name).join() !== 'applied_at,name,version') {
    throw new StoreError(
      'store_unsupported',
      `The schema "${schema}" of the store ${location} has tables of another program. Name another schema in the URL, as ?schema=NAME.`,
    );
  }
  const newest = await sql<{ version: number | null }>`
    select max("version") as "version" from ${sql.id(schema, 'schema_migrations')}
    where "version" < ${MARK_VERSION}`.execute(db);
  const marks = await sql<MarkRow>`
    select "name", "applied_at" from ${sql.id(schema, 'schema_migrations')} where "version" >= ${MARK_VERSION}`.execute(
    db,
  );
  return { version: newest.rows[0]?.version ?? 0, exists: true, mark: parseMark(marks.rows[0]) };
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
