import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  copyStore,
  LATEST_SCHEMA_VERSION,
  migrateStore,
  openStore,
  storePast,
  storeVersion,
  type StateStore,
} from '../index.js';
import { service } from '../test/records.js';
import { startPostgres, type TestServer } from '../testing/server.js';

let server: TestServer;
let admin: pg.Client;
let stores: StateStore[] = [];

async function connect(): Promise<void> {
  admin = new pg.Client(server.url());
  admin.on('error', () => undefined);
  await admin.connect();
}

beforeAll(async () => {
  server = await startPostgres();
  await connect();
  for (const statement of [
    `create role anna login password '${PASSWORD}'`,
    'create database of_anna owner anna',
    `create role guest login password '${PASSWORD}'`,
    "create database ascii encoding 'SQL_ASCII' locale 'C' template template0",
  ])
    await admin.query(statement);
  const rules = join(server.folder, 'data', 'pg_hba.conf');
  writeFileSync(
    rules,
    'host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n',
  );
  await admin.query('select pg_reload_conf()');
});
afterAll(async () => {
  await admin.end();
  server.release();
});
afterEach(async () => {
  for (const store of stores) await store.close();
  stores = [];
});

const PASSWORD = 'geheim9';

const toUrl = (user: string, database: string, query = '', host = '127.0.0.1'): string =>
  `postgres://${user}:${PASSWORD}@${host}:${server.port}/${database}?${query}`;

async function open(location: string, options: Partial<Parameters<typeof openStore>[0]> = {}): Promise<StateStore> {
  const store = await openStore({ location, wait: 2000, ...options });
  stores.push(store);
  return store;
}

async function expectRefused(opening: Promise<unknown>, code: string, why: RegExp): Promise<void> {
  const error: unknown = await opening.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringMatching(why) });
  expect((error as Error).message).not.toContain(PASSWORD);
}

describe('a store', () => {
  it('is made by the first who opens it, in a schema of its own', async () => {
    const location = toUrl('anna', 'of_anna');
    await expectRefused(openStore({ location, create: false }), 'store_missing', /has no tables/);
    await expectRefused(openStore({ location, readOnly: true }), 'store_missing', /has no tables/);
    await expectRefused(storeVersion(location), 'store_missing', /has no tables/);
    const store = await open(location);
    expect(store.location).toBe(`postgres://anna@127.0.0.1:${server.port}/of_anna`);
    expect((await store.maintenance.check()).filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(await storeVersion(location)).toBe(LATEST_SCHEMA_VERSION);
    expect((await storePast(location)).migrations.at(-1)?.version).toBe(LATEST_SCHEMA_VERSION);
    expect(await migrateStore(location)).toEqual({
      from: LATEST_SCHEMA_VERSION,
      to: LATEST_SCHEMA_VERSION,
      applied: [],
    });
    const other = await open(toUrl('anna', 'of_anna', 'schema=other'));
    await store.services.put([service('svc-1')]);
    expect([await store.services.ids(), await other.services.ids()]).toEqual([['svc-1'], []]);
  });

  it('that is read only refuses to write', async () => {
    await open(toUrl('anna', 'of_anna', 'schema=read'));
    const store = await open(toUrl('anna', 'of_anna', 'schema=read'), { readOnly: true });
    await expectRefused(store.services.put([service('svc-1')]), 'store_read_only', /opened read-only/);
  });

  it('is no file that could be backed up', async () => {
    const store = await open(toUrl('anna', 'of_anna'));
    await expectRefused(store.maintenance.backup('./b.gz'), 'store_unsupported', /pg_dump/);
  });
});

describe('opening a store', () => {
  it('says what is wrong, and never the password', async () => {
    await expectRefused(openStore({ location: toUrl('anna', 'none') }), 'store_missing', /does not exist/);
    await expectRefused(openStore({ location: toUrl('nobody', 'of_anna') }), 'store_refused', /authentication failed/);
    const wrong = toUrl('anna', 'of_anna').replace(PASSWORD, 'wrong');
    await expectRefused(openStore({ location: wrong }), 'store_refused', /authentication failed/);
    const unstated = toUrl('anna', 'of_anna').replace(`:${PASSWORD}@`, '@');
    await expectRefused(openStore({ location: unstated }), 'store_refused', /asks for a password, and none was stated/);
    await expectRefused(openStore({ location: toUrl('guest', 'of_anna', 'schema=x') }), 'store_refused', /permission/);
    await expectRefused(openStore({ location: toUrl('postgres', 'ascii') }), 'store_unsupported', /UTF8/);
    const away = toUrl('anna', 'of_anna').replace(`:${server.port}/`, ':1/');
    await expectRefused(openStore({ location: away }), 'store_unreachable', /ECONNREFUSED/);
  });

  it('can be foreseen to fail by a dry run of a copy, before anything is marked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-copy-'));
    const from = join(folder, 'sluice.db');
    const file = await open(from);
    await file.services.put([service('svc-1')]);
    const copy = (to: string, dryRun: boolean): Promise<unknown> =>
      copyStore({ from, to, dryRun, id: () => 'copy-1', refuseActive: () => undefined });
    const guest = toUrl('guest', 'of_anna', 'schema=copied');
    for (const dryRun of [true, false]) {
      await expectRefused(copy(guest, dryRun), 'store_refused', /may not create the schema "copied" in the database/);
      await file.services.put([service('svc-2')]);
    }
    await admin.query('create database of_both');
    const both = new pg.Client(toUrl('postgres', 'of_both'));
    await both.connect();
    await both.query('create schema given; create table public.of_others (id text)');
    await expectRefused(copy(toUrl('guest', 'of_both', 'schema=given'), true), 'store_refused', /tables in the schema/);
    await both.query('grant usage, create on schema given to guest');
    await both.end();
    // Tables beside the schema are of others.
    for (const dryRun of [true, false])
      expect(await copy(toUrl('guest', 'of_both', 'schema=given'), dryRun)).toMatchObject({ resumed: false });
    rmSync(folder, { recursive: true });
  });

  it('leaves the tables of another program', async () => {
    await admin.query('create schema taken; create table taken.schema_migrations (version text)');
    const location = toUrl('postgres', 'postgres', 'schema=taken');
    await expectRefused(openStore({ location }), 'store_unsupported', /another program/);
  });

  it('refuses a store of a newer version', async () => {
    const location = toUrl('postgres', 'postgres', 'schema=newer');
    const store = await open(location);
    await admin.query(`insert into newer.schema_migrations values (${LATEST_SCHEMA_VERSION + 1}, 'newer', '')`);
    await expectRefused(store.services.put([service('svc-1')]), 'store_too_new', /supports at most/);
    await expectRefused(openStore({ location }), 'store_too_new', /supports at most/);
  });
});

