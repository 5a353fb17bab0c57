import { AsyncLocalStorage } from 'node:async_hooks';
import { verifyFences } from './leases.js';
import type { WriteOptions } from './store.js';
import { StoreError } from './store-error.js';
import type { StoreLock } from './store-lock.js';
import type { Access, Session } from './tables/access.js';

/** State of a transaction. */
export interface Scope {
  active: boolean;
  /** The transaction itself, once it has begun. */
  session: Session | null;
  /** The first failed write: it fails the whole transaction, even if the work caught the error. */
  failure: { error: unknown } | null;
  /** What the work threw: the error is the caller's or already a store error. */
  thrown: { error: unknown } | null;
}

/** What a transaction ends with that is only run to be undone. */
class Undone extends Error {}

/** Runs reads and write transactions on an open database, until it is closed. */
export abstract class StoreConnections implements Access {
  readonly location: string;
  /** How long its writes wait for a lock of another process. */
  readonly lock: StoreLock;
  readonly #runsTwice: boolean;
  readonly #queue = new WriteQueue();
  readonly #current = new AsyncLocalStorage<Scope>();
  readonly #reading = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  /** With `runsTwice`, each work is run once and undone before it is run: for tests of work that may have to run again. */
  constructor(location: string, { runsTwice, lock }: { runsTwice: boolean; lock: StoreLock }) {
    this.location = location;
    this.#runsTwice = runsTwice;
    this.lock = lock;
  }

  /** Whether it may write. */
  protected abstract readonly isWritable: boolean;
  /** Runs work that only reads, on the last committed state. */
  protected abstract reading<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /**
   * Runs work as one transaction that is durable when it returns, or need not be. It may run more than once; only the last run counts.
   */
  protected abstract transact<T>(work: (session: Session) => Promise<T>, durable: boolean): Promise<T>;
  /** Converts an error of the database to a store error. */
  protected abstract toStoreError(error: unknown): unknown;
  /** Closes all connections. */
  protected abstract end(): Promise<void>;

  read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const answer = this.guarded(() => {
      this.refuseClosed();
      return this.reading(work);
    });
    this.#reading.add(answer);
    return answer.finally(() => this.#reading.delete(answer));
  }

  write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.transaction((session) => this.guarded(() => work(session)));
  }

  /** Runs the work as one transaction, after earlier ones, if all the leases are still held. */
  async transaction<T>(work: (session: Session, scope: Scope) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    this.#requireWritable();
    const { location } = this;
    return this.lock.waits({ location, wait: options.wait }, (begin) =>
      this.#queue.run(async () => {
        begin();
        if (this.#runsTwice) await this.#undo(work, options);
        return this.#attempt(work, options);
      }),
    );
  }

  async #undo<T>(work: (session: Session, scope: Scope) => Promise<T>, options: WriteOptions): Promise<void> {
    try {
      await this.#attempt(async (session, scope) => {
        await work(session, scope);
        // What is thrown here is not a failure of the work.
        if (scope.failure === null) throw new Undone();
      }, options);
    } catch (error) {
      if (!(error instanceof Undone)) throw error;
    }
  }

  async #attempt<T>(
    work: (session: Session, scope: Scope) => Promise<T>,
    { fences = [], durable = true }: WriteOptions,
  ): Promise<T> {
    let last: Scope | null = null;
    try {
      return await this.transact(async (session) => {
        const scope: Scope = { active: true, session, failure: null, thrown: null };
        await verifyFences(session, fences);
        last = scope;
        return this.#within(scope, () => work(session, scope));
      }, durable);
    } catch (error) {
      // An error that the work threw is the caller's, even if it resembles a disk error. Its transaction may end with another one.
      const thrown = (last as Scope | null)?.thrown ?? null;
      throw thrown?.error === error ? error : this.toStoreError(error);
    }
  }

  /** The transaction of the work that is running, if this is a part of it. */
  protected ownTransaction(): Session | null {
    const scope = this.#current.getStore();
    return scope?.active === true ? scope.session : null;
  }

  /** Converts errors of the work to store errors. */
  async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.toStoreError(error);
    }
  }

  refuseClosed(): void {
    if (this.#closing === null) return;
    throw new StoreError('store_closed', `The store ${this.location} is closed. Open it again.`);
  }

  /** Waits for running work, then closes all connections. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#queue.idle();
      await Promise.allSettled(this.#reading);
      await this.end();
    })();
    return this.#closing;
  }

  /** Throws if no transaction may begin. */
  #requireWritable(): void {
    this.refuseClosed();
    if (!this.isWritable) {
      throw new StoreError('store_read_only', `The store ${this.location} was opened read-only. Open it for writing.`);
    }
    if (this.#current.getStore()?.active === true) {
      throw new StoreError(
        'nested_write',
        'A write was started inside another write. Use the tables that were passed to the outer write.',
      );
    }
  }

  async #within<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
    try {
      const result = await this.#current.run(scope, work);
      if (scope.failure !== null) throw scope.failure.error;
      return result;
    } catch (error) {
      scope.thrown = { error };
      throw error;
    } finally {
      scope.active = false;
      // Tracking slows down every promise of the process, so it is on only while a write runs.
      this.#current.disable();
    }
  }
}

/** Runs tasks one after the other, in the order of their calls; a failed one does not stop the next. */
class WriteQueue {
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
