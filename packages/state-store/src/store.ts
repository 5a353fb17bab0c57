import type { AgentTables } from './agent-tables.js';
import type {
  ActionRecord,
  ActionState,
  ApiCallRecord,
  ConfirmationRecord,
  CycleRecord,
  DecisionRecord,
  EvidenceRecord,
  FingerprintRecord,
  GraphCacheRecord,
  HoldRecord,
  LeaseOwner,
  LeaseRecord,
  NoticeRecord,
  OverrideRecord,
  PurchaseRecord,
  RefreshRecord,
  ResourcesRecord,
  RunRecord,
  SampleRecord,
  ServiceChange,
  ServiceRecord,
  SwitchRecord,
  RunOutcome,
} from './records.js';

/** A lease held by this process, as proof for fenced writes. */
export interface HeldLease {
  name: string;
  fence: number;
}

/** Who asks for a lease, and for how long. */
export interface LeaseRequest {
  owner: LeaseOwner;
  run: string;
  now: string;
  ttlMs: number;
  isAlive: (owner: LeaseOwner) => boolean;
}

/** Answer of `leases.acquire`. */
export type LeaseResult = { acquired: true; lease: HeldLease } | { acquired: false; heldBy: LeaseRecord };

/** Answer of `leases.acquireAll`: all of the leases, or those that others hold. */
export type LeasesResult = { acquired: true; leases: HeldLease[] } | { acquired: false; heldBy: LeaseRecord[] };

/** A place in a list that is read page by page, oldest first: what lies behind it comes next. */
export interface PageCursor {
  at: string;
  seq: number;
}

/** One page of such a list. `next` is where the following one begins, null behind the last. */
export interface Page<T> {
  records: T[];
  next: PageCursor | null;
}

/**
 * All that operations need to remember. Every method is one statement or runs inside the enclosing `write`; outside of
 * one, each method that writes is a transaction of its own.
 *
 * Lists of services (`services`, `ids`, `holds`) may have any length; an empty one asks for nothing. Both ends of a
 * time (`from`, `to`, `since`, `until`) are inside. What changes a row that is not there fails with `store_not_found`,
 * and a row that breaks an invariant with `store_conflict`, unless the method says otherwise.
 */
