import type Sqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import type { Database } from '../tables/database.js';
import { ImmediateSqliteDialect } from './immediate-sqlite-dialect.js';
import { openReader, openWriter } from './open-handle.js';

/** An open database file behind the query builder. */
export interface Connection {
  readonly db: Kysely<Database>;
  readonly handle: Sqlite.Database;
  close(): Promise<void>;
}

/** The query builder over an open handle. */
export function toConnection(handle: Sqlite.Database, waitMs: number): Connection {
  const db = new Kysely<Database>({ dialect: new ImmediateSqliteDialect(handle, waitMs) });
  return {
    db,
    handle,
    async close() {
      await db.destroy();
      // The query builder closes only what it has used.
      if (handle.open) handle.close();
    },
  };
}

/** A connection that writes. */
export async function connectWriter(path: string, waitMs: number): Promise<Connection> {
  return toConnection(await openWriter(path, waitMs), waitMs);
}

/** A connection that only reads; `still` as for the handle. */
export async function connectReader(path: string, waitMs: number, options: { still: boolean }): Promise<Connection> {
  return toConnection(await openReader(path, waitMs, options), waitMs);
}
