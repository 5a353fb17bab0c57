import type { Kysely } from 'kysely';
import type { Database } from './database.js';

/** The connection of a statement. */
export interface Session {
  readonly db: Kysely<Database>;
  /** Texts of multi-row inserts by their shape, so that each is built once. */
  readonly texts: Map<string, string>;
  /** Services whose samples this transaction has closed. */
  readonly closed: Set<string>;
}

/**
 * How tables access the database. Outside of a transaction `read` sees the last committed state and each `write` is a
 * transaction of its own; inside one, both run in it.
 */
export interface Access {
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
  write<T>(work: (session: Session) => Promise<T>): Promise<T>;
}
