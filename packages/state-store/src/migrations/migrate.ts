import { CompiledQuery, type Kysely } from 'kysely';
import { MARK_VERSION, parseMark, refusedByMark } from '../copy/move-mark.js';
import { StoreError } from '../store-error.js';
import type { Database } from '../tables/database.js';
import type { Migration } from './migration.js';
import { LATEST_SCHEMA_VERSION } from './version.js';

/** Asked in each transaction. */
const NEWEST = CompiledQuery.raw('select max("version") as "version" from "schema_migrations"');

/**
 * Returns the schema version of a store before it is written to; 0 when no step has run.
 *
 * @throws StoreError `store_moved`, `store_incomplete`
 */
export async function readVersion(db: Kysely<Database>, location: string): Promise<number> {
  const { rows } = await db.executeQuery<{ version: number | null }>(NEWEST);
  const version = rows[0]?.version ?? 0;
  if (version >= MARK_VERSION) throw await toMarkError(db, location);
  return version;
}

/** Returns the error of a write to a store that is marked. */
export async function toMarkError(db: Kysely<Database>, location: string): Promise<StoreError> {
  const rows = await db.selectFrom('schema_migrations').selectAll().where('version', '>=', MARK_VERSION).execute();
  const mark = parseMark(rows[0]);
  return mark === null
    ? new StoreError('store_busy', `The mark of the store ${location} was just taken back. Try again.`)
    : refusedByMark(location, mark);
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
    const version = await readVersion(trx, 'to be migrated');
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
