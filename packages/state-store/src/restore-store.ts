import { copyFileSync, existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expectedSchema } from './expected-schema.js';
import { refuseNewer } from './migrations/migrate.js';
import { LATEST_SCHEMA_VERSION } from './migrations/version.js';
import { DEFAULT_WAIT_MS } from './open-store.js';
import { copyFile, flush } from './sqlite/backup.js';
import { fileVersion } from './sqlite/file-version.js';
import { gunzipFile, isDamagedGzip, isGzipped } from './sqlite/gzip-file.js';
import { createPrivateFile, openReader, toStorePath } from './sqlite/open-handle.js';
import { retryWhileBusy } from './sqlite/immediate-sqlite-dialect.js';
import { toStoreError } from './sqlite/to-store-error.js';
import { StoreError } from './store-error.js';

/**
 * Raises fence numbers, so that none issued since the backup is issued again; fewer leases are acquired between two
 * backups.
 */
const FENCES_AHEAD = 1_000_000;

/** Result of a restore. */
export interface RestoreResult {
  /** Schema version of the restored store; opening it runs the pending migrations. */
  version: number;
  /** Path of the replaced store; null when there was none. */
  replaced: string | null;
}

/**
 * Refuses a backup that can't be restored since there is no such file.
 *
 * @throws StoreError `store_missing` or `store_unsupported`
 */
export function requireBackup(location: string): void {
  const source = toStorePath(location);
  if (!existsSync(source)) {
    throw new StoreError('store_missing', `The backup ${source} does not exist. Name the file of a backup.`);
  }
  if (!statSync(source).isFile()) {
    throw new StoreError('store_unsupported', `The backup ${source} is not a regular file. Name the file of a backup.`);
  }
}

/**
 * Replaces a store by a backup, compressed or not, in one step: the path always has either the old or the new store. The
 * backup is checked first, and stays. The replaced store is renamed to `<to>.replaced-<time>`.
 *
 * All leases in the restored store are free: make sure first that nothing runs on it. A store that another
 * process has open is refused (`store_busy`).
 *
 * @throws StoreError `store_missing`, `store_damaged`, `store_too_new`, `store_unsupported`, `store_busy`,
 * `store_read_only`, `store_full`
 *
 * @example
 * ```ts
 * const { replaced } = await restoreStore({ from: './backup.db', to: './sluice.db' });
 * ```
 */
export async function restoreStore({
  from,
  to,
  clock = { now: () => Date.now() },
  wait = DEFAULT_WAIT_MS,
}: {
  from: string;
  to: string;
  clock?: { now(): number };
  wait?: number;
}): Promise<RestoreResult> {
  const source = toStorePath(from);
  const target = toStorePath(to);
  requireBackup(source);
  const prepared = `${target}.restoring`;
  try {
    const version = await prepare(source, prepared, wait);
    if (version === LATEST_SCHEMA_VERSION) await refuseIncomplete(prepared, source);
    freeLeases(prepared);
    const replaced = existsSync(target)
      ? await replace(target, prepared, toSuffix(clock.now()), wait)
      : put(prepared, target);
    flush(dirname(target));
    return { version, replaced };
  } catch (error) {
    throw toStoreError(error, target);
  } finally {
    rmSync(prepared, { force: true });
  }
}

/** Copies a backup, compressed or not, beside the store; returns its schema version. */
async function prepare(source: string, prepared: string, wait: number): Promise<number> {
  rmSync(prepared, { force: true });
  if (!isCompressed(source)) {
    const version = await checkBackup(source, source, wait);
    await copyFile(source, prepared, { waitMs: wait, target: prepared });
    return version;
  }
  if (!createPrivateFile(prepared)) {
    throw new StoreError('store_exists', `The file ${prepared} already exists: another backup is being restored.`);
  }
  try {
    await gunzipFile(source, prepared);
  } catch (cause) {
    if (!isDamagedGzip(cause)) throw cause;
    throw new StoreError('store_damaged', `The backup ${source} is damaged: it can't be unpacked. Use another one.`, {
      cause,
    });
  }
  flush(prepared);
  return checkBackup(prepared, source, wait);
}

