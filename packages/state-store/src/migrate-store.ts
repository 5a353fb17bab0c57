import { refuseMarked } from './copy/refuse-marked.js';
import { isOnServer } from './location.js';
import { migrateFile } from './migrations/migrate-file.js';
import { refuseNewer } from './migrations/migrate.js';
import { LATEST_SCHEMA_VERSION } from './migrations/version.js';
import type { MigrationResult, OpenStoreOptions } from './open-options.js';
import { DEFAULT_WAIT_MS } from './open-store.js';
import { readPast, type StorePast } from './past.js';
import { connectReader, connectWriter } from './sqlite/connect.js';
import { fileVersion } from './sqlite/file-version.js';
import { toStorePath, prepareFile } from './sqlite/open-handle.js';
import { toStoreError } from './sqlite/to-store-error.js';

/** How a store is migrated. */
export type MigrateStoreOptions = Pick<OpenStoreOptions, 'clock' | 'wait' | 'beforeMigration'>;

/**
 * Brings an existing store up to the newest schema version, all steps in one transaction.
 *
 * @throws StoreError `store_missing`, `store_too_new`, and as `openStore`
 *
 * @example
 * ```ts
 * const { from, to, applied } = await migrateStore('./sluice.db');
 * ```
 */
export async function migrateStore(location: string, options: MigrateStoreOptions = {}): Promise<MigrationResult> {
  const { clock = Date, wait = DEFAULT_WAIT_MS } = options;
  if (isOnServer(location)) {
    const { migratePostgresStore } = await import('./postgres/prepare.js');
    return migratePostgresStore({ ...options, location, clock, wait });
  }
  const path = toStorePath(location);
  prepareFile(path, false);
  const writer = await connectWriter(path, wait);
  try {
    const from = fileVersion(writer.handle, path);
    refuseNewer(path, from);
    refuseMarked(writer, from, path);
    const applied = from < LATEST_SCHEMA_VERSION ? await migrateFile(writer, from, { ...options, clock, wait }) : [];
    return { from, to: fileVersion(writer.handle, path), applied };
  } catch (error) {
    throw toStoreError(error, path);
  } finally {
    await writer.close();
  }
}

/**
 * Returns the schema version of a store without changing it: 0 for an empty file, more than `LATEST_SCHEMA_VERSION`
 * for one of a newer version of Sluice.
 *
 * @throws StoreError `store_missing`, `store_unsupported`, `store_damaged`
 *
 * @example
 * ```ts
 * if ((await storeVersion('./sluice.db')) > LATEST_SCHEMA_VERSION) console.log('This store is newer.');
 * ```
 */
export async function storeVersion(
  location: string,
  { wait = DEFAULT_WAIT_MS }: { wait?: number } = {},
): Promise<number> {
  if (isOnServer(location)) return (await import('./postgres/prepare.js')).postgresVersion({ location, wait });
  const path = toStorePath(location);
  const reader = await connectReader(path, wait, { still: true });
  try {
    return fileVersion(reader.handle, path);
  } catch (error) {
    throw toStoreError(error, path);
  } finally {
    await reader.close();
  }
}

/**
 * Returns what earlier versions left in a store of any schema version, without changing it.
 *
 * @throws StoreError `store_missing`, `store_unsupported`, `store_damaged`
 *
 * @example
 * ```ts
 * const { migrations } = await storePast('./sluice.db');
 * ```
 */
export async function storePast(
  location: string,
  { wait = DEFAULT_WAIT_MS }: { wait?: number } = {},
): Promise<StorePast> {
  if (isOnServer(location)) return (await import('./postgres/prepare.js')).postgresPast({ location, wait });
  const path = toStorePath(location);
  const reader = await connectReader(path, wait, { still: true });
  try {
    fileVersion(reader.handle, path);
    return await readPast(reader.db);
  } catch (error) {
    throw toStoreError(error, path);
  } finally {
    await reader.close();
  }
}
