import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { migrateStore, storeVersion } from '../migrate-store.js';
import { openStore } from '../open-store.js';
import { type Connection, connectWriter } from '../sqlite/connect.js';
import { createPrivateFile } from '../sqlite/open-handle.js';
import { clock, findings, NOW, useFolder } from '../test/use-store.js';
import { migrate } from './migrate.js';
import type { Migration } from './migration.js';
import { MIGRATIONS } from './migrations.js';
import { LATEST_SCHEMA_VERSION } from './version.js';

const at = useFolder();
let connection: Connection | undefined;

afterEach(async () => {
  await connection?.close();
  connection = undefined;
});

/** A store as the first `version` steps made it. */
async function createOldStore(version: number): Promise<Connection> {
  createPrivateFile(at.location);
  connection = await connectWriter(at.location, 1000);
  if (version > 0) await migrate(connection.db, NOW, MIGRATIONS.slice(0, version));
  return connection;
}

async function tables(db: Kysely<never>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(db);
  return rows.map((row) => row.name);
}

const addNote: Migration = {
  version: LATEST_SCHEMA_VERSION + 1,
  name: 'add-note',
  up: async (db) => {
    await db.schema.createTable('notes').addColumn('id', 'text').execute();
  },
};

const fail: Migration = {
  version: LATEST_SCHEMA_VERSION + 2,
  name: 'fail',
  up: async (db) => {
    await db.schema.createTable('half').addColumn('id', 'text').execute();
    throw new Error('the second half is missing');
  },
};

describe('the list of migrations', () => {
  it('counts from one, and names its files', () => {
    expect(MIGRATIONS.map((migration) => migration.version)).toEqual(MIGRATIONS.map((_, n) => n + 1));
    expect(MIGRATIONS.length).toBe(LATEST_SCHEMA_VERSION);
    const files = readdirSync(dirname(fileURLToPath(import.meta.url))).filter((file) => /^\d{3}-.*\.ts$/.test(file));
    expect(MIGRATIONS.map((migration) => `${migration.name}.ts`)).toEqual(files.sort());
    for (const { version, name } of MIGRATIONS) expect(Number(name.slice(0, 3))).toBe(version);
  });
});

/** What each version's tables and indexes are, as a digest. A step that was released never changes; write a new one. */
const SCHEMA_DIGESTS = [
  '7d613acdda1023a2',
  '1ee0a7e5720ff8b7',
  'd7358e66a90869fe',
  '0183cabd7452b7c0',
  '97945b9c83fbd8f5',
  '7c43cb357b5eb2c0',
  'f97b40c57a55d4f7',
  'a459143b0bbc59fb',
  '1b175fa8e5a3c20c',
  'd3ac72f90874c5e1',
  '0b2e110096fa1481',
  'dfe7ba5bef55714a',
  'b07dafa07e980c6c',
  '872898285b4e0792',
  '0b8609fa3a7c8949',
  '7e96588394b8d765',
  '777d99a49b1fc947',
  '85b76e74402e013a',
  '5d67aed404b8b610',
  '90a19998f0ea889c',
  'a2ed205e9adb4b2f',
  'a2ed205e9adb4b2f',
  'fa9b4dbecaa4e3d4',
  '6eebc30267f4e79a',
  '88149510315be925',
  '71dc9227fc7fdccd',
  'c88dd16c74ed5429',
  '4eb4ff893a009f0d',
  'e7e2f29499a170d0',
  'b54fd0bc8b7b9b89',
  'a0b8ade0f316a920',
  'b765940154fde48f',
  'e39990466682e577',
  '89b4a965e9da96df',
  '90325add9bcfc5c5',
  'dc3dc1a562372781',
  '11a7e19c52585fdc',
  '3746632fa18889a8',
  'd788d66e67f4914e',
  'e288c289a0e8072f',
  '3f89f1a20cb61f7d',
  '528b70bcbea21f8c',
  '13ea58558e9210fe',
  '62fc8e9622461839',
  '898e48bf1d7d9653',
  '86d61609d1be8bf4',
];

