import type { StoreMark } from './copy/move-mark.js';
import type { StorePast } from './past.js';
import type { AgentTables } from './agent-tables.js';
import type { LedgerTables } from './ledger-tables.js';
import type { TokenTables } from './token-tables.js';
import type { OverviewTables } from './overview.js';
import type { LeaseOwner, LeaseRecord } from './records.js';
import type { HoldTables } from './hold-tables.js';
import type { NoticeTables } from './notice-tables.js';
import type { PanelTables } from './panel-tables.js';
import type { ReadingTables } from './reading-records.js';
import type { RunTables } from './run-tables.js';
import type { ServiceTables } from './service-tables.js';
import type { TrafficTables } from './traffic.js';
import type { UsageTables } from './usage-tables.js';

/** A lease held by this process, as proof for fenced writes. */
export interface HeldLease {
  name: string;
  fence: number;
}

/** The owner of a requested lease, and its duration. */
export interface LeaseRequest {
  owner: LeaseOwner;
  run: string;
  now: string;
  ttlMs: number;
  isAlive: (owner: LeaseOwner) => boolean;
  /** Leases that no other run may hold, and that are not acquired. */
  unless?: readonly string[];
}

/** Result of `leases.acquire`. */
export type LeaseResult = { acquired: true; lease: HeldLease } | { acquired: false; heldBy: LeaseRecord };

/** Result of `leases.acquireAll`: all of the leases, or those that others hold. */
export type LeasesResult = { acquired: true; leases: HeldLease[] } | { acquired: false; heldBy: LeaseRecord[] };

/**
 * The tables of the store. Every method is one statement or runs inside the enclosing `write`; outside of
 * one, each method that writes is a transaction of its own.
 *
 * Lists of services (`services`, `ids`, `holds`) may have any length; an empty list matches nothing. Both ends of a
 * time range (`from`, `to`, `since`, `until`) are inclusive. Changing a missing row fails with `store_not_found`,
 * and a row that breaks an invariant with `store_conflict`, unless documented otherwise.
 */
export interface StoreTables
  extends
    AgentTables,
    HoldTables,
    LedgerTables,
    NoticeTables,
    OverviewTables,
    PanelTables,
    ReadingTables,
    RunTables,
    ServiceTables,
    TokenTables,
    UsageTables,
    TrafficTables {
  clock: {
    /** The newest instant confirmed by the clock; null before the first. */
    confirmed(): Promise<string | null>;
    /** Moves the instant forward; an earlier one changes nothing. */
    confirm(at: string): Promise<void>;
    /** Sets the instant, also back, as confirmed by the operator. */
    accept(at: string): Promise<void>;
    /**
     * Returns the instant (ISO UTC) by the database's clock, where leases end by that, else `ofCaller`; in a write, the instant at which
     * it began.
     */
    now(ofCaller: string): Promise<string>;
    /**
     * Reserves the next `ms` under a name, after what any process has reserved of it before. Returns in how many milliseconds they begin,
     * by the database's clock where leases end by that, else by `now`.
     */
    reserve(name: string, span: { now: string; ms: number }): Promise<number>;
  };
}

/** Result of one check. */
export interface StoreCheck {
  name: string;
  object: string;
  status: 'ok' | 'warning' | 'failed';
  message: string;
}

/** Options of a write. */
export interface WriteOptions {
  /** Leases that have to be held still; default none. */
  fences?: HeldLease[];
  /** Whether it is on the disk when it returns; default yes. */
  durable?: boolean;
  /** Most milliseconds to wait for a lock of another process before `store_busy`; never more than the store waits, which is the default. */
  wait?: number;
}

