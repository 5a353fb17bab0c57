import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { MARK_VERSION } from '../copy/move-mark.js';
import { refuseNewer, toMarkError } from '../migrations/migrate.js';
import { runsWritesTwice } from '../rehearsal.js';
import { StoreConnections } from '../store-connections.js';
import { StoreError } from '../store-error.js';
import { StoreLock } from '../store-lock.js';
import type { Session, Words } from '../tables/access.js';
import { ClientConnection, type ConnectionSource, onConnection, StatementNames, toKysely } from './driver.js';
import { isCollision, isLost, toState, toStoreError } from './errors.js';
import { DATABASE_NOW } from './words.js';

/** An open database. */
export interface OpenDatabase {
  /** As messages show it. */
  location: string;
  schemaVersion: number;
  pool: Pool;
  words: Words;
  isReadOnly: boolean;
  /** Milliseconds to wait for a server that is away, before an error. */
  waitMs: number;
  /** A number from 0 to 1 for the pauses. */
  random: () => number;
  /** The channel on which writes are announced. */
  channel: string;
  /** Called when it is closed, before its connections. */
  beforeEnd: () => Promise<void>;
}

/** What a transaction begins with. */
interface Beginning {
  version: number;
  /** Its number, by which its outcome can be asked for. */
  id: string;
  /** Changes when another server goes on in place of this one, which may number its transactions as this one did. */
  timeline: string;
  now: string;
}

const TIMELINE = 'substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)';

/** The state of an error of a lock that was not free in time. */
const LOCKED = '55P03';

/** Locks no rows: only writers that have to be alone wait for it, and others for these. */
const toLock = (alone: boolean): string =>
  `lock table "schema_migrations" in ${alone ? 'exclusive' : 'row share'} mode`;

/** A write is on the disk when it returns, whatever the server's default is. */
const DURABLE =
  "case when current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', 'on', true) end";

/** The lock is acquired before the first query, which decides what the transaction sees. */
const toBeginning = (alone: boolean, waitMs: number | null): string[] => [
  'begin isolation level serializable',
  ...(waitMs === null ? [] : [`set local lock_timeout = ${Math.max(1, Math.round(waitMs))}`]),
  toLock(alone),
  `select max("version") as "version", pg_current_xact_id()::text as "id", ${TIMELINE} as "timeline",
    ${DATABASE_NOW} as "now", ${DURABLE} from "schema_migrations"`,
];

/** Runs of the same work after collisions; all but the first are alone. */
const MOST_RUNS = 6;

const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;

/**
 * Reads on any connection of the pool, and writes one after the other, each in a transaction as if it ran alone. Where others came in
 * between, the database rolls back, and the work runs again, then without any other writer beside it.
 */
export class PostgresConnections extends StoreConnections {
  readonly #open: OpenDatabase;
  readonly #names = new StatementNames();
  readonly #texts = new Map<string, string>();
  readonly #clients = new Map<ClientConnection, PoolClient>();
  /** Errors of works whose statements all succeeded: they may resemble those of a lost server. */
  readonly #ofWorks = new WeakSet<object>();
  readonly #reader: Session['db'];

  constructor(open: OpenDatabase) {
    super(open.location, { runsTwice: runsWritesTwice(), lock: new StoreLock(open.waitMs) });
    this.#open = open;
    const source: ConnectionSource = {
      acquire: () => this.#acquire(),
      release: (connection) => {
        this.#release(connection);
      },
    };
    this.#reader = toKysely(source);
  }

  protected get isWritable(): boolean {
    return !this.#open.isReadOnly;
  }

