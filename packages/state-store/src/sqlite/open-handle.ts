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
import { isOnServer } from '../location.js';
import { StoreError } from '../store-error.js';
import { retryWhileBusy } from './immediate-sqlite-dialect.js';
import { toStoreError } from './to-store-error.js';

/** Location of a store that ends with the process. */
export const IN_MEMORY = ':memory:';

/** How long SQLite itself may block the process for a lock; the rest of a wait is asynchronous. */
const BLOCKING_WAIT_MS = 20;

/** Maximum size of the log after a checkpoint. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

/** Pages of the log from which a commit writes them to the file: few of the many commits of a run wait for that. */
const LOG_PAGES = 4000;

/** Offsets in the header of a database file: its write and read versions, 2 with a log and 1 without. */
const WRITE_VERSION_AT = 18;
const READ_VERSION_AT = 19;
const NO_LOG = 1;

/** Returns the absolute path of a store. Fails with `store_unsupported` if the location is not a path. */
export function toStorePath(location: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(location)?.[1];
  if (scheme !== undefined) {
    throw new StoreError(
      'store_unsupported',
      isOnServer(location)
        ? 'A store on PostgreSQL is not a file. Back it up with pg_dump, and restore that with pg_restore.'
        : `"${scheme}:" is not supported as a store. Name a file, such as ./sluice.db, or postgres://USER:PASSWORD@HOST/DATABASE.`,
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

/** Creates the file with mode 0600. Returns false when it exists. */
export function createPrivateFile(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST') return false;
    throw toStoreError(error, path);
  }
  try {
    // The umask may have removed the owner's rights too.
    fchmodSync(file, 0o600);
  } finally {
    closeSync(file);
  }
  return true;
}

/** Makes sure that the file exists and is writable: SQLite would silently open it read-only. */
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
    // SQLite creates two more files in its folder.
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
    // Checked first: for several levels at once, mkdir reports a read-only file system as a missing folder.
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

/** The error of a file without tables, as one has that was killed while it made a store. */
export function emptyFile(path: string): StoreError {
  return new StoreError(
    'store_missing',
    `The store ${path} has no tables yet. Check the path, or create it with a first run.`,
  );
}

/** Opens a database that ends with the process. */
export function openMemory(): Sqlite.Database {
  const handle = new Sqlite(IN_MEMORY);
  handle.pragma('foreign_keys = on');
  return handle;
}

/** Opens a connection that writes, with a write-ahead log, durable commits and foreign keys. */
export async function openWriter(path: string, waitMs: number): Promise<Sqlite.Database> {
  const options = { fileMustExist: true, timeout: BLOCKING_WAIT_MS };
  return opened(
    path,
    () => new Sqlite(path, options),
    waitMs,
    async (handle) => {
      // Switching to the log needs an exclusive lock, and SQLite does not wait for it.
      await retryWhileBusy(waitMs, () => handle.pragma('journal_mode = wal'));
      handle.pragma('synchronous = full');
      handle.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
      handle.pragma(`journal_size_limit = ${LOG_LIMIT_BYTES}`);
      handle.pragma('foreign_keys = on');
    },
  );
}

/**
 * Opens a connection that reads. Its rare waits (for the recovery of the log) block. With `still`, a file that no
 * process can be writing is read into memory if SQLite can't read it in place.
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
    if (!still || !isClosedFile(path, error)) throw error;
    return opened(path, () => new Sqlite(withoutLog(path), { readonly: true }), waitMs, setUp);
  }
}

/**
 * SQLite creates files beside the store even to read, which a read-only file system refuses. There the file alone can
 * be read, provided that it has no log.
 */
function isClosedFile(path: string, error: unknown): boolean {
  if (!(error instanceof StoreError) || error.code !== 'store_read_only') return false;
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  return log === undefined || !log.isFile() || log.size === 0;
}

/** Returns the file's content with a header that names no log: an in-memory database has none. */
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
    // The first read reports a damaged file here, not in the middle of the work.
    await retryWhileBusy(waitMs, () => opening.prepare('select count(*) from sqlite_master').get());
    await setUp(opening);
    return opening;
  } catch (error) {
    handle?.close();
    throw toStoreError(error, path);
  }
}
