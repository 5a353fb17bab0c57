import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely';
import type SqliteHandle from 'better-sqlite3';
import { retryWhileBusy } from './retry-while-busy.js';
import { emptyRecord } from '../empty-record.js';
import { StatementCache } from './statement-cache.js';

/**
 * Prepares a statement whose rows are read as arrays and named here: better-sqlite3 needs twice as long to name them.
 */
function prepareQuick(handle: SqliteHandle.Database, text: string): SqliteStatement {
  const statement = handle.prepare<unknown[], unknown[]>(text);
  if (!statement.reader) return statement;
  const names = statement.columns().map((column) => column.name);
  statement.raw();
  const empty = emptyRecord(names);
  const named = (values: unknown[]): Record<string, unknown> => {
    const row: Record<string, unknown> = { ...empty };
    for (let index = 0; index < names.length; index++) row[names[index] ?? ''] = values[index];
    return row;
  };
  return {
    reader: true,
    all: (parameters) => statement.all(parameters as unknown[]).map(named),
    run: (parameters) => statement.run(parameters),
    *iterate(parameters) {
      for (const values of statement.iterate(parameters)) yield named(values);
    },
  };
}

/** Begins with the write lock: a transaction that reads first and writes later could fail without a chance to wait. */
class ImmediateSqliteDriver extends SqliteDriver {
  readonly #handle: SqliteHandle.Database;
  readonly #waitMs: number;

  constructor(handle: SqliteHandle.Database, waitMs: number) {
    super({
      database: new StatementCache({
        prepare: (text) => prepareQuick(handle, text),
        close: () => handle.close(),
      }),
    });
    this.#handle = handle;
    this.#waitMs = waitMs;
  }

  override async beginTransaction(): Promise<void> {
    await retryWhileBusy(this.#waitMs, () => this.#handle.exec('begin immediate'));
  }

  /** SQLite rolls back by itself after some errors (a full disk), and refuses a second one. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#handle.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }
}

/**
 * SQLite dialect on one connection that caches statements and acquires the write lock at the start of a transaction.
 */
export class ImmediateSqliteDialect extends SqliteDialect {
  readonly #handle: SqliteHandle.Database;
  readonly #waitMs: number;

  constructor(handle: SqliteHandle.Database, waitMs: number) {
    super({ database: handle });
    this.#handle = handle;
    this.#waitMs = waitMs;
  }

  override createDriver(): Driver {
    return new ImmediateSqliteDriver(this.#handle, this.#waitMs);
  }
}
