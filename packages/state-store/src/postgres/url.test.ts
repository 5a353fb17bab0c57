import { describe, expect, it } from '@jest/globals';
import { StoreError } from '../store-error.js';
import { readPostgresUrl } from './url.js';

describe('the URL of a store', () => {
  it('is shown without its password and what its query hides', () => {
    const { shown, password, schema, port } = readPostgresUrl(
      'postgresql://anna:s%40cret@db.example/sluice?password=other&application_name=x',
    );
    expect([shown, password, schema, port]).toEqual([
      'postgres://anna@db.example:5432/sluice',
      's@cret',
      'sluice',
      5432,
    ]);
  });

  it('names a schema, a port and limits', () => {
    const settings = readPostgresUrl(
      'postgres://u@[::1]:6432/db?schema=prod_1&pool=3&statement_timeout=500&connect_timeout=2&lock_timeout=70',
    );
    expect(settings).toMatchObject({
      ...{ host: '::1', port: 6432, schema: 'prod_1', pool: 3, statementMs: 500, connectMs: 2000, lockMs: 70 },
      shown: 'postgres://u@[::1]:6432/db?schema=prod_1',
    });
  });

  it('names a folder with a socket', () => {
    expect(readPostgresUrl('postgres://u@/db?host=/run/postgresql')).toMatchObject({
      host: '/run/postgresql',
      ssl: false,
    });
  });

  it.each<[string, unknown]>([
    ['localhost', false],
    ['127.0.0.1', false],
    ['db', { rejectUnauthorized: false }],
    ['db?sslmode=disable', false],
    ['localhost?sslmode=require', { rejectUnauthorized: false }],
    ['db?sslmode=verify-full', { rejectUnauthorized: true }],
    ['db?sslmode=verify-ca', { rejectUnauthorized: true, checkServerIdentity: expect.any(Function) }],
    ['db?sslmode=require&sslrootcert=system', { rejectUnauthorized: true }],
  ])('states what TLS proves: %s', (text, expected) => {
    const [host = '', query = ''] = text.split('?');
    const { ssl } = readPostgresUrl(`postgres://u@${host}/db?${query}`);
    if (expected === false) expect(ssl).toBe(false);
    else expect(ssl).toMatchObject(expected as object);
  });

  it.each([
    ['postgres://u:secret@db', 'names no database'],
    ['postgres://:secret@db/x', 'names no user'],
    ['postgres://u:secret@db/x?sslmod=require', 'unknown parameter "sslmod"'],
    ['postgres://u:secret@db/x?sslmode=prefer', 'none of disable, require, verify-ca, verify-full'],
    ['postgres://u:secret@db/x?pool=1', 'at least 2'],
    ['postgres://u:secret@db/x?statement_timeout=1s', 'statement_timeout'],
    ['postgres://u:secret@db/x?schema=pg_x', 'schema'],
    ['postgres://u:secret@db/x?sslcert=a.pem', 'one of "sslcert" and "sslkey" only'],
    ['postgres://u:secret@db/x?sslmode=verify-full&sslrootcert=/no/file', "can't be read: /no/file (ENOENT)"],
    ['postgres://u:sec%ret@db/x', "can't be read"],
    ['postgres://u:secret@d b/x', "can't be read"],
  ])('is refused without its password where it is wrong: %s', (text, why) => {
    let error: unknown;
    try {
      readPostgresUrl(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: 'store_unsupported', message: expect.stringContaining(why) });
    expect((error as Error).message).not.toMatch(/sec/);
  });
});
