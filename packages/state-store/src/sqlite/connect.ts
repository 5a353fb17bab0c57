import type Sqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import { StoreLock } from '../store-lock.js';
import type { Database } from '../tables/database.js';
import { ImmediateSqliteDialect } from './immediate-sqlite-dialect.js';
import { openReader, openWriter } from './open-handle.js';

/** An open database file with its query builder. */
export interface Connection {
  readonly db: Kysely<Database>;
  readonly handle: Sqlite.Database;
  /** How long its transactions wait for a lock. */
  readonly lock: StoreLock;
  close(): Promise<void>;
}

/** Returns the query builder for an open handle. */
export function toConnection(handle: Sqlite.Database, waitMs: number): Connection {
  const lock = new StoreLock(waitMs);
  const db = new Kysely<Database>({ dialect: new ImmediateSqliteDialect(handle, lock) });
  return {
    db,
    handle,
    lock,
    async close() {
      await db.destroy();
      // The query builder closes only a handle that it has used.
      if (handle.open) handle.close();
    },
  };
}

/** Opens a connection that writes. */
export async function connectWriter(path: string, waitMs: number): Promise<Connection> {
  return toConnection(await openWriter(path, waitMs), waitMs);
}

/** Opens a connection that only reads; `still` as in `openReadingHandle`. */
export async function connectReader(path: string, waitMs: number, options: { still: boolean }): Promise<Connection> {
  return toConnection(await openReader(path, waitMs, options), waitMs);
}
