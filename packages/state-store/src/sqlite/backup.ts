import { closeSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { StoreError } from '../store-error.js';
import { gzipFile } from './gzip-file.js';
import { createPrivateFile, openReader, toStorePath } from './open-handle.js';
import { toPartName } from './part-files.js';
import { toStoreError } from './to-store-error.js';

/** Pages copied before other work runs: 4 MB. */
const PAGES_A_STEP = 1000;

/**
 * Copies the database at `from`, compressed, to the new file `to`. After an error, `to` does not exist. Of two that write it at
 * once, each writes files of its own: one of them makes it, and the other fails.
 */
export async function backupFile(from: string, to: string, waitMs: number): Promise<void> {
  const target = toStorePath(to);
  const copy = toPartName(target, 'part');
  const part = `${copy}.gz`;
  try {
    await copyFile(from, copy, { waitMs, target });
    createPrivateFile(part);
    await gzipFile(copy, part);
    flush(part);
    // Unlike a rename, a link never replaces an existing file.
    linkSync(part, target);
    flush(dirname(target));
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST') {
      throw new StoreError('store_exists', `The file ${target} already exists. Name a new one.`, { cause: error });
    }
    throw toStoreError(error, target);
  } finally {
    for (const file of [copy, part]) rmSync(file, { force: true });
  }
}

/** Copies the database at `from`, as it is, to the new file `to`, on the way to a `target`. */
export async function copyFile(
  from: string,
  to: string,
  { waitMs, target }: { waitMs: number; target: string },
): Promise<void> {
  const source = await openReader(from, waitMs, { still: true });
  try {
    createPrivateFile(to);
    await copy(source, to);
    detachLog(to);
    flush(to);
  } catch (error) {
    throw toStoreError(error, target);
  } finally {
    source.close();
  }
}

/**
 * An open read transaction keeps the source at one state; otherwise the copy would start again whenever
 * another connection writes.
 */
async function copy(source: Sqlite.Database, file: string): Promise<void> {
  source.exec('begin');
  try {
    source.prepare('select count(*) from sqlite_master').get();
    await source.backup(file, { progress: () => PAGES_A_STEP });
  } finally {
    if (source.inTransaction) source.exec('rollback');
  }
}

/** Makes a database that nobody has open a single file without a log. */
export function detachLog(file: string): void {
  const handle = new Sqlite(file, { fileMustExist: true });
  try {
    handle.pragma('journal_mode = delete');
  } finally {
    handle.close();
  }
}

/** Flushes a file, or a folder's list of files, to the disk. */
export function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
