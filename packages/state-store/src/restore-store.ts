import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { refuseNewer, refuseOlder } from './migrations/migrate.js';
import { DEFAULT_WAIT_MS, withStore } from './open-store.js';
import { prepareBackup, type Preparation, removePrepared, requireBackup, sealPrepared } from './prepare-backup.js';
import { flush } from './sqlite/backup.js';
import { toConnection } from './sqlite/connect.js';
import { fileVersion } from './sqlite/file-version.js';
import { openReader, toStorePath } from './sqlite/open-handle.js';
import { toPartName } from './sqlite/part-files.js';
import { retryWhileBusy } from './sqlite/immediate-sqlite-dialect.js';
import { toStoreError } from './sqlite/to-store-error.js';
import { createSqliteStore } from './sqlite-store.js';
import type { StateStore } from './store.js';
import { StoreError } from './store-error.js';

/** Result of a restore. */
export interface RestoreResult {
  /** Schema version of the backup; the restored store has the newest one. */
  version: number;
  /** Path of the replaced store; null when there was none. */
  replaced: string | null;
}

/** A backup, and the store that it replaces. */
export interface RestoreOptions {
  from: string;
  to: string;
  clock?: { now(): number };
  /** Milliseconds to wait for a lock of another process (default 10,000). */
  wait?: number;
  /**
   * Completes the restored store before it is put in place. No other process can change the replaced one meanwhile; it is null
   * where it is missing or can't be read, also since its schema is another one. What this throws leaves the replaced store in place.
   */
  inherit?: (replaced: StateStore | null, restored: StateStore) => Promise<void>;
}

/**
 * Replaces a store by a backup, compressed or not, in one step: the path always has either the old or the new store. The
 * backup is checked first, and stays. The replaced store is renamed to `<to>.replaced-<time>`.
 *
 * All leases in the restored store are free, and all sessions have ended: make sure first that nothing runs on it. A store that
 * another process has open is refused (`store_busy`).
 *
 * @throws StoreError `store_missing`, `store_damaged`, `store_too_new`, `store_unsupported`, `store_busy`,
 * `store_read_only`, `store_full`
 *
 * @example
 * ```ts
 * const { replaced } = await restoreStore({ from: './backup.db', to: './sluice.db' });
 * ```
 */
export async function restoreStore(options: RestoreOptions): Promise<RestoreResult> {
  const { clock = { now: () => Date.now() }, wait = DEFAULT_WAIT_MS } = options;
  const source = toStorePath(options.from);
  const target = toStorePath(options.to);
  requireBackup(source);
  const preparation = { source, prepared: toPartName(target, 'restoring'), clock, wait };
  try {
    const version = await prepareBackup(preparation);
    const complete = (replaced: StateStore | null): Promise<void> => completeStore(preparation, replaced, options);
    const kept = `${target}.${toSuffix(clock.now())}`;
    const isThere = existsSync(target);
    if (isThere) await replace(target, kept, { ...preparation, complete });
    else await put(target, { ...preparation, complete });
    flush(dirname(target));
    return { version, replaced: isThere ? kept : null };
  } catch (error) {
    throw toStoreError(error, target);
  } finally {
    removePrepared(preparation.prepared);
  }
}

/** A prepared file, and what is still to be done with it. */
interface Prepared extends Preparation {
  complete: (replaced: StateStore | null) => Promise<void>;
}

async function completeStore(
  { prepared, clock, wait }: Preparation,
  replaced: StateStore | null,
  { inherit }: RestoreOptions,
): Promise<void> {
  if (inherit !== undefined) {
    await withStore({ location: prepared, clock, wait }, (restored) => inherit(replaced, restored));
  }
  sealPrepared(prepared);
}

function toSuffix(now: number): string {
  return `replaced-${new Date(now).toISOString().replace(/[-:]/g, '')}`;
}

async function put(target: string, { prepared, complete }: Prepared): Promise<void> {
  await complete(null);
  // SQLite would apply the log of a lost file to the new one.
  for (const ending of ['-wal', '-shm']) rmSync(`${target}${ending}`, { force: true });
  renameSync(prepared, target);
}

/** Links the old file under a second name before it is replaced, so that the path always has a store. */
async function replace(target: string, kept: string, { prepared, wait, complete }: Prepared): Promise<void> {
  if (existsSync(kept)) throw new StoreError('store_exists', `The file ${kept} already exists. Try again.`);
  const handle = await foldLog(target, wait);
  try {
    await complete(handle === null ? null : toReadable(handle, target));
    if (handle === null) {
      for (const ending of ['-wal', '-shm']) {
        if (existsSync(`${target}${ending}`)) renameSync(`${target}${ending}`, `${kept}${ending}`);
      }
    }
    try {
      linkSync(target, kept);
    } catch {
      // Some file systems have no hard links.
      copyFileSync(target, kept);
    }
    renameSync(prepared, target);
  } finally {
    handle?.close();
  }
}

/** Returns the store over the connection that has locked it; null for one that this version can't read. */
function toReadable(handle: Sqlite.Database, path: string): StateStore | null {
  try {
    const schemaVersion = fileVersion(handle, path);
    refuseNewer(path, schemaVersion);
    refuseOlder(path, schemaVersion);
    return createSqliteStore({
      location: path,
      schemaVersion,
      reader: toConnection(handle, 0),
      writer: null,
      waitMs: 0,
    });
  } catch {
    return null;
  }
}

/**
 * Writes the log of the old store into its file, and locks the file until it is replaced: a log that
 * stays behind would be applied to the new file. Returns null when the old file is too damaged.
 */
async function foldLog(path: string, wait: number): Promise<Sqlite.Database | null> {
  let handle: Sqlite.Database | null = null;
  try {
    // First for reading: opened for writing, a file without a header would lose its log.
    (await openReader(path, wait, { still: true })).close();
    const opened = new Sqlite(path, { fileMustExist: true, timeout: 0 });
    handle = opened;
    await retryWhileBusy(wait, () => opened.pragma('journal_mode = delete'));
    await retryWhileBusy(wait, () => opened.exec('begin exclusive'));
    return opened;
  } catch (error) {
    handle?.close();
    const known = toStoreError(error, path);
    if (known instanceof StoreError && known.code === 'store_damaged') return null;
    throw known;
  }
}