  protected reading<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#persist(() => work(this.#session(this.#reader)), isLost);
  }

  protected async transact<T>(work: (session: Session) => Promise<T>): Promise<T> {
    let runs = 0;
    return this.#persist(
      () => this.#runOnce(work, runs++ > 0),
      (error) => !this.#isOfWork(error) && (isLost(error) || (isCollision(error) && runs < MOST_RUNS)),
    );
  }

  #isOfWork(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#ofWorks.has(error);
  }

  protected toStoreError(error: unknown): unknown {
    return toStoreError(error instanceof Repeatable ? error.cause : error, this.location);
  }

  protected async end(): Promise<void> {
    await this.#open.beforeEnd();
    await this.#open.pool.end();
  }

  async #acquire(): Promise<ClientConnection> {
    const client = await this.#open.pool.connect();
    const connection = new ClientConnection(client, this.#names);
    this.#clients.set(connection, client);
    return connection;
  }

  #release(connection: ClientConnection): void {
    this.#clients.get(connection)?.release(connection.isBroken);
    this.#clients.delete(connection);
  }

  #session(db: Session['db'], now?: string): Session {
    const { words } = this.#open;
    const byDatabase = now !== undefined && words.now !== '' ? { now } : {};
    return { db, texts: this.#texts, closed: new Set<string>(), words, ...byDatabase };
  }

  /** Runs the attempt again while its error may pass, for as long as the store waits. */
  async #persist<T>(attempt: () => Promise<T>, mayPass: (error: unknown) => boolean): Promise<T> {
    const deadline = performance.now() + this.#open.waitMs;
    for (let pause = SHORTEST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await attempt();
      } catch (error) {
        const reason = error instanceof Repeatable ? error.cause : error;
        if (!mayPass(reason) || performance.now() >= deadline) throw reason as Error;
      }
      await delay(pause * (0.5 + this.#open.random()));
    }
  }

  async #runOnce<T>(work: (session: Session) => Promise<T>, alone: boolean): Promise<T> {
    const connection = await this.#acquire();
    try {
      const beginning = await this.#begin(connection, alone);
      let result: T;
      try {
        if (beginning.version >= MARK_VERSION) throw await toMarkError(onConnection(connection), this.location);
        refuseNewer(this.location, beginning.version, this.#open.schemaVersion);
        result = await work(this.#session(onConnection(connection), beginning.now));
      } catch (error) {
        if (connection.failure === null && typeof error === 'object' && error !== null) this.#ofWorks.add(error);
        await rollBack(connection);
        // Whatever the work made of it: it was rolled back for a reason that may pass.
        throw connection.repeatable === null ? error : new Repeatable(connection.repeatable);
      }
      if (connection.failure !== null) {
        await rollBack(connection);
        throw connection.repeatable === null ? (connection.failure as Error) : new Repeatable(connection.repeatable);
      }
      await this.#commit(connection, beginning);
      return result;
    } finally {
      this.#release(connection);
    }
  }

  async #begin(connection: ClientConnection, alone: boolean): Promise<Beginning> {
    const leftMs = this.lock.leftMs();
    try {
      // The server's own time-out is that of the store, or a shorter one of its URL.
      const beginning = await begin(connection, toBeginning(alone, leftMs < this.#open.waitMs / 2 ? leftMs : null));
      this.lock.seeFree();
      return beginning;
    } catch (error) {
      if (toState(error) === LOCKED) this.lock.seeLocked();
      throw error;
    }
  }

  async #commit(connection: ClientConnection, beginning: Beginning): Promise<void> {
    try {
      const [, result] = await connection.runAll([`notify "${this.#open.channel}"`, 'commit']);
      if (result?.command === 'COMMIT') return;
    } catch (error) {
      if (!connection.isBroken) throw error;
      await this.#askOutcome(beginning, error);
      return;
    }
    throw new StoreError('store_conflict', `The store ${this.location} rolled a write back; nothing was written.`);
  }

  /** The server may have committed before its answer was lost: it is asked, and nothing is repeated unless it did not. */
  async #askOutcome({ id, timeline }: Beginning, reason: unknown): Promise<void> {
    const status = await this.#persist(async () => {
      const asking = await this.#acquire();
      try {
        const [result] = await asking.runAll([
          `select case when ${TIMELINE} = '${timeline}' then pg_xact_status('${id}'::xid8) end as "status"`,
        ]);
        const found = result?.rows[0]?.['status'];
        if (found === 'in progress') throw new Repeatable(reason);
        return found;
      } finally {
        this.#release(asking);
      }
    }, isLost).catch(() => null);
    if (status === 'committed') return;
    if (status === 'aborted') throw new Repeatable(reason);
    throw new StoreError(
      'store_in_doubt',
      `The store ${this.location} was lost while it committed: whether it has the write is not known. Read what it has before the write is repeated.`,
      { cause: reason },
    );
  }
}

/** An error of the database after which the same work may succeed. */
class Repeatable extends Error {
  constructor(cause: unknown) {
    super('rolled back', { cause });
  }
}

async function begin(connection: ClientConnection, beginning: readonly string[]): Promise<Beginning> {
  try {
    const results = await connection.runAll(beginning);
    const row = results.at(-1)?.rows[0] as unknown as
      | (Omit<Beginning, 'version'> & { version: number | null })
      | undefined;
    if (row === undefined) throw new Error('the server answered nothing');
    return { ...row, version: row.version ?? 0 };
  } catch (error) {
    await rollBack(connection);
    throw error;
  }
}

async function rollBack(connection: ClientConnection): Promise<void> {
  if (connection.isBroken) return;
  try {
    await connection.runAll(['rollback']);
  } catch {
    // The server rolls back what a connection leaves open.
    connection.isBroken = true;
  }
}