async function schemaDigest(db: Kysely<never>): Promise<string> {
  const { rows } = await sql<{
    sql: string;
  }>`select sql from sqlite_master where sql is not null order by name`.execute(db);
  return createHash('sha256')
    .update(rows.map((row) => row.sql).join('\n'))
    .digest('hex')
    .slice(0, 16);
}

describe('each version', () => {
  it.each(MIGRATIONS.map((migration) => migration.version))('%i is what it always was', async (version) => {
    const { db } = await createOldStore(version);
    expect(await schemaDigest(db as unknown as Kysely<never>)).toBe(SCHEMA_DIGESTS[version - 1]);
  });
});

describe('migrate', () => {
  it.each(Array.from({ length: LATEST_SCHEMA_VERSION + 1 }, (_, version) => version))(
    'brings version %i to the newest',
    async (version) => {
      await (await createOldStore(version)).close();
      expect(await storeVersion(at.location)).toBe(version);
      expect(await migrateStore(at.location, { clock })).toEqual({
        from: version,
        to: LATEST_SCHEMA_VERSION,
        applied: MIGRATIONS.slice(version).map((migration) => migration.name),
      });
      const store = await openStore({ location: at.location, clock, migrate: false });
      expect(await findings(store)).toEqual([]);
      await store.close();
    },
  );

  it('records each step with its time', async () => {
    const { db } = await createOldStore(LATEST_SCHEMA_VERSION);
    expect(await db.selectFrom('schema_migrations').selectAll().execute()).toEqual(
      MIGRATIONS.map(({ version, name }) => ({ version, name, applied_at: NOW })),
    );
  });

  it('runs only what is missing, and nothing a second time', async () => {
    const { db } = await createOldStore(LATEST_SCHEMA_VERSION);
    expect(await migrate(db, NOW, [...MIGRATIONS, addNote])).toEqual(['add-note']);
    expect(await migrate(db, NOW, [...MIGRATIONS, addNote])).toEqual([]);
  });

  it('keeps nothing of any step when one fails', async () => {
    const { db } = await createOldStore(LATEST_SCHEMA_VERSION);
    await expect(migrate(db, NOW, [...MIGRATIONS, addNote, fail])).rejects.toThrow('the second half is missing');
    const left = await tables(db as unknown as Kysely<never>);
    expect(left).not.toContain('notes');
    expect(left).not.toContain('half');
    expect(await storeVersion(at.location)).toBe(LATEST_SCHEMA_VERSION);
    expect(await migrate(db, NOW, [...MIGRATIONS, addNote])).toEqual(['add-note']);
  });
});

describe('the step that removes secrets of links from answers', () => {
  const secret = (of: string) => of.repeat(43);
  const answerOf = (of: string) =>
    JSON.stringify({ redirect: `/share/${secret(of)}/services/svc-1?done=bought#packages` });
  const content = (): string =>
    readdirSync(at.folder)
      .map((file) => readFileSync(join(at.folder, file), 'latin1'))
      .join();

  it('keeps the keys, and nothing of the secrets in any page', async () => {
    const { db, close } = await createOldStore(21);
    const add = (key: string, answer: string | null) =>
      sql`insert into requests (who, key, fingerprint, state, answer, at) values ('l form', ${key}, 'f', 'done', ${answer}, ${NOW})`.execute(
        db,
      );
    for (let index = 0; index < 200; index++) await add(`old-${index}`, answerOf('b'));
    await sql`delete from requests`.execute(db);
    await add('bought', answerOf('a'));
    await add('other', JSON.stringify({ redirect: '/share/short' }));
    await close();
    expect(content().includes(secret('b'))).toBe(true);
    const store = await openStore({ location: at.location, clock });
    const { requests } = store;
    expect(await requests.get('l form', 'bought')).toMatchObject({
      answer: { redirect: '/services/svc-1?done=bought#packages' },
    });
    expect(await requests.get('l form', 'other')).toMatchObject({ answer: { redirect: '/share/short' } });
    for (const of of ['a', 'b']) expect([of, content().includes(secret(of))]).toEqual([of, false]);
    await store.close();
  });
});

