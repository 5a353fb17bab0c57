import { StoreError, type StoreErrorCode } from '../store-error.js';

const LOCKED = 'is locked by another process. Wait until that has finished, or end it, and try again';

/** SQLite's result codes by prefix, longer ones first. */
const BY_RESULT_CODE: readonly (readonly [prefix: string, code: StoreErrorCode, message: string])[] = [
  ['SQLITE_BUSY', 'store_busy', LOCKED],
  ['SQLITE_LOCKED', 'store_busy', LOCKED],
  ['SQLITE_READONLY', 'store_read_only', "can't be written. Check the permissions of the file and of its folder"],
  ['SQLITE_PERM', 'store_read_only', "can't be opened. Check the permissions of the file and of its folder"],
  ['SQLITE_CANTOPEN', 'store_read_only', "can't be opened. Check the permissions of the file and of its folder"],
  [
    'SQLITE_FULL',
    'store_full',
    "can't grow: the disk is full. Free disk space and try again; no partial changes were written",
  ],
  ['SQLITE_IOERR_SHMSIZE', 'store_full', "can't grow: the disk is full. Free disk space and try again"],
  ['SQLITE_IOERR', 'store_io', 'could not be read or written: the device reports an error. Check the disk'],
  ['SQLITE_CORRUPT', 'store_damaged', 'is damaged'],
  ['SQLITE_NOTADB', 'store_damaged', 'is not a database. Check the path, or restore a backup'],
  ['SQLITE_CONSTRAINT', 'store_conflict', 'refused a row that breaks one of its invariants; nothing was written'],
  // In a store of the right version every statement is valid, unless its tables were altered by hand.
  ['SQLITE_ERROR', 'store_damaged', 'does not have the tables of its schema version'],
];

const BY_SYSTEM_CODE: Readonly<Record<string, readonly [code: StoreErrorCode, message: string]>> = {
  EROFS: ['store_read_only', 'is on a read-only file system. Move it, or mount the file system for writing'],
  EACCES: ['store_read_only', "can't be written. Check the permissions of the file and of its folder"],
  EPERM: ['store_read_only', "can't be written. Check the permissions of the file and of its folder"],
  ENOSPC: ['store_full', "can't grow: the disk is full. Free disk space and try again"],
  EDQUOT: ['store_full', "can't grow: the disk quota of its user is used up. Free disk space and try again"],
  ENOENT: ['store_missing', 'does not exist. Check the path'],
  ENOTDIR: ['store_missing', "can't be opened: a part of its path is not a folder. Check the path"],
  EISDIR: ['store_unsupported', 'is a folder. Name a file'],
};

/** Converts an error of SQLite or of the system to a {@link StoreError}; returns any other error unchanged. */
export function toStoreError(error: unknown, location: string): unknown {
  if (error instanceof StoreError || typeof error !== 'object' || error === null || !('code' in error)) return error;
  const { code } = error;
  if (typeof code !== 'string') return error;
  const detail = 'message' in error && typeof error.message === 'string' ? error.message : code;
  const found = BY_RESULT_CODE.find(([prefix]) => code.startsWith(prefix));
  if (found !== undefined) {
    return new StoreError(found[1], `The store ${location} ${found[2]} (${detail}).`, { cause: error });
  }
  const system = 'syscall' in error ? BY_SYSTEM_CODE[code] : undefined;
  if (system !== undefined) {
    return new StoreError(system[0], `The store ${location} ${system[1]} (${code}).`, { cause: error });
  }
  return error;
}
