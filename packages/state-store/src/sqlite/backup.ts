import { closeSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { StoreError } from '../store-error.js';
import { createPrivateFile, openReader, toStorePath } from './open-handle.js';
import { toStoreError } from './to-store-error.js';

/** Pages copied before others get their turn: 4 MB. */
const PAGES_A_STEP = 1000;

/** Copies the database at `from`, as it is at this moment, to the new file `to`: whole, or not there at all. */
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
    // Unlike a rename, a link never replaces a file that is there.
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
 * While the source has a read transaction open, it stays at one state, and the copying does not begin again whenever
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

/** A copy is one file that needs no others beside it, wherever it is kept. */
function detachLog(file: string): void {
  const handle = new Sqlite(file, { fileMustExist: true });
  try {
    handle.pragma('journal_mode = delete');
  } finally {
    handle.close();
  }
}

/** What was written to a file, or which files a folder has, is on the disk afterwards. */
export function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