describe('a statement', () => {
  it('that lasts, or waits for a lock, ends with an error of its own', async () => {
    const store = await open(toUrl('postgres', 'postgres', 'schema=slow'));
    const slow = await open(toUrl('postgres', 'postgres', 'schema=slow&statement_timeout=100'));
    const waiting = await open(toUrl('postgres', 'postgres', 'schema=slow&lock_timeout=50'));
    await admin.query('begin; lock table slow.services in access exclusive mode');
    try {
      await expectRefused(slow.services.ids(), 'store_timeout', /statement timeout/);
      await expectRefused(waiting.services.ids(), 'store_busy', /lock timeout/);
      await expectRefused(waiting.services.put([service('svc-1')]), 'store_busy', /lock timeout/);
    } finally {
      await admin.query('rollback');
    }
    expect(await store.services.ids()).toEqual([]);
  });

  it('can have any text', async () => {
    const store = await open(toUrl('postgres', 'postgres', 'schema=texts'));
    const fields = { zero: 'a\0b', half: '\ud800', quote: `'"\\u0000`, sign: '🙂' };
    await store.services.put([service('a\0b', { fields })]);
    const [found] = await store.services.list({ ids: ['a\0b'] });
    expect(found?.id).toBe('a\ufffdb');
    expect(found?.fields).toMatchObject({ zero: 'a\ufffdb', quote: `'"\\u0000`, sign: '🙂' });
  });
});

describe('a server', () => {
  it('that is restarted loses nothing, and is waited for', async () => {
    const store = await open(toUrl('postgres', 'postgres', 'schema=again'), { wait: 60_000 });
    await store.services.put([service('svc-1')]);
    const restarting = server.restart();
    const written = store.services.put([service('svc-2')]);
    const read = store.services.get('svc-1');
    await restarting;
    await written;
    expect((await read)?.id).toBe('svc-1');
    expect(await store.services.ids()).toEqual(['svc-1', 'svc-2']);
    await connect();
  });

  it('proves who it is with TLS, as its URL asks', async () => {
    const plain = toUrl('anna', 'of_anna', 'sslmode=require');
    await expectRefused(openStore({ location: plain }), 'store_refused', /does not support TLS/);
    const data = join(server.folder, 'data');
    const [key, cert] = [join(data, 'server.key'), join(data, 'server.crt')];
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
    ]);
    // Without the program there is no certificate to ask for.
    if (made.status !== 0) return;
    const { uid, gid } = statSync(data);
    for (const file of [key, cert]) chownSync(file, uid, gid);
    const known = join(server.folder, 'ca.pem');
    writeFileSync(known, readFileSync(cert));
    await admin.query('alter system set ssl = on');
    await admin.query('select pg_reload_conf()');
    const isOn = async (): Promise<boolean> => (await admin.query<{ ssl: string }>('show ssl')).rows[0]?.ssl === 'on';
    while (!(await isOn())) await new Promise(setImmediate);
    const full = `sslmode=verify-full&sslrootcert=${known}`;
    for (const [query, host] of [
      ['sslmode=require', '127.0.0.1'],
      [`sslmode=verify-ca&sslrootcert=${known}`, '127.0.0.1'],
      [full, 'localhost'],
    ] as const) {
      const store = await open(toUrl('anna', 'of_anna', query, host));
      expect(await store.services.ids()).toHaveLength(1);
    }
    await expectRefused(openStore({ location: toUrl('anna', 'of_anna', full) }), 'store_refused', /TLS/);
    const unknown = toUrl('anna', 'of_anna', 'sslmode=verify-full', 'localhost');
    await expectRefused(openStore({ location: unknown }), 'store_refused', /TLS/);
  });
});