/** The state store: reads outside of `write` see the last committed state. */
export interface StateStore extends StoreTables, AsyncDisposable {
  readonly location: string;
  readonly schemaVersion: number;
  /** That it was copied to another store, or is being copied, as it was when it was opened: then it can only be read. */
  readonly mark: StoreMark | null;
  /**
   * Returns a text that changes with each committed write of any process. Rejects with `store_moved` once the store was moved while it
   * was open, since all that is read from it is old then.
   */
  version(): Promise<string>;
  /**
   * Calls the listener soon after committed writes of any process until the returned function is called: several may be one call, and
   * none is missed, also where the connection was lost meanwhile. It may be called without a write.
   */
  subscribe(listener: () => void): () => void;
  /**
   * Returns for how many milliseconds writes of this process have waited in vain for a lock of another one; 0 where none waits now.
   */
  lockedMs(): number;
  /**
   * Runs `work` in one transaction that is durable when it returns. With `fences`, fails with `lease_lost` and
   * changes nothing when one of the leases was taken over (another fence number) or released. With `durable: false`
   * it may be on the disk only with the next write that is durable: a machine that loses its power before may lose it,
   * and what was written after it, for what can be read again.
   *
   * Calls wait for each other, so keep the work short and call no panel in it. When `work` throws, or a write in
   * it fails even if that is caught, nothing is changed. The tables are valid while `work` runs; another
   * write through the store itself is refused there (`nested_write`), and reads through it see the state before.
   */
  write<T>(work: (tables: StoreTables) => Promise<T>, options?: WriteOptions): Promise<T>;
  leases: {
    /**
     * Acquires a free, expired or abandoned lease in one transaction and raises its fence number.
     * `isAlive` checks an owner on the same host; if it is gone, it loses the lease at once. So does an owner on
     * another host whose lease expires later than twice `ttlMs` from now: the clock was set back since. One of `unless`
     * that another run holds refuses it as well.
     */
    acquire(request: LeaseRequest & { name: string }): Promise<LeaseResult>;
    /**
     * Acquires all of these leases in one transaction, or none: then `heldBy` has those that others hold, ordered by
     * name. Fast for tens of thousands of leases.
     */
    acquireAll(request: LeaseRequest & { names: string[] }): Promise<LeasesResult>;
    /** Returns false when the lease is no longer ours. */
    renew(lease: HeldLease, now: string, ttlMs: number): Promise<boolean>;
    /** Renews the leases that are still ours, in one transaction. Returns false when one of them is not. */
    renewAll(leases: readonly HeldLease[], now: string, ttlMs: number): Promise<boolean>;
    /** Releases the lease; does nothing when it is no longer ours. */
    release(lease: HeldLease): Promise<void>;
    /** Releases the leases that are still ours, in one transaction. */
    releaseAll(leases: readonly HeldLease[]): Promise<void>;
    /** Held leases, ordered by name, expired ones included. */
    list(): Promise<LeaseRecord[]>;
  };
  maintenance: {
    /**
     * Deletes API log rows, ended sessions and answers to requests older than a week, and rolls samples up; nothing of money: raw older than
     * `samplesDays` to hours, hours older than 4 times that to days. Samples stay that something follows from: the first and last of a
     * cycle, both sides of a fall, the last until each of the `bounds`, and those behind a decision, purchase or notice.
     */
    prune(request: PruneRequest): Promise<{ apiCalls: number; samples: number }>;
    /** What earlier versions left in it. */
    past(): Promise<StorePast>;
    /**
     * Checks integrity, foreign keys, schema version and invariants (one open hold per reason, evidence of ended holds,
     * unknown services, sums and balances of the ledger, totals of invoices).
     */
    check(): Promise<StoreCheck[]>;
    /** Bytes of the store's tables and indexes on a server; null for a file, whose size is that of the file and its log. */
    serverBytes(): Promise<number | null>;
    /** Writes a consistent copy, compressed (gzip), with mode 0600; never replaces an existing file. */
    backup(file: string): Promise<void>;
  };
  /** Waits for running work, then refuses every call with `store_closed`. */
  close(): Promise<void>;
}

/** What is deleted, and what stays. */
export interface PruneRequest {
  now: string;
  apiLogDays: number;
  /** How long every sample stays; null: seven days, and all of the cycles that are not over. */
  samplesDays: number | null;
  /** Instants whose last sample before them stays, such as the beginnings of windows. */
  bounds?: readonly string[] | undefined;
  /** Called once, before the first sample is deleted; what it throws ends the work. */
  beforeThinning?: (() => Promise<void>) | undefined;
}