export interface StoreTables extends AgentTables {
  services: {
    get(id: string): Promise<ServiceRecord | null>;
    /** Ordered by id. In pages: `limit` at a time, each `after` the last id of the one before. */
    list(filter?: {
      panel?: string;
      product?: string;
      client?: string;
      ids?: string[];
      after?: string;
      limit?: number;
    }): Promise<ServiceRecord[]>;
    /** Adds or replaces each by its id. For new services only: what is known of one is changed by `update`. */
    put(records: ServiceRecord[]): Promise<void>;
    /**
     * Changes the named columns and keys of each row as it is in this transaction; everything else stays. Returns the
     * services as they are then, in the order of the changes. Fails with `store_not_found` for an unknown id.
     */
    update(changes: ServiceChange[]): Promise<ServiceRecord[]>;
    /**
     * Forgets a service with its overrides, cycles, samples, decisions and resources. Its purchases, ended holds, actions,
     * notices and API calls stay. Fails with `store_conflict` while it has an open hold or open evidence.
     */
    remove(id: string): Promise<void>;
    /** Every id known, for suggestions. */
    ids(): Promise<string[]>;
  };
  overrides: {
    /** At most one of each service, ordered by service. */
    open(services?: string[]): Promise<OverrideRecord[]>;
    /** Open and past, oldest first within a service. */
    all(service?: string): Promise<OverrideRecord[]>;
    /** Ends the open one of the service and begins this one. */
    set(record: OverrideRecord): Promise<void>;
    /** False when there was none to end. */
    end(service: string, at: string): Promise<boolean>;
  };
  cycles: {
    /** The cycle of each known service that starts last, ordered by service. */
    newest(services?: string[]): Promise<CycleRecord[]>;
    /** Oldest first. */
    ofService(service: string): Promise<CycleRecord[]>;
    /** Adds or replaces each by its id. */
    put(records: CycleRecord[]): Promise<void>;
    /** Forgets cycles that never were: a wrong clock has opened them. Samples and purchases that name them stay. */
    remove(ids: string[]): Promise<void>;
  };
  samples: {
    /** A sample of the same service and time is replaced. */
    add(records: SampleRecord[]): Promise<void>;
    /** Oldest first, or the newest first; `limit` counts from that side. `from` and `to` are inside. */
    list(filter: {
      service: string;
      from?: string;
      to?: string;
      limit?: number;
      cycle?: string;
      newestFirst?: boolean;
    }): Promise<SampleRecord[]>;
    /** The last sample of each known service, of whatever resolution, ordered by service. */
    latest(services?: string[]): Promise<SampleRecord[]>;
  };
  confirmations: {
    /** The last sample of each of these services that can be confirmed on that panel, in no order. */
    samples(panel: string, services: string[]): Promise<SampleRecord[]>;
    /**
     * Extends the last sample, cycle and decision of `unchanged` services to `readAt`, as if they were written again with
     * the new run and times (in `counter` and `inputs.reading`, too, the member `at`). Only what was written by the run
     * whose `confirm` named the service in `written`, or confirmed by each run since, is extended: a write about the
     * service, or a `confirm` of the panel that does not name it, ends that.
     */
    confirm(
      request: Omit<ConfirmationRecord, 'resolution'> & { unchanged: string[]; written: string[] },
    ): Promise<void>;
  };
  purchases: {
    /** Oldest first. */
    list(filter?: {
      service?: string;
      services?: string[];
      cycles?: string[];
      status?: PurchaseRecord['status'];
    }): Promise<PurchaseRecord[]>;
    /** False when the key is there already (nothing changed). */
    add(record: PurchaseRecord): Promise<boolean>;
    update(id: string, change: Partial<Pick<PurchaseRecord, 'status' | 'invoice' | 'paidAt' | 'cycle'>>): Promise<void>;
  };
  holds: {
    /**
     * Ordered by service, then oldest first. `panel` is the panel of the service. Holds of agents only where `agentsOf` names
     * their panel, or `services` their subjects.
     */
    open(filter?: { services?: string[]; panel?: string; reason?: string; agentsOf?: string }): Promise<HoldRecord[]>;
    /** Open and past, in the same order; of services, of that subject, or of the agents of a panel. */
    all(filter?: { service?: string; agentsOf?: string }): Promise<HoldRecord[]>;
    /** A subject has at most one open hold of a reason; a second `add` of the same changes nothing and gives false. */
    add(record: HoldRecord): Promise<boolean>;
    /** A hold that ended before keeps its end. */
    end(id: string, at: string): Promise<void>;
    update(
      id: string,
      change: Partial<Pick<HoldRecord, 'note' | 'cycle' | 'usedBytes' | 'allowedBytes'>>,
    ): Promise<void>;
  };
  evidence: {
    /** Ordered by service, then oldest first. Evidence of agents' holds as in `holds.open`. */
    open(filter?: { services?: string[]; panel?: string; agentsOf?: string }): Promise<EvidenceRecord[]>;
    /** Open and past of these holds. */
    ofHolds(holds: string[]): Promise<EvidenceRecord[]>;
    /** At most one open row per panel, kind and target; a second gives false. */
    add(record: EvidenceRecord): Promise<boolean>;
    /** Evidence that ended before keeps its end and outcome. */
    end(id: string, at: string, outcome: string): Promise<void>;
    /**
     * Passes open evidence to another hold, of the same subject or of another one on the same panel. Returns false,
     * and changes nothing, when that hold has ended. Evidence that has ended, and a hold on another panel, are a
     * `store_conflict`.
     */
    move(id: string, hold: string): Promise<boolean>;
  };
  actions: {
    get(id: string): Promise<ActionRecord | null>;
    /** Fails with `store_conflict` when an unsettled action has the same key. */
    plan(records: ActionRecord[]): Promise<void>;
    /** Stamps that the panel is about to be called, and counts the attempt. */
    called(id: string, at: string): Promise<void>;
    /** What is left out of `change` stays as it was. */
    end(
      id: string,
      change: {
        state: ActionState;
        settledAt: string | null;
        observed?: unknown;
        errorCode?: string | null;
        errorMessage?: string | null;
      },
    ): Promise<void>;
    /** Planned or in doubt, oldest first. */
    unsettled(filter?: { panel?: string; services?: string[] }): Promise<ActionRecord[]>;
    /** Oldest first by `plannedAt`, or the newest first; `limit` counts from that side. */
    list(filter: {
      service?: string;
      run?: string;
      since?: string;
      until?: string;
      limit?: number;
      newestFirst?: boolean;
    }): Promise<ActionRecord[]>;
    /** In the order of planning, `limit` at a time. */
    page(request: {
      service?: string;
      since?: string;
      after?: PageCursor | null;
      limit: number;
    }): Promise<Page<ActionRecord>>;
  };
  decisions: {
    /** The decision of the last run about each service, ordered by service. */
    latest(services?: string[]): Promise<DecisionRecord[]>;
    /**
     * Replaces the latest; the history keeps it when anything but the run, the time and the usage changed. Of `inputs`
     * the members `usage`, `peak`, `reading` and `remainingBytes` count as usage.
     */
    record(records: DecisionRecord[]): Promise<void>;
    /**
     * The decision in force at an instant: the latest, or of an earlier stretch of equal decisions the first, with
     * the figures that it was taken on.
     */
    at(service: string, at: string): Promise<DecisionRecord | null>;
  };
  notices: {
    /** The ones that were new (by key). */
    add(records: NoticeRecord[]): Promise<NoticeRecord[]>;
    /** Oldest first, or the newest first; `limit` counts from that side. */
    list(filter?: {
      run?: string;
      service?: string;
      since?: string;
      limit?: number;
      newestFirst?: boolean;
    }): Promise<NoticeRecord[]>;
  };
  runs: {
    start(record: RunRecord): Promise<void>;
    /** Fails with `store_not_found` for a run that was not started. */
    finish(
      id: string,
      change: { finishedAt: string; outcome: RunOutcome; totals: unknown; error: string | null; observing: string[] },
    ): Promise<void>;
    get(id: string): Promise<RunRecord | null>;
    /** Newest first. */
    list(filter?: { command?: string; since?: string; limit?: number }): Promise<RunRecord[]>;
    /** In the order of starting, `limit` at a time. */
    page(request: { since?: string; after?: PageCursor | null; limit: number }): Promise<Page<RunRecord>>;
  };
  refreshes: {
    start(record: RefreshRecord): Promise<void>;
    /** Fails with `store_not_found` for one that was not started. The state of the panel's earlier ones is dropped. */
    finish(
      id: string,
      panel: string,
      change: Pick<RefreshRecord, 'finishedAt' | 'calls' | 'failed' | 'error' | 'state'>,
    ): Promise<void>;
    /** State of the panel's newest; null where there is none. */
    state(panel: string): Promise<unknown>;
    /** Newest first. */
    list(filter?: { since?: string; limit?: number }): Promise<RefreshRecord[]>;
    /** In the order of starting, `limit` at a time. */
    page(request: { since?: string; after?: PageCursor | null; limit: number }): Promise<Page<RefreshRecord>>;
  };
  apiCalls: {
    add(records: ApiCallRecord[]): Promise<void>;
    /** Newest first. */
    list(filter?: {
      service?: string;
      panel?: string;
      run?: string;
      since?: string;
      until?: string;
      limit?: number;
    }): Promise<ApiCallRecord[]>;
    /** In the order of calling, `limit` at a time. */
    page(request: {
      service?: string;
      since?: string;
      after?: PageCursor | null;
      limit: number;
    }): Promise<Page<ApiCallRecord>>;
    /**
     * In the order of writing, `limit` at a time: for who follows the log, since calls are written some time after
     * they were made. `after` is the `last` of the answer before; null gives the newest rows.
     */
    written(request: {
      service?: string;
      since?: string;
      after: number | null;
      limit: number;
    }): Promise<{ records: ApiCallRecord[]; last: number }>;
  };
  switches: {
    list(): Promise<SwitchRecord[]>;
    set(record: SwitchRecord): Promise<void>;
    /** The switch of that product, of the panel as a whole (null), or all of the panel (left out). */
    clear(panel: string, product?: string | null): Promise<void>;
  };
  fingerprints: {
    list(panel?: string): Promise<FingerprintRecord[]>;
    /** One of each panel and endpoint; replaces the one that is there. */
    put(record: FingerprintRecord): Promise<void>;
    clear(panel: string): Promise<void>;
  };
  resources: {
    /** What was last seen of each of these services, ordered by service. */
    list(filter: { services: string[] }): Promise<ResourcesRecord[]>;
    /** Adds or replaces each by its service. */
    put(records: ResourcesRecord[]): Promise<void>;
  };
  graphCache: {
    /** The graph of that key, unless it has expired by `now`. */
    get(key: string, now: string): Promise<GraphCacheRecord | null>;
    /** Adds or replaces it, and deletes all that have expired by its `at`. */
    put(record: GraphCacheRecord): Promise<void>;
  };
  clock: {
    /** The newest instant at which the clock was known to be right; null before the first. */
    confirmed(): Promise<string | null>;
    /** Moves it forward; an earlier instant changes nothing. */
    confirm(at: string): Promise<void>;
    /** Sets it, also back: the operator's word. */
    accept(at: string): Promise<void>;
  };
}

