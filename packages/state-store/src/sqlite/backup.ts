import { closeSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { StoreError } from '../store-error.js';
import { createPrivateFile, openReader, toStorePath } from './open-handle.js';
import { toStoreError } from './to-store-error.js';

/** Pages copied before other work runs: 4 MB. */
const PAGES_A_STEP = 1000;

/** Copies the database at `from` to the new file `to`. After an error, `to` does not exist. */
export async function backupFile(from: string, to: string, waitMs: number): Promise<void> {
  const target = toStorePath(to);
  const part = `${target}.part`;
  const source = await openReader(from, waitMs, { still: true });
  try {
    rmSync(part, { force: true });
    if (!createPrivateFile(part)) {
      throw new StoreError('store_exists', `The file ${part} already exists: another backup is being written.`);
    }
    await copy(source, part);
    detachLog(part);
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
    source.close();
    rmSync(part, { force: true });
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

/** Makes the copy a single file without a log. */
function detachLog(file: string): void {
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
