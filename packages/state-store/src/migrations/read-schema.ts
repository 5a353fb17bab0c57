import { sql } from 'kysely';
import { toConnection } from '../sqlite/connect.js';
import { openMemory } from '../sqlite/open-handle.js';
import { migrate } from './migrate.js';
import { MIGRATIONS } from './migrations.js';

/** Returns what makes the tables and indexes that all steps together leave, in their order; without the list of steps. */
export async function readSchema(): Promise<string[]> {
  const connection = toConnection(openMemory(), 0);
  try {
    await migrate(connection.db, new Date(0).toISOString(), MIGRATIONS);
    const { rows } = await sql<{ sql: string }>`
      select sql from sqlite_master where sql is not null and name <> 'schema_migrations' order by rowid`.execute(
      connection.db,
    );
    return rows.map((row) => row.sql);
  } finally {
    await connection.close();
  }
}
