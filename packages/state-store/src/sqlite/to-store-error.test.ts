import { describe, expect, it } from '@jest/globals';
import { StoreError } from '../store-error.js';
import { toStoreError } from './to-store-error.js';

const PATH = '/srv/sluice.db';

function sqlite(code: string): Error {
  return Object.assign(new Error('what SQLite says'), { code });
}

function system(code: string): Error {
  return Object.assign(new Error(`${code}: open`), { code, syscall: 'open' });
}

describe('toStoreError', () => {
  it.each([
    ['SQLITE_BUSY', 'store_busy'],
    ['SQLITE_BUSY_SNAPSHOT', 'store_busy'],
    ['SQLITE_LOCKED', 'store_busy'],
    ['SQLITE_READONLY', 'store_read_only'],
    ['SQLITE_READONLY_DBMOVED', 'store_read_only'],
    ['SQLITE_CANTOPEN', 'store_read_only'],
    ['SQLITE_FULL', 'store_full'],
    ['SQLITE_IOERR_SHMSIZE', 'store_full'],
    ['SQLITE_IOERR_READ', 'store_io'],
    ['SQLITE_CORRUPT', 'store_damaged'],
    ['SQLITE_NOTADB', 'store_damaged'],
    ['SQLITE_ERROR', 'store_damaged'],
    ['SQLITE_CONSTRAINT_UNIQUE', 'store_conflict'],
  ])('takes %s for %s', (code, expected) => {
    const cause = sqlite(code);
    const error = toStoreError(cause, PATH);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: expected, cause, message: expect.stringContaining(PATH) });
    expect(error).toMatchObject({ message: expect.stringContaining('what SQLite says') });
  });

  it.each([
    ['EROFS', 'store_read_only'],
    ['EACCES', 'store_read_only'],
    ['EPERM', 'store_read_only'],
    ['ENOSPC', 'store_full'],
    ['EDQUOT', 'store_full'],
    ['ENOENT', 'store_missing'],
    ['ENOTDIR', 'store_missing'],
    ['EISDIR', 'store_unsupported'],
  ])('takes %s of the system for %s', (code, expected) => {
    expect(toStoreError(system(code), PATH)).toMatchObject({ code: expected, message: expect.stringContaining(PATH) });
  });

  it('leaves alone what is not of the store', () => {
    const own = new StoreError('lease_lost', 'gone');
    for (const error of [own, new Error('x'), sqlite('ENOENT'), system('ECONNRESET'), 'text', null, { code: 7 }]) {
      expect(toStoreError(error, PATH)).toBe(error);
    }
  });
});