function isCompressed(path: string): boolean {
  try {
    return isGzipped(path);
  } catch (error) {
    throw toStoreError(error, path);
  }
}

/** Checks the backup in a file, and names it by its `path` in errors. */
async function checkBackup(file: string, path: string, wait: number): Promise<number> {
  const handle = await openBackup(file, path, wait);
  try {
    const version = fileVersion(handle, path);
    refuseNewer(path, version);
    if (version === 0) throw new StoreError('store_unsupported', `The backup ${path} is empty. Name another file.`);
    const found: unknown = handle.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') {
      throw new StoreError('store_damaged', `The backup ${path} is damaged (${String(found)}). Use another one.`);
    }
    refuseForeign(handle, path);
    return version;
  } catch (error) {
    throw toStoreError(error, path);
  } finally {
    handle.close();
  }
}

/** Refuses a backup with what acts by itself: no version of Sluice has created a trigger, a view or a virtual table. */
function refuseForeign(handle: Sqlite.Database, path: string): void {
  const found = handle
    .prepare(`select name from sqlite_master where type in ('trigger', 'view') or sql like 'create virtual%' limit 1`)
    .pluck()
    .get() as string | undefined;
  if (found === undefined) return;
  const message = `The backup ${path} holds "${found}", which Sluice did not create. Use another one.`;
  throw new StoreError('store_unsupported', message);
}

/** Refuses a backup of the newest version without one of its tables or columns: nothing could be read from the restored store. */
async function refuseIncomplete(file: string, path: string): Promise<void> {
  const handle = new Sqlite(file, { readonly: true, fileMustExist: true });
  const wanted = new Sqlite(':memory:');
  try {
    for (const [name, text] of await expectedSchema()) {
      if (!/^create table/i.test(text)) continue;
      wanted.exec(text);
      const found = new Set(listColumns(handle, name));
      const missing = listColumns(wanted, name).find((column) => !found.has(column));
      if (missing === undefined) continue;
      const what = found.size === 0 ? `the table "${name}"` : `the column "${missing}" of the table "${name}"`;
      throw new StoreError('store_damaged', `The backup ${path} does not have ${what}. Use another one.`);
    }
  } finally {
    wanted.close();
    handle.close();
  }
}

function listColumns(handle: Sqlite.Database, table: string): string[] {
  return handle.prepare('select name from pragma_table_info(?)').pluck().all(table) as string[];
}

async function openBackup(file: string, path: string, wait: number): Promise<Sqlite.Database> {
  try {
    return await openReader(file, wait, { still: true });
  } catch (error) {
    if (file === path || !(error instanceof StoreError) || error.code !== 'store_damaged') throw error;
    throw new StoreError('store_damaged', `The backup ${path} holds no store. Use another one.`, { cause: error });
  }
}

function freeLeases(path: string): void {
  const handle = new Sqlite(path, { fileMustExist: true });
  try {
    handle
      .prepare(
        'update leases set fence = fence + ?, host = null, pid = null, process_start = null, run = null, ' +
          'acquired_at = null, expires_at = null',
      )
      .run(FENCES_AHEAD);
  } finally {
    handle.close();
  }
  flush(path);
}

function toSuffix(now: number): string {
  return `replaced-${new Date(now).toISOString().replace(/[-:]/g, '')}`;
}

function put(prepared: string, target: string): null {
  // SQLite would apply the log of a lost file to the new one.
  for (const ending of ['-wal', '-shm']) rmSync(`${target}${ending}`, { force: true });
  renameSync(prepared, target);
  return null;
}

/** Links the old file under a second name before it is replaced, so that the path always has a store. */
async function replace(target: string, prepared: string, suffix: string, wait: number): Promise<string> {
  const kept = `${target}.${suffix}`;
  if (existsSync(kept)) throw new StoreError('store_exists', `The file ${kept} already exists. Try again.`);
  const handle = await foldLog(target, wait);
  try {
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
  return kept;
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
