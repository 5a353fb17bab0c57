import { sql } from 'kysely';
import { createLeases, verifyFences } from './leases.js';
import { prune } from './prune.js';
import { backupFile } from './sqlite/backup.js';
import type { HeldLease, StateStore, StoreTables } from './store.js';
import { StoreError } from './store-error.js';
import type { Access, Session } from './tables/access.js';
import { createTables } from './tables/create-tables.js';
import { AsyncLocalStorage } from 'node:async_hooks';
import { readVersion, refuseNewer } from './migrations/migrate.js';
import type { Connection } from './sqlite/connect.js';
import { toStoreError } from './sqlite/to-store-error.js';

/** An open file, and how long its copies wait for a lock of another process. */
export interface SqliteStoreParts extends OpenFile {
  waitMs: number;
}

/** The state store over an open database file. */
export function createSqliteStore({ waitMs, ...file }: SqliteStoreParts): StateStore {
  const { location, schemaVersion } = file;
  const connections = new StoreConnections(file);
  const rest: Omit<StateStore, keyof StoreTables> = {
    location,
    schemaVersion,
    version: () => connections.read(readDataVersion),
    write: (work, options = {}) =>
      connections.transaction(
        (session, scope) => work(tablesWithin(connections, session, scope)),
        options.fences ?? [],
      ),
    leases: createLeases(connections),
    maintenance: {
      prune: (request) => prune(connections, request),
      past: async () => {
        const { readPast } = await import('./past.js');
        return connections.read(({ db }) => readPast(db));
      },
      check: async () => {
        const { checkStore } = await import('./check-store.js');
        return connections.read((session) => checkStore(session, location, schemaVersion));
      },
      backup: (target) =>
        connections.guarded(() => {
          connections.refuseClosed();
          if (file.reader === file.writer) {
            throw new StoreError('store_unsupported', "An in-memory store can't be backed up. Open a file.");
          }
          return backupFile(location, target, waitMs);
        }),
    },
    close: () => connections.close(),
    [Symbol.asyncDispose]: () => connections.close(),
  };
  return Object.assign(createTables(connections), rest);
}

/** The first figure changes with the writes of other connections, the second with those of this one. */
async function readDataVersion({ db }: Session): Promise<string> {
  const { rows } = await sql<{ others: number; own: number }>`
    select "data_version" as "others", total_changes() as "own" from pragma_data_version`.execute(db);
  return `${rows[0]?.others ?? 0}.${rows[0]?.own ?? 0}`;
}

/** The tables passed to the work of a `write`. */
function tablesWithin(connections: StoreConnections, session: Session, scope: Scope): StoreTables {
  return createTables({
    read: (work) =>
      connections.guarded(() => {
        refuseEnded(scope);
        return work(session);
      }),
    write: async (work) => {
      refuseEnded(scope);
      try {
        return await connections.guarded(() => work(session));
      } catch (error) {
        scope.failure ??= { error };
        throw error;
      }
    },
  });
}

function refuseEnded(scope: Scope): void {
  if (scope.active) return;
  throw new StoreError(
    'store_closed',
    'The write that these tables belong to has ended. Use the store, or a new write.',
  );
}

/** State of a transaction. */
export interface Scope {
  active: boolean;
  /** The transaction itself, once it has begun. */
  session: Session | null;
  /** The first failed write: it fails the whole transaction, even if the work caught the error. */
  failure: { error: unknown } | null;
  /** Whether the work threw: the error is the caller's or already a store error. */
  thrown: boolean;
}

/** The two connections of an open database file: one writes, one reads committed data. In memory they are the same. */
export interface OpenFile {
  location: string;
  schemaVersion: number;
  reader: Connection;
  /** Null for a store that was opened read-only. */
  writer: Connection | null;
}

/** Runs reads and write transactions on an open database file, until it is closed. */
export class StoreConnections implements Access {
  readonly #file: OpenFile;
  readonly #queue = new WriteQueue();
  readonly #current = new AsyncLocalStorage<Scope>();
  readonly #texts = new Map<string, string>();
  readonly #reading = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  constructor(file: OpenFile) {
    this.#file = file;
  }

  read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const answer = this.guarded(() => {
      this.refuseClosed();
      return work(this.#ownTransaction() ?? { db: this.#file.reader.db, texts: this.#texts, closed: new Set() });
    });
    this.#reading.add(answer);
    return answer.finally(() => this.#reading.delete(answer));
  }

  write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.transaction((session) => this.guarded(() => work(session)), []);
  }

  /** Runs the work as one transaction, after earlier ones, if all the leases are still held. */
  async transaction<T>(work: (session: Session, scope: Scope) => Promise<T>, fences: readonly HeldLease[]): Promise<T> {
    const writer = this.#requireWriter();
    return this.#queue.run(async () => {
      const scope: Scope = { active: true, session: null, failure: null, thrown: false };
      try {
        return await writer.db.transaction().execute(async (db) => {
          const session = { db, texts: this.#texts, closed: new Set<string>() };
          refuseNewer(this.#file.location, await readVersion(db), this.#file.schemaVersion);
          await verifyFences(session, fences);
          scope.session = session;
          return this.#within(scope, () => work(session, scope));
        });
      } catch (error) {
        // An error that the work threw is the caller's, even if it resembles a disk error.
        throw scope.thrown ? error : toStoreError(error, this.#file.location);
      }
    });
  }

  /** With a single connection, work inside a transaction reads through that transaction. */
  #ownTransaction(): Session | null {
    if (this.#file.reader !== this.#file.writer) return null;
    const scope = this.#current.getStore();
    return scope?.active === true ? scope.session : null;
  }

  /** Converts errors of the work to store errors. */
  async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toStoreError(error, this.#file.location);
    }
  }

  refuseClosed(): void {
    if (this.#closing === null) return;
    throw new StoreError('store_closed', `The store ${this.#file.location} is closed. Open it again.`);
  }

  /** Waits for running work, then closes both connections. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#queue.idle();
      await Promise.allSettled(this.#reading);
      // The writer last: the last connection removes the log, and only a writing one can.
      await this.#file.reader.close();
      if (this.#file.writer !== this.#file.reader) await this.#file.writer?.close();
    })();
    return this.#closing;
  }

  /** Returns the connection for a new transaction. Throws if none may begin. */
  #requireWriter(): Connection {
    this.refuseClosed();
    const { location, writer } = this.#file;
    if (writer === null) {
      throw new StoreError('store_read_only', `The store ${location} was opened read-only. Open it for writing.`);
    }
    if (this.#current.getStore()?.active === true) {
      throw new StoreError(
        'nested_write',
        'A write was started inside another write. Use the tables that were passed to the outer write.',
      );
    }
    return writer;
  }

  async #within<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
    try {
      const result = await this.#current.run(scope, work);
      if (scope.failure !== null) throw scope.failure.error;
      return result;
    } catch (error) {
      scope.thrown = true;
      throw error;
    } finally {
      scope.active = false;
      // Tracking slows down every promise of the process, so it is on only while a write runs.
      this.#current.disable();
    }
  }
}

/** Runs tasks one after the other, in the order of their calls; a failed one does not stop the next. */
export class WriteQueue {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all tasks so far have ended. */
  async idle(): Promise<void> {
    await this.#tail;
  }
}
