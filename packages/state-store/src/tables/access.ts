import type { Kysely } from 'kysely';
import type { Database } from './database.js';

/** What a statement runs on. */
export interface Session {
  readonly db: Kysely<Database>;
  /** Texts of multi-row inserts by their shape, so that each is put together once. */
  readonly texts: Map<string, string>;
}

/**
 * How tables reach the database. Outside of a transaction `read` sees the last committed state and each `write` is a
 * transaction of its own; inside one, both run in it.
 */
export interface Access {
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
  write<T>(work: (session: Session) => Promise<T>): Promise<T>;
}