/** One check of `db check`. */
export interface StoreCheck {
  name: string;
  object: string;
  status: 'ok' | 'warning' | 'failed';
  message: string;
}

/** The state store: reads outside of `write` see the last committed state. */
export interface StateStore extends StoreTables {
  readonly location: string;
  readonly schemaVersion: number;
  /**
   * Runs `work` in one transaction that is durable when it returns. With `fences`, fails with `lease_lost` and
   * changes nothing when one of the leases has been taken over (another fence number) or was released.
   *
   * Calls wait for each other, so keep the work short: no call to a panel inside. When `work` throws, or a write in
   * it fails even if that is caught, nothing is changed. The tables are good for as long as `work` runs; another
   * write through the store itself is refused there (`nested_write`), and reads through it see the state before.
   */
  write<T>(work: (tables: StoreTables) => Promise<T>, options?: { fences?: HeldLease[] }): Promise<T>;
  leases: {
    /**
     * Takes a free, expired or abandoned lease in one atomic statement and raises its fence number.
     * `isAlive` is asked about the owner on the same host; an owner that is gone loses the lease at once. So does one on
     * another host whose lease runs out later than twice `ttlMs` from now: the clock was set back since.
     */
    acquire(request: LeaseRequest & { name: string }): Promise<LeaseResult>;
    /**
     * Takes all of these leases in one transaction, or none of them: then `heldBy` has those that are held, ordered by
     * name. Works quickly for tens of thousands.
     */
    acquireAll(request: LeaseRequest & { names: string[] }): Promise<LeasesResult>;
    /** False when the lease is no longer ours. */
    renew(lease: HeldLease, now: string, ttlMs: number): Promise<boolean>;
    /** Renews those of the leases that are still ours, in one transaction. False when one of them is not. */
    renewAll(leases: readonly HeldLease[], now: string, ttlMs: number): Promise<boolean>;
    /** Frees the lease; does nothing when it is no longer ours. */
    release(lease: HeldLease): Promise<void>;
    /** Frees those of the leases that are still ours, in one transaction. */
    releaseAll(leases: readonly HeldLease[]): Promise<void>;
    /** Those that are held, ordered by name, whether or not they ran out. */
    list(): Promise<LeaseRecord[]>;
  };
  maintenance: {
    /** Deletes API log rows and rolls samples up: raw older than `samplesDays` to hours, hours older than 4 times that to days. */
    prune(request: {
      now: string;
      apiLogDays: number;
      samplesDays: number;
    }): Promise<{ apiCalls: number; samples: number }>;
    /** Integrity, foreign keys, schema version, invariants (one open hold per reason, evidence of ended holds, unknown services). */
    check(): Promise<StoreCheck[]>;
    /** A consistent copy, mode 0600, never over an existing file. */
    backup(file: string): Promise<void>;
  };
  /** Ends what was begun, then refuses everything else with `store_closed`. */
  close(): Promise<void>;
}
