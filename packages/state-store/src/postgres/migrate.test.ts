import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { MIGRATIONS } from '../migrations/migrations.js';
import type { Migration } from '../migrations/migration.js';
import { openMemory } from '../sqlite/open-handle.js';
import { toConnection } from '../sqlite/connect.js';
import { migrate } from '../migrations/migrate.js';
import { service } from '../test/records.js';
import { ask, useStore } from '../test/use-store.js';
import { migratePostgres } from './migrate.js';
import { withPreparing } from './prepare.js';
import { readPostgresUrl } from './url.js';

/** A step as those to come: one text for both databases. */
const NEXT: Migration = {
  version: MIGRATIONS.length + 1,
  name: 'next',
  async up(db) {
    const schema = db.schema;
    await schema.alterTable('services').addColumn('color', 'text').execute();
    await schema
      .createTable('paints')
      .addColumn('seq', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('weight', 'integer')
      .addColumn('picture', 'blob' as 'text')
      .execute();
    await schema.createIndex('paints_weight').on('paints').column('weight').execute();
    await sql`insert into "paints" ("id", "weight") values ('b', 2), ('B', 9007199254740991), ('a', 1)`.execute(db);
  },
};

const READ = 'select "seq", "id", "weight" from "paints" order by "id"';
const ROWS = [
  { seq: 2, id: 'B', weight: 9007199254740991 },
  { seq: 3, id: 'a', weight: 1 },
  { seq: 1, id: 'b', weight: 2 },
];

describe('a step of the schema', () => {
  const at = useStore();

  it('runs on a store on PostgreSQL, and makes what it makes in a file', async () => {
    const { schema, shown: location } = readPostgresUrl(at.location);
    const steps = [...MIGRATIONS, NEXT];
    const run = (): Promise<string[]> =>
      withPreparing({ location: at.location, wait: 1000 }, (connection) =>
        migratePostgres(connection, { schema, location, now: '2026-01-01T00:00:00.000Z' }, steps),
      );
    // Marks the tables as altered.
    await ask(at.location, 'select count(*) from schema_migrations');
    expect(await run()).toEqual(['next']);
    expect(await run()).toEqual([]);
    expect(await ask(at.location, READ)).toEqual(ROWS);
    const types = await ask(
      at.location,
      `select attname as name, format_type(atttypid, null) as type, attcollation = '"C"'::regcollation as ordered
        from pg_attribute where attrelid = 'paints'::regclass and attnum > 0 order by attnum`,
    );
    expect(types).toEqual([
      { name: 'seq', type: 'bigint', ordered: 0 },
      { name: 'id', type: 'text', ordered: 1 },
      { name: 'weight', type: 'bigint', ordered: 0 },
      { name: 'picture', type: 'bytea', ordered: 0 },
    ]);
    await expect(at.store.services.put([])).rejects.toMatchObject({ code: 'store_too_new' });
  });

  it('fills in what services are searched by', async () => {
    await at.store.services.put([service('one', { name: 'São João' }), service('two', { clientName: 'علي' })]);
    const { schema, shown: location } = readPostgresUrl(at.location);
    for (const text of [
      'alter table services drop column search_text',
      'delete from schema_migrations where version > 45',
    ])
      await ask(at.location, text);
    await withPreparing({ location: at.location, wait: 1000 }, (connection) =>
      migratePostgres(connection, { schema, location, now: '2026-01-01T00:00:00.000Z' }, MIGRATIONS),
    );
    expect(await ask(at.location, 'select "search_text" from "services" order by "id"')).toEqual([
      { search_text: expect.stringContaining('sao joao') },
      { search_text: expect.stringContaining('علی') },
    ]);
  });

  it('runs on a file with the same text', async () => {
    const { db, handle, close } = toConnection(openMemory(), 0);
    await migrate(db, '2026-01-01T00:00:00.000Z', [...MIGRATIONS, NEXT]);
    expect(handle.prepare(READ).all()).toEqual(ROWS);
    await close();
  });
});
