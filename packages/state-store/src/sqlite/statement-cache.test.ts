import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { StatementCache } from './immediate-sqlite-dialect.js';

describe('StatementCache', () => {
  let prepared: string[] = [];
  let handle: Sqlite.Database;
  let cache: StatementCache;

  beforeEach(() => {
    prepared = [];
    handle = new Sqlite(':memory:');
    cache = new StatementCache({
      prepare: (sql) => {
        prepared.push(sql);
        return handle.prepare(sql);
      },
      close: () => handle.close(),
    });
  });
  afterEach(() => {
    handle.close();
  });

  it('prepares a text once', () => {
    expect(cache.prepare('select 1')).toBe(cache.prepare('select 1'));
    expect(prepared).toEqual(['select 1']);
  });

  it('lets go of the one that was used least recently', () => {
    for (let n = 0; n < 256; n += 1) cache.prepare(`select ${n}`);
    cache.prepare('select 0');
    cache.prepare('select 256');
    prepared = [];
    cache.prepare('select 0');
    expect(prepared).toEqual([]);
    cache.prepare('select 1');
    expect(prepared).toEqual(['select 1']);
  });

  it('closes the database', () => {
    cache.close();
    expect(handle.open).toBe(false);
  });
});
