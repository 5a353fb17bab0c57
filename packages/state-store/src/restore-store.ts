import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { refuseNewer } from './migrations/migrate.js';
import { DEFAULT_WAIT_MS } from './open-store.js';
import { backupFile, flush } from './sqlite/backup.js';
import { fileVersion } from './sqlite/file-version.js';
import { openReader, toStorePath } from './sqlite/open-handle.js';
import { retryWhileBusy } from './sqlite/retry-while-busy.js';
import { toStoreError } from './sqlite/to-store-error.js';
import { StoreError } from './store-error.js';

/** Fence numbers of leases taken since the backup must not come again; nobody takes as many between two backups. */
const FENCES_AHEAD = 1_000_000;

/** What a restore did. */
export interface RestoreResult {
  /** Schema version of the restored store; opening it runs what is missing. */
  version: number;
  /** Where the store that was there before lies now; null when there was none. */
  replaced: string | null;
}

/**
 * Puts a backup in the place of a store, in one step: at each moment either the old or the new one is there. The
 * backup is checked first, and stays. The replaced store is kept beside it as `<to>.replaced-<time>`.
 *
 * All leases in the restored store are free. Whether a run is at work is for the caller to ask; a store that another
 * process has open is refused.
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
  const version = await checkBackup(source, wait);
  const prepared = `${target}.restoring`;
  try {
    rmSync(prepared, { force: true });
    await backupFile(source, prepared, wait);
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

async function checkBackup(path: string, wait: number): Promise<number> {
  const handle = await openReader(path, wait, { still: true });
  try {
    const version = fileVersion(handle, path);
    refuseNewer(path, version);
    if (version === 0) throw new StoreError('store_unsupported', `The backup ${path} is empty. Name another file.`);
    const found: unknown = handle.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') {
      throw new StoreError('store_damaged', `The backup ${path} is damaged (${String(found)}). Use another one.`);
    }
    return version;
  } catch (error) {
    throw toStoreError(error, path);
  } finally {
    handle.close();
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
  // A log that a lost file left behind would be taken for the new one's.
  for (const ending of ['-wal', '-shm']) rmSync(`${target}${ending}`, { force: true });
  renameSync(prepared, target);
  return null;
}

/** The old file keeps a second name before the new one takes its place, so that there is never none. */
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
      // Some file systems have no second names.
      copyFileSync(target, kept);
    }
    renameSync(prepared, target);
  } finally {
    handle?.close();
  }
  return kept;
}

/**
 * Writes the log of the old store into its file, and holds the file for us alone until it is replaced: a log that
 * stays behind would be applied to the new file. Null when the old one is too damaged for that.
 */
async function foldLog(path: string, wait: number): Promise<Sqlite.Database | null> {
  let handle: Sqlite.Database | null = null;
  try {
    // For reading first: opened for writing, a file without a head would lose its log.
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
