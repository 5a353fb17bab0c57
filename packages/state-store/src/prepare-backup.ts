import { existsSync, rmSync, statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { expectedSchema } from './expected-schema.js';
import { refuseNewer } from './migrations/migrate.js';
import { openStore } from './open-store.js';
import { copyFile, detachLog, flush } from './sqlite/backup.js';
import { fileVersion } from './sqlite/file-version.js';
import { gunzipFile, isDamagedGzip, isGzipped } from './sqlite/gzip-file.js';
import { createPrivateFile, openReader, toStorePath } from './sqlite/open-handle.js';
import { toStoreError } from './sqlite/to-store-error.js';
import { StoreError } from './store-error.js';

/**
 * Raises fence numbers, so that none issued since the backup is issued again; fewer leases are acquired between two
 * backups.
 */
export const FENCES_AHEAD = 1_000_000;

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

/** A file beside the store that a backup is prepared in. */
export interface Preparation {
  /** The backup. */
  source: string;
  prepared: string;
  clock: { now(): number };
  wait: number;
}

/**
 * Makes a store of the newest schema from a backup, compressed or not, which is checked first. Nobody holds a lease or is logged in to
 * it. Returns the schema version of the backup.
 */
export async function prepareBackup({ source, prepared, clock, wait }: Preparation): Promise<number> {
  const version = await copyBackup(source, prepared, wait);
  try {
    await (await openStore({ location: prepared, clock, create: false, wait })).close();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'store_damaged') throw error;
    const message = `The backup ${source} can't be brought to the newest schema: ${error.message} Use another one.`;
    throw new StoreError('store_damaged', message, { cause: error });
  }
  await refuseIncomplete(prepared, source);
  endAll(prepared);
  return version;
}

/** Removes a prepared file that was not put in place, with its log. */
export function removePrepared(prepared: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(prepared + ending, { force: true });
}

/** Copies a backup; returns its schema version. */
async function copyBackup(source: string, prepared: string, wait: number): Promise<number> {
  if (!isCompressed(source)) {
    const version = await checkBackup(source, source, wait);
    await copyFile(source, prepared, { waitMs: wait, target: prepared });
    return version;
  }
  createPrivateFile(prepared);
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

/** Refuses a store of the newest version without one of its tables or columns: nothing could be read from the restored store. */
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

/** Frees all leases and ends all sessions: what has ended since the backup would go on. */
function endAll(path: string): void {
  const handle = new Sqlite(path, { fileMustExist: true });
  try {
    handle
      .prepare(
        'update leases set fence = fence + ?, host = null, pid = null, process_start = null, run = null, ' +
          'acquired_at = null, expires_at = null',
      )
      .run(FENCES_AHEAD);
    handle.exec('delete from sessions');
  } finally {
    handle.close();
  }
}

/** Makes the prepared store a single file without a log, and flushes it. */
export function sealPrepared(prepared: string): void {
  detachLog(prepared);
  flush(prepared);
}
