import type { Kysely } from 'kysely';
import type { Stored } from './columns.js';
import type { Database } from './database.js';

/** The connection of a statement. */
export interface Session {
  readonly db: Kysely<Database>;
  /** Texts of statements by their shape, so that each is built once. */
  readonly texts: Map<string, string>;
  /** Services whose samples this transaction has closed. */
  readonly closed: Set<string>;
  readonly words: Words;
  /** The instant (ISO UTC) by the database's clock at which the transaction began, where leases end by that clock. */
  readonly now?: string;
}

/** How the database states what tables ask for. */
export interface Words {
  /** Returns the text of a statement whose values stand between the parts. */
  toText(parts: readonly string[]): string;
  /** Returns a statement that inserts any number of rows at once; absent where several of few sizes are used. */
  readonly insertAll?: (target: InsertTarget, rows: readonly (readonly Stored[])[], conflict: string) => BatchInsert;
  /** A column `now` with the instant by the database's clock, where leases end by that clock; empty otherwise. */
  readonly now: string;
}

/** The table and columns of new rows, and the column of them that is returned. */
export interface InsertTarget {
  readonly table: string;
  readonly columns: readonly string[];
  readonly returning?: string;
}

/** A statement with one value for each column. */
export interface BatchInsert {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/**
 * How tables access the database. Outside of a transaction `read` sees the last committed state and each `write` is a
 * transaction of its own; inside one, both run in it.
 */
export interface Access {
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
  write<T>(work: (session: Session) => Promise<T>): Promise<T>;
}
