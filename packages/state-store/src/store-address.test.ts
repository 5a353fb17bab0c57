import { describe, expect, it } from '@jest/globals';
import { isOnServer } from './location.js';
import { describeLocation, parseAddress, readConnection } from './store-address.js';

describe('the address of a database', () => {
  it.each([
    ['postgres://ops@db/sluice', 'postgres://ops@db:5432/sluice', 'sluice', false],
    [
      'postgresql://ops:hunter2@db.example.com:5433/sluice?sslmode=require',
      'postgres://ops@db.example.com:5433/sluice',
      'sluice',
      true,
    ],
    ['POSTGRES://ops:p%40ss%2Fword@[::1]:5432/a%20b', 'postgres://ops@[::1]:5432/a%20b', 'a b', true],
    ['postgres://db/sluice?user=ops&password=hunter2', 'postgres://ops@db:5432/sluice', 'sluice', true],
  ])('%s', (location, shown, database, hasPassword) => {
    expect(parseAddress(location)).toEqual({ shown, database, hasPassword });
    expect(describeLocation(location)).toBe(shown);
  });

  it.each([
    'postgres:db/sluice',
    'postgres://x',
    'postgres://ops@db/',
    'postgres://ops:hun/ter2@db/sluice',
    'postgres://ops:12/ter2@db',
    'postgres://ops:12/ter2@db/sluice',
    'postgres://ops:12?ter2@db/sluice',
    'postgres://ops:12#ter2@db/sluice',
    'postgres://ops:hunter2@db:port/sluice',
    'postgres://ops:hunter2@db/%ff',
    'postgres://ops:hunter2@db/one/two',
  ])('can not be %s, of which nothing is shown', (location) => {
    expect(parseAddress(location)).toBeNull();
    expect(describeLocation(location)).toBe('postgres://…');
  });

  it('is not a path', () => {
    for (const path of ['./sluice.db', '/postgres/sluice.db', ':memory:'])
      expect([isOnServer(path), describeLocation(path)]).toEqual([false, path]);
  });
});

describe('readConnection', () => {
  it('reaches other hosts with TLS, as the store does', () => {
    expect(readConnection('postgres://u:p%40@db.example.com/sluice?pool=4&connect_timeout=3')).toMatchObject({
      ...{ host: 'db.example.com', port: 5432, user: 'u', password: 'p@', database: 'sluice' },
      ssl: { rejectUnauthorized: false },
      connectionTimeoutMillis: 3000,
    });
    expect(readConnection('postgres://u@localhost/sluice').ssl).toBe(false);
    expect(() => readConnection('postgres://u@db.example.com/sluice?sslmode=prefer')).toThrow(/sslmode/);
  });
});