describe('the step that changes scopes of clients', () => {
  it('turns operate of one client into its three rights, and keeps what it was', async () => {
    const { db, close } = await createOldStore(22);
    const add = (id: string, client: string | null, scopes: string[]) =>
      sql`insert into api_tokens (id, hash, name, kind, scopes, client, created_at, created_by)
        values (${id}, ${id}, ${id}, 'api', ${JSON.stringify(scopes)}, ${client}, ${NOW}, 'root')`.execute(db);
    await add('shop', '42', ['client:42', 'operate']);
    await add('reader', '42', ['client:42', 'read']);
    await add('all', null, ['operate']);
    await close();
    const store = await openStore({ location: at.location, clock });
    expect((await store.apiTokens.list()).map(({ id, scopes, scopesBefore }) => [id, scopes, scopesBefore])).toEqual([
      ['shop', ['client:42', 'buy', 'manage', 'password'], ['client:42', 'operate']],
      ['reader', ['client:42', 'read'], null],
      ['all', ['operate'], null],
    ]);
    await store.close();
  });
});

describe('the step that moves notes of credit', () => {
  it('keeps them for operators', async () => {
    const { db, close } = await createOldStore(26);
    const add = (id: string, kind: string, description: string) =>
      sql`insert into ledger_bookings (id, kind, description, at, actor)
        values (${id}, ${kind}, ${description}, ${NOW}, 'root')`.execute(db);
    await add('a', 'credit', 'INTERNAL');
    await add('b', 'credit', 'Credit');
    await add('c', 'payment', 'Invoice 1');
    await close();
    await migrateStore(at.location, { clock });
    connection = await connectWriter(at.location, 1000);
    const rows = await connection.db.selectFrom('ledger_bookings').select(['id', 'description', 'note']).execute();
    expect(rows).toEqual([
      { id: 'a', description: 'Credit', note: 'INTERNAL' },
      { id: 'b', description: 'Credit', note: null },
      { id: 'c', description: 'Invoice 1', note: null },
    ]);
  });
});

describe('the step that stores what services are searched by', () => {
  it('fills it in for all of them', async () => {
    const { db, close } = await createOldStore(45);
    const ids = Array.from({ length: 1001 }, (_, index) => `svc-${index}`);
    for (const id of ids)
      await sql`insert into services (id, panel, product, name, status, refs, own_refs, fields, created_at, updated_at)
        values (${id}, 'dcim', 'vps', ${`São ${id}`}, 'active', '{}', '[]', '{}', ${NOW}, ${NOW})`.execute(db);
    await sql`insert into undecided (service) select id from services`.execute(db);
    await close();
    const store = await openStore({ location: at.location, clock });
    const find = (search: string) =>
      store.overview.services({ search, order: 'id', limit: 10, offset: 0 }, { panels: {}, others: NOW.slice(0, 10) });
    expect((await find('sao')).matching).toBe(ids.length);
    expect((await find('SAO SVC-1000')).rows.map(({ id }) => id)).toEqual(['svc-1000']);
    await store.close();
  });
});

describe('migrateStore', () => {
  it('does not make a file that is not there', async () => {
    await expect(migrateStore(at.location)).rejects.toMatchObject({ code: 'store_missing' });
    await expect(storeVersion(at.location)).rejects.toMatchObject({ code: 'store_missing' });
    expect(readdirSync(at.folder)).toEqual([]);
  });

  it('refuses a newer store, whose version can still be asked', async () => {
    const { db } = await createOldStore(LATEST_SCHEMA_VERSION);
    await migrate(db, NOW, [...MIGRATIONS, addNote]);
    await expect(migrateStore(at.location)).rejects.toMatchObject({ code: 'store_too_new' });
    expect(await storeVersion(at.location)).toBe(LATEST_SCHEMA_VERSION + 1);
  });
});
