import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { migrate } from './migrations/migrate.js';
import { toConnection } from './sqlite/connect.js';

/** Returns the definition of every table and index by name, from migrations run on an in-memory database. */
export async function expectedSchema(): Promise<Map<string, string>> {
  const connection = toConnection(new Sqlite(':memory:'), 0);
  try {
    await migrate(connection.db, new Date(0).toISOString());
    const { rows } = await sql<{ name: string; sql: string }>`
      select name, sql from sqlite_master where sql is not null`.execute(connection.db);
    return new Map(rows.map((row) => [row.name, row.sql]));
  } finally {
    await connection.close();
  }
}
