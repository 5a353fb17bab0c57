import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { toConnection } from '../sqlite/connect.js';
import { openMemory } from '../sqlite/open-handle.js';
import { migrate } from './migrate.js';
import { MIGRATIONS } from './migrations.js';
import { readSchema } from './read-schema.js';
import { SCHEMA } from './schema.js';

it('makes a new store with the tables that all steps leave (else: npm run schema)', async () => {
  expect(SCHEMA).toEqual(await readSchema());
});

it('leaves rows in no table of a new store but the list of steps, as the steps do', async () => {
  const filled = async (steps?: typeof MIGRATIONS): Promise<Record<string, unknown>> => {
    const connection = toConnection(openMemory(), 0);
    try {
      await migrate(connection.db, '2026-01-01T00:00:00.000Z', steps);
      const names = await sql<{ name: string }>`
        select name from sqlite_master where type = 'table' order by name`.execute(connection.db);
      const tables = names.rows.map(async ({ name }) => {
        const { rows } = await sql`select * from ${sql.table(name)}`.execute(connection.db);
        return [name, rows] as const;
      });
      return Object.fromEntries(await Promise.all(tables));
    } finally {
      await connection.close();
    }
  };
  const made = await filled();
  expect(made).toEqual(await filled(MIGRATIONS));
  expect(made.schema_migrations).toHaveLength(MIGRATIONS.length);
});
