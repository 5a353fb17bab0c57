import { refuseMarked } from './copy/refuse-marked.js';
import { migrateFile } from './migrations/migrate-file.js';
import { migrate, refuseNewer, refuseOlder } from './migrations/migrate.js';
import { isOnServer } from './location.js';
import type { OpenStoreOptions } from './open-options.js';
import { LATEST_SCHEMA_VERSION } from './migrations/version.js';
import { type Connection, toConnection, connectReader, connectWriter } from './sqlite/connect.js';
import { fileVersion } from './sqlite/file-version.js';
import { IN_MEMORY, openMemory, toStorePath, prepareFile, emptyFile } from './sqlite/open-handle.js';
import { toStoreError } from './sqlite/to-store-error.js';
import { createSqliteStore } from './sqlite-store.js';
import type { StateStore } from './store.js';

/** Default wait for a lock. */
export const DEFAULT_WAIT_MS = 10_000;

/**
 * Opens the store. Creates a missing file (mode 0600) with its folder, or missing tables in a database, checks that it is a store, and
 * runs pending migrations.
 *
 * @throws StoreError `store_missing`, `store_unsupported`, `store_too_new`, `store_too_old`, `store_read_only`,
 * `store_full`, `store_damaged`, `store_busy`, `store_refused`, `store_unreachable`, `store_timeout`
 *
 * @example
 * ```ts
 * const store = await openStore({ location: './sluice.db' });
 * const held = await store.holds.open({ panel: 'dcim' });
 * await store.close();
 * ```
 */
export async function openStore(options: OpenStoreOptions): Promise<StateStore> {
  const { location, clock = Date, create = true, readOnly = false, wait = DEFAULT_WAIT_MS } = options;
  if (location === IN_MEMORY) return openInMemory(clock, wait);
  if (isOnServer(location)) {
    const { openPostgres } = await import('./postgres/open.js');
    return openPostgres({ ...options, clock, wait });
  }
  const path = toStorePath(location);
  const connections: Connection[] = [];
  try {
    let writer: Connection | null = null;
    if (!readOnly) {
      prepareFile(path, create);
      writer = await connectWriter(path, wait);
      connections.push(writer);
      const version = fileVersion(writer.handle, path);
      refuseNewer(path, version);
      refuseMarked(writer, version, path);
      if (version === 0 && !create) throw emptyFile(path);
      if (options.migrate === false) refuseOlder(path, version);
      else if (version < LATEST_SCHEMA_VERSION) await migrateFile(writer, version, { ...options, clock, wait });
    }
    const reader = await connectReader(path, wait, { still: readOnly });
    connections.unshift(reader);
    const schemaVersion = fileVersion(reader.handle, path);
    refuseNewer(path, schemaVersion);
    refuseOlder(path, schemaVersion);
    const mark = refuseMarked(reader, schemaVersion, path);
    return createSqliteStore({ location: path, schemaVersion, mark, reader, writer, waitMs: wait });
  } catch (error) {
    for (const connection of connections) await connection.close();
    throw toStoreError(error, path);
  }
}

/**
 * Opens an existing store, runs `work` on it, and always closes it.
 *
 * @throws as `openStore`, and what `work` throws
 */
export async function withStore<T>(
  options: Omit<OpenStoreOptions, 'create'>,
  work: (store: StateStore) => Promise<T>,
): Promise<T> {
  const store = await openStore({ ...options, create: false });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function openInMemory(clock: { now(): number }, waitMs: number): Promise<StateStore> {
  const connection = toConnection(openMemory(), waitMs);
  await migrate(connection.db, new Date(clock.now()).toISOString());
  const schemaVersion = fileVersion(connection.handle, IN_MEMORY);
  return createSqliteStore({ location: IN_MEMORY, schemaVersion, reader: connection, writer: connection, waitMs });
}
