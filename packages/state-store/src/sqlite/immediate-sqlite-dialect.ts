import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
  type SqliteDatabase,
} from 'kysely';
import type SqliteHandle from 'better-sqlite3';
import type { StoreLock } from '../store-lock.js';
import { emptyRecord } from '../tables/columns.js';
import { setTimeout as delay } from 'node:timers/promises';

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
  readonly #lock: StoreLock;

  constructor(handle: SqliteHandle.Database, lock: StoreLock) {
    super({
      database: new StatementCache({
        prepare: (text) => prepareQuick(handle, text),
        close: () => handle.close(),
      }),
    });
    this.#handle = handle;
    this.#lock = lock;
  }

  override async beginTransaction(): Promise<void> {
    await retryWhileBusy(
      () => this.#lock.leftMs(),
      () => this.#handle.exec('begin immediate'),
      () => {
        this.#lock.seeLocked();
      },
    );
    this.#lock.seeFree();
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
  readonly #lock: StoreLock;

  constructor(handle: SqliteHandle.Database, lock: StoreLock) {
    super({ database: handle });
    this.#handle = handle;
    this.#lock = lock;
  }

  override createDriver(): Driver {
    return new ImmediateSqliteDriver(this.#handle, this.#lock);
  }
}

const LONGEST_PAUSE_MS = 25;

/** Whether the error means that another connection holds the lock. */
function isBusy(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    (error.code.startsWith('SQLITE_BUSY') || error.code.startsWith('SQLITE_LOCKED'))
  );
}

/**
 * Tries again while another connection holds the lock, for at most so many milliseconds, or as long as a function says. Calls `seeLocked`
 * whenever it is held.
 *
 * SQLite's own wait blocks the whole process, including a second store of the same process that may hold the lock.
 * So it is short, and the rest of the wait is asynchronous.
 */
export async function retryWhileBusy<T>(
  wait: number | (() => number),
  attempt: () => T,
  seeLocked: () => void = () => undefined,
): Promise<T> {
  // Only who waits asks for the time: the first question makes Node load how it measures performance.
  let deadline: number | null = null;
  for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      seeLocked();
      deadline ??= performance.now() + (typeof wait === 'number' ? wait : wait());
      if (performance.now() >= deadline) throw error;
    }
    await delay(pause);
  }
}

/** Far more than the store's own statements; lists of different lengths add others. */
const CAPACITY = 256;

/**
 * Caches prepared statements by their text, since the query builder prepares each again. Evicts the least recently
 * used one.
 */
export class StatementCache implements SqliteDatabase {
  readonly #database: SqliteDatabase;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    const statement = known ?? this.#database.prepare(sql);
    if (known !== undefined) this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > CAPACITY) {
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest);
        break;
      }
    }
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}
