import { AsyncLocalStorage } from 'node:async_hooks';
import { verifyFences } from './leases.js';
import { readVersion, refuseNewer } from './migrations/migrate.js';
import type { Connection } from './sqlite/connect.js';
import { toStoreError } from './sqlite/to-store-error.js';
import type { HeldLease } from './store.js';
import { StoreError } from './store-error.js';
import type { Access, Session } from './tables/access.js';
import { WriteQueue } from './write-queue.js';

/** A transaction as its work sees it. */
export interface Scope {
  active: boolean;
  /** The transaction itself, once it has begun. */
  session: Session | null;
  /** The first write that failed: then the whole transaction has, even if the work caught the error. */
  failure: { error: unknown } | null;
  /** The work itself ended with an error, the caller's or one that is a store error already. */
  thrown: boolean;
}

/** The two connections of an open database file: one that writes, one that reads what is committed. In memory both are one. */
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
      return work(this.#ownTransaction() ?? { db: this.#file.reader.db, texts: this.#texts });
    });
    this.#reading.add(answer);
    return answer.finally(() => this.#reading.delete(answer));
  }

  write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.transaction((session) => this.guarded(() => work(session)), []);
  }

  /** Runs the work as one transaction, after those begun before, if all the leases still hold. */
  async transaction<T>(work: (session: Session, scope: Scope) => Promise<T>, fences: readonly HeldLease[]): Promise<T> {
    const writer = this.#requireWriter();
    return this.#queue.run(async () => {
      const scope: Scope = { active: true, session: null, failure: null, thrown: false };
      try {
        return await writer.db.transaction().execute(async (db) => {
          const session = { db, texts: this.#texts };
          refuseNewer(this.#file.location, await readVersion(db), this.#file.schemaVersion);
          await verifyFences(session, fences);
          scope.session = session;
          return this.#within(scope, () => work(session, scope));
        });
      } catch (error) {
        // What the work threw is the caller's, though it may look like an error of the disk.
        throw scope.thrown ? error : toStoreError(error, this.#file.location);
      }
    });
  }

  /** In a store of a single connection, work inside a transaction reads by that: the connection is its own until it ends. */
  #ownTransaction(): Session | null {
    if (this.#file.reader !== this.#file.writer) return null;
    const scope = this.#current.getStore();
    return scope?.active === true ? scope.session : null;
  }

  /** Turns what the work throws into a store error. */
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

  /** Waits for what is under way, then closes both connections. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#queue.idle();
      await Promise.allSettled(this.#reading);
      // The writer last: the last connection to go tidies the log away, and only one that writes can.
      await this.#file.reader.close();
      if (this.#file.writer !== this.#file.reader) await this.#file.writer?.close();
    })();
    return this.#closing;
  }

  /** The connection for a new transaction. Fails where none may begin. */
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
      // Tracking costs a little on every promise of the process: only while a write runs, and one runs at a time.
      this.#current.disable();
    }
  }
}
