import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { StoreError } from '../store-error.js';
import { retryWhileBusy } from './retry-while-busy.js';
import { toStoreError } from './to-store-error.js';

/** How long SQLite itself may block the process for a lock; the rest of a wait is asynchronous. */
const BLOCKING_WAIT_MS = 20;

/** What the log keeps of its size when it begins again after a large write. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

/** In the header of a database file: how it is written and read, 2 with a log and 1 without. */
const WRITE_VERSION_AT = 18;
const READ_VERSION_AT = 19;
const NO_LOG = 1;

/** Absolute path of a store. Fails with `store_unsupported` for what is not a path. */
export function toStorePath(location: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(location)?.[1];
  if (scheme !== undefined) {
    throw new StoreError(
      'store_unsupported',
      scheme.startsWith('postgres')
        ? 'A store on PostgreSQL is not supported by this version. Name a file, such as ./sluice.db.'
        : `"${scheme}:" is not supported as a store. Name a file, such as ./sluice.db.`,
    );
  }
  if (location.trim() === '' || location !== location.trim()) {
    throw new StoreError(
      'store_unsupported',
      'The path of the store is empty, or starts or ends with a space. Name a file, such as ./sluice.db.',
    );
  }
  return resolve(location);
}

/** Makes the file, readable to its owner alone from its first moment; false when it is there already. */
export function createPrivateFile(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST') return false;
    throw toStoreError(error, path);
  }
  try {
    // The umask can only have taken rights away, maybe too many.
    fchmodSync(file, 0o600);
  } finally {
    closeSync(file);
  }
  return true;
}

/** Makes sure that the file is there and can be written, before SQLite opens it quietly for reading only. */
export function prepareFile(path: string, create: boolean): void {
  if (!existsSync(path)) {
    if (!create) throw missing(path);
    makeFolder(path);
    createPrivateFile(path);
  }
  try {
    if (statSync(path).isDirectory()) {
      throw new StoreError('store_unsupported', `The store ${path} is a folder. Name a file.`);
    }
    accessSync(path, constants.R_OK | constants.W_OK);
    // SQLite needs two more files beside it.
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw toStoreError(error, path);
  }
}

function makeFolder(path: string): void {
  try {
    let above = dirname(path);
    while (!existsSync(above) && dirname(above) !== above) above = dirname(above);
    if (!statSync(above).isDirectory()) {
      throw new StoreError('store_missing', `The store ${path} can't be created: ${above} is not a folder.`);
    }
    // Asked first, since making several levels at once tells of a read-only file system as of a missing folder.
    accessSync(above, constants.W_OK);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toStoreError(error, path);
  }
}

function missing(path: string): StoreError {
  return new StoreError(
    'store_missing',
    `The store ${path} does not exist. Check the path, or create it with a first run.`,
  );
}

/** A database that ends with the process. */
export function openMemory(): Sqlite.Database {
  const handle = new Sqlite(':memory:');
  handle.pragma('foreign_keys = on');
  return handle;
}

/** A connection that writes: write-ahead log, every commit on the disk before it returns, foreign keys. */
export async function openWriter(path: string, waitMs: number): Promise<Sqlite.Database> {
  const options = { fileMustExist: true, timeout: BLOCKING_WAIT_MS };
  return opened(
    path,
    () => new Sqlite(path, options),
    waitMs,
    async (handle) => {
      // Changing to the log needs the file for itself for a moment, and SQLite does not wait for that on its own.
      await retryWhileBusy(waitMs, () => handle.pragma('journal_mode = wal'));
      handle.pragma('synchronous = full');
      handle.pragma(`journal_size_limit = ${LOG_LIMIT_BYTES}`);
      handle.pragma('foreign_keys = on');
    },
  );
}

/**
 * A connection that reads. Its rare waits (the log is being recovered) block. With `still` it may read a file that
 * nobody can be writing from memory, where SQLite can't read it in place.
 */
export async function openReader(
  path: string,
  waitMs: number,
  { still }: { still: boolean },
): Promise<Sqlite.Database> {
  if (!existsSync(path)) throw missing(path);
  const options = { readonly: true, fileMustExist: true, timeout: waitMs };
  const setUp = (handle: Sqlite.Database): Promise<void> => {
    handle.pragma('query_only = on');
    return Promise.resolve();
  };
  try {
    return await opened(path, () => new Sqlite(path, options), waitMs, setUp);
  } catch (error) {
    if (!still || !isSettledFile(path, error)) throw error;
    return opened(path, () => new Sqlite(withoutLog(path), { readonly: true }), waitMs, setUp);
  }
}

/**
 * Even to read, SQLite makes files beside the store, which a read-only file system refuses. There the file alone can
 * be read, provided that no log is left over which belongs to it.
 */
function isSettledFile(path: string, error: unknown): boolean {
  if (!(error instanceof StoreError) || error.code !== 'store_read_only') return false;
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  return log === undefined || !log.isFile() || log.size === 0;
}

/** The file's content, which does not say any more that a log belongs to it: it is read in memory, where none can be. */
function withoutLog(path: string): Buffer {
  const content = readFileSync(path);
  content.fill(NO_LOG, WRITE_VERSION_AT, READ_VERSION_AT + 1);
  return content;
}

async function opened(
  path: string,
  open: () => Sqlite.Database,
  waitMs: number,
  setUp: (handle: Sqlite.Database) => Promise<void>,
): Promise<Sqlite.Database> {
  let handle: Sqlite.Database | undefined;
  try {
    const opening = await retryWhileBusy(waitMs, open);
    handle = opening;
    // The first look at the file: tells a damaged one here rather than in the middle of the work.
    await retryWhileBusy(waitMs, () => opening.prepare('select count(*) from sqlite_master').get());
    await setUp(opening);
    return opening;
  } catch (error) {
    handle?.close();
    throw toStoreError(error, path);
  }
}
