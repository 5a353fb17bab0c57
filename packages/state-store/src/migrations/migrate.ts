import { CompiledQuery, type Kysely } from 'kysely';
import { StoreError } from '../store-error.js';
import type { Database } from '../tables/database.js';
import type { Migration } from './migration.js';
import { LATEST_SCHEMA_VERSION } from './version.js';

/** Asked in each transaction. */
const NEWEST = CompiledQuery.raw('select max("version") as "version" from "schema_migrations"');

/** Returns the schema version of a store; 0 when no step has run. */
export async function readVersion(db: Kysely<Database>): Promise<number> {
  const { rows } = await db.executeQuery<{ version: number | null }>(NEWEST);
  return rows[0]?.version ?? 0;
}

/** Throws for a store of a newer version than this package supports. */
export function refuseNewer(path: string, version: number, latest: number = LATEST_SCHEMA_VERSION): void {
  if (version <= latest) return;
  throw new StoreError(
    'store_too_new',
    `The store ${path} has schema version ${version}, but this version of Sluice supports at most ${latest}. ` +
      'Use the newer version of Sluice that wrote it, or restore an older backup.',
  );
}

/** Throws for a store whose migrations have not run. */
export function refuseOlder(path: string, version: number, latest: number = LATEST_SCHEMA_VERSION): void {
  if (version >= latest) return;
  throw new StoreError(
    'store_too_old',
    version === 0
      ? `The store ${path} has no tables yet.`
      : `The store ${path} has schema version ${version}, but this version of Sluice requires ${latest}.`,
  );
}

/** Makes the tables of the newest version where there are none: a tenth of the time of all steps. */
async function createTables(db: Kysely<Database>): Promise<void> {
  const { SCHEMA } = await import('./schema.js');
  for (const statement of SCHEMA) await db.executeQuery(CompiledQuery.raw(statement));
}

/**
 * Brings the schema up to the newest version in one transaction. Returns the names of the steps that ran, or that a new store
 * has no need of, since its tables are made at once (schema.ts). Where steps are passed, these run.
 * The version is read again under the lock, so that two processes don't run the same steps.
 */
export async function migrate(db: Kysely<Database>, now: string, migrations?: readonly Migration[]): Promise<string[]> {
  // Most stores are up to date, and need none of the steps.
  const steps = migrations ?? (await import('./migrations.js')).MIGRATIONS;
  return db.transaction().execute(async (trx) => {
    await trx.schema
      .createTable('schema_migrations')
      .ifNotExists()
      .addColumn('version', 'integer', (c) => c.primaryKey().notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('applied_at', 'text', (c) => c.notNull())
      .execute();
    const version = await readVersion(trx);
    const pending = steps.filter((migration) => migration.version > version);
    const atOnce = version === 0 && migrations === undefined;
    if (atOnce) await createTables(trx);
    for (const migration of pending) {
      // A step sees the tables of its own time, not of the newest version.
      if (!atOnce) await migration.up(trx as unknown as Kysely<unknown>);
      await trx
        .insertInto('schema_migrations')
        .values({ version: migration.version, name: migration.name, applied_at: now })
        .execute();
    }
    return pending.map((migration) => migration.name);
  });
}
