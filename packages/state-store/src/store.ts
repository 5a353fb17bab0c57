import type { StorePast } from './past.js';
import type { AgentTables } from './agent-tables.js';
import type { LedgerTables } from './ledger-tables.js';
import type { TokenTables } from './token-tables.js';
import type { OverviewTables } from './overview.js';
import type { NumberChange } from './ownership-change.js';
import type {
  ActionRecord,
  ActionState,
  AlarmRecord,
  ApiCallRecord,
  ConfirmationRecord,
  ConditionRecord,
  CycleRecord,
  DecisionRecord,
  DeliveryRecord,
  DeliveryState,
  EvidenceRecord,
  FingerprintRecord,
  GraphCacheRecord,
  PanelListName,
  HoldRecord,
  LeaseOwner,
  LeaseRecord,
  NoticeRecord,
  OverrideRecord,
  OwnershipRecord,
  PurchaseRecord,
  RefreshRecord,
  PushedUsageRecord,
  ResourcesRecord,
  RunRecord,
  SampleRecord,
  ServiceChange,
  ServiceRecord,
  SwitchRecord,
  WriteBackRecord,
  RunOutcome,
} from './records.js';

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
}

/** Result of `leases.acquire`. */
export type LeaseResult = { acquired: true; lease: HeldLease } | { acquired: false; heldBy: LeaseRecord };

/** Result of `leases.acquireAll`: all of the leases, or those that others hold. */
export type LeasesResult = { acquired: true; leases: HeldLease[] } | { acquired: false; heldBy: LeaseRecord[] };

/** A position in a list that is read in pages, oldest first; the next page starts after it. */
export interface PageCursor {
  at: string;
  seq: number;
}

/** Which page of such a list is read; without `after`, the first one. */
export interface PageRequest {
  since?: string;
  after?: PageCursor | null;
  limit: number;
}

/** One page of such a list. `next` is the cursor of the next page, null on the last. */
export interface Page<T> {
  records: T[];
  next: PageCursor | null;
}

/**
 * The tables of the store. Every method is one statement or runs inside the enclosing `write`; outside of
 * one, each method that writes is a transaction of its own.
 *
 * Lists of services (`services`, `ids`, `holds`) may have any length; an empty list matches nothing. Both ends of a
 * time range (`from`, `to`, `since`, `until`) are inclusive. Changing a missing row fails with `store_not_found`,
 * and a row that breaks an invariant with `store_conflict`, unless documented otherwise.
 */
export interface StoreTables extends AgentTables, LedgerTables, OverviewTables, TokenTables {
  services: {
    get(id: string): Promise<ServiceRecord | null>;
    /** Ordered by id. For pages of `limit`, set `after` to the last id of the previous page. */
    list(filter?: {
      panel?: string;
      product?: string;
      client?: string;
      ids?: string[];
      after?: string;
      limit?: number;
    }): Promise<ServiceRecord[]>;
    /** Number of the services that match. */
    count(filter: { panel?: string; product?: string; client?: string }): Promise<number>;
    /** Adds or replaces each by its id. For new services only; use `update` to change one. */
    put(records: ServiceRecord[]): Promise<void>;
    /**
     * Changes the named columns and keys of each row; all others stay. Returns the
     * changed services, in the order of the changes. Fails with `store_not_found` for an unknown id.
     */
    update(changes: ServiceChange[]): Promise<ServiceRecord[]>;
    /**
     * Deletes a service, which had its objects until `at`, with its overrides, cycles, samples, decisions, resources, pushed usage and write-back. Its purchases, ended holds,
     * actions, notices and API calls stay. Fails with `store_conflict` while it has an open hold or open evidence.
     */
    remove(id: string, at: string): Promise<void>;
    /** All ids, for suggestions. */
    ids(): Promise<string[]>;
    /** The panels of all services, by name. */
    panels(): Promise<string[]>;
  };
  /** Written with each change of a service; the rows of services that were removed stay. */
  ownership: {
    /** Of a panel, of these subjects of it, of a service, or of a client, in the order in which they began. */
    list(filter: {
      panel?: string;
      subjects?: string[];
      service?: string;
      client?: string;
      limit?: number;
    }): Promise<OwnershipRecord[]>;
    /** Stores that a service has a telephone number from now on, or has it no longer; nobody else has it then. */
    passNumber(change: NumberChange): Promise<void>;
  };
  overrides: {
    /** At most one of each service, ordered by service. */
    open(services?: string[]): Promise<OverrideRecord[]>;
    /** Open and past, oldest first within a service. */
    all(service?: string): Promise<OverrideRecord[]>;
    /** Ends the service's open override and adds this one. */
    set(record: OverrideRecord): Promise<void>;
    /** Returns false if no override was open. */
    end(service: string, at: string): Promise<boolean>;
  };
  cycles: {
    /** The latest cycle of each existing service, ordered by service. */
    newest(services?: string[]): Promise<CycleRecord[]>;
    /** Oldest first. */
    ofService(service: string): Promise<CycleRecord[]>;
    /** Adds or replaces each by its id. */
    put(records: CycleRecord[]): Promise<void>;
    /** Deletes cycles that a wrong clock opened. Samples and purchases that name them stay. */
    remove(ids: string[]): Promise<void>;
  };
  samples: {
    /** A sample of the same service and time is replaced. */
    add(records: SampleRecord[]): Promise<void>;
    /** Oldest first, or the newest first; `limit` counts from that end. `from` and `to` are inclusive. */
    list(filter: {
      service: string;
      from?: string;
      to?: string;
      limit?: number;
      cycle?: string;
      newestFirst?: boolean;
    }): Promise<SampleRecord[]>;
    /**
     * The last sample in each of `parts` equal parts of a time, oldest first; reads no others. A sample that was confirmed
     * all along is there at the beginning and at the end of that time. `from` and `to` are inclusive.
     */
    spread(filter: {
      service: string;
      from: string;
      to: string;
      parts: number;
      cycle?: string | undefined;
    }): Promise<SampleRecord[]>;
  };
  confirmations: {
    /** The last sample of each of these services that can be confirmed on that panel, in any order. */
    samples(panel: string, services: string[]): Promise<SampleRecord[]>;
    /**
     * Extends the last sample, cycle and decision of `unchanged` services to `readAt`, as if written again with the new
     * run and times (including the member `at` of `counter` and `inputs.reading`). Only what was written by the run
     * whose `confirm` named the service in `written`, or confirmed by each run since, is extended: a write about the
     * service, or a `confirm` of the panel that does not name it, ends that.
     */
    confirm(
      request: Omit<ConfirmationRecord, 'resolution'> & {
        unchanged: string[];
        written: { service: string; at: string }[];
      },
    ): Promise<void>;
  };
  purchases: {
    /** Oldest first. */
    list(filter?: {
      service?: string;
      services?: string[];
      cycles?: string[];
      status?: PurchaseRecord['status'];
      key?: string;
      /** What the key begins with. */
      keyPrefix?: string;
    }): Promise<PurchaseRecord[]>;
    get(id: string): Promise<PurchaseRecord | null>;
    /** Number of purchases that were ever paid, by actor, refunded ones included. */
    countPaid(): Promise<Record<PurchaseRecord['actor'], number>>;
    /** Returns false, and changes nothing, when the key exists. */
    add(record: PurchaseRecord): Promise<boolean>;
    update(
      id: string,
      change: Partial<
        Pick<PurchaseRecord, 'status' | 'invoice' | 'paidAt' | 'refundedAt' | 'refundSentAt' | 'cycle' | 'charged'>
      >,
    ): Promise<void>;
  };
  holds: {
    /**
     * Ordered by service, then oldest first. `panel` is the panel of the service. Includes holds of agents only if
     * `agentsOf` names their panel, or `services` their subjects.
     */
    open(filter?: { services?: string[]; panel?: string; reason?: string; agentsOf?: string }): Promise<HoldRecord[]>;
    /**
     * Holds that still restrict, or are to: the open ones, and those that have ended and of which evidence is open. Filter and order
     * are those of `open`.
     */
    lasting(filter?: {
      services?: string[];
      panel?: string;
      reason?: string;
      agentsOf?: string;
    }): Promise<HoldRecord[]>;
    /** Open and past holds of services, of that subject, or of the agents of a panel, in the same order. */
    all(filter?: { service?: string; agentsOf?: string }): Promise<HoldRecord[]>;
    /** A subject has at most one open hold of a reason; a second `add` changes nothing and returns false. */
    add(record: HoldRecord): Promise<boolean>;
    /** An ended hold keeps its end. */
    end(id: string, at: string): Promise<void>;
    /** Reverts an end. Returns false, and changes nothing, where the subject has an open hold of that reason. */
    reopen(id: string): Promise<boolean>;
    update(
      id: string,
      change: Partial<Pick<HoldRecord, 'note' | 'restriction' | 'cycle' | 'usedBytes' | 'allowedBytes'>>,
    ): Promise<void>;
  };
  evidence: {
    /** Ordered by service, then oldest first. Evidence of agents' holds as in `holds.open`. */
    open(filter?: { services?: string[]; panel?: string; agentsOf?: string }): Promise<EvidenceRecord[]>;
    /** Open and past evidence of these holds. */
    ofHolds(holds: string[]): Promise<EvidenceRecord[]>;
    /** At most one open row per panel, kind and target; a second `add` returns false. */
    add(record: EvidenceRecord): Promise<boolean>;
    /** Ended evidence keeps its end and outcome. */
    end(id: string, at: string, outcome: string): Promise<void>;
    /**
     * Moves open evidence to another hold, of the same subject or of another one on the same panel. Returns false,
     * and changes nothing, when that hold has ended. Evidence that has ended, and a hold on another panel, are a
     * `store_conflict`.
     */
    move(id: string, hold: string): Promise<boolean>;
  };
  actions: {
    get(id: string): Promise<ActionRecord | null>;
    /** Fails with `store_conflict` when an unresolved action has the same key. */
    plan(records: ActionRecord[]): Promise<void>;
    /** Stamps that the panel is about to be called, and counts the attempt. */
    called(id: string, at: string): Promise<void>;
    /** Members missing from `change` stay. */
    end(
      id: string,
      change: {
        state: ActionState;
        endedAt: string | null;
        givenUpAt?: string | null;
        observed?: unknown;
        errorCode?: string | null;
        errorMessage?: string | null;
      },
    ): Promise<void>;
    /** Actions that are planned or in doubt, oldest first. */
    unresolved(filter?: { panel?: string; services?: string[] }): Promise<ActionRecord[]>;
    /** Oldest first by `plannedAt`, or the newest first; `limit` counts from that end. */
    list(filter: {
      service?: string;
      run?: string;
      since?: string;
      until?: string;
      limit?: number;
      newestFirst?: boolean;
    }): Promise<ActionRecord[]>;
    /** In the order of planning, `limit` at a time. */
    page(request: PageRequest & { service?: string }): Promise<Page<ActionRecord>>;
  };
  decisions: {
    /** The decision of the last run about each service, ordered by service. */
    latest(services?: string[]): Promise<DecisionRecord[]>;
    /**
     * Replaces the latest; adds it to the history when anything but the run, the time and the usage changed. In
     * `inputs`, the members `usage`, `peak`, `reading` and `remainingBytes` count as usage.
     */
    record(records: DecisionRecord[]): Promise<void>;
    /**
     * The decision in force at an instant: the latest, or the first of an earlier series of equal decisions, with
     * its figures.
     */
    at(service: string, at: string): Promise<DecisionRecord | null>;
  };
  notices: {
    /** Returns the notices whose key was new. */
    add(records: NoticeRecord[]): Promise<NoticeRecord[]>;
    /** Oldest first, or the newest first; `limit` counts from that end. */
    list(filter?: {
      run?: string;
      service?: string;
      since?: string;
      limit?: number;
      newestFirst?: boolean;
    }): Promise<NoticeRecord[]>;
    has(key: string): Promise<boolean>;
  };
  deliveries: {
    /** A second delivery of a notice to a channel is not written. */
    add(records: DeliveryRecord[]): Promise<void>;
    /** Pending deliveries of a channel that are due, with their notices: the longest due first. */
    due(filter: {
      channel: string;
      now: string;
      limit: number;
    }): Promise<{ delivery: DeliveryRecord; notice: NoticeRecord }[]>;
    /** Newest first, with their notices. */
    list(filter?: {
      state?: DeliveryState;
      limit?: number;
    }): Promise<{ delivery: DeliveryRecord; notice: NoticeRecord }[]>;
    /** Number of deliveries that are pending or were given up, by channel. */
    counts(): Promise<{ channel: string; state: Exclude<DeliveryState, 'sent'>; count: number }[]>;
    /** Changes a pending delivery; returns false, and changes nothing, for another one. */
    update(
      id: string,
      change: Partial<Pick<DeliveryRecord, 'state' | 'attempts' | 'nextAt' | 'lastError' | 'sentAt'>>,
    ): Promise<boolean>;
  };
  alarms: {
    get(id: string): Promise<AlarmRecord | null>;
    /** The oldest first. */
    list(filter?: { services?: readonly string[]; panel?: string }): Promise<AlarmRecord[]>;
    /** Adds or replaces alarms. */
    put(records: readonly AlarmRecord[]): Promise<void>;
    remove(ids: readonly string[]): Promise<void>;
  };
  conditions: {
    get(key: string): Promise<ConditionRecord | null>;
    /** Those whose key begins with this text, ordered by key. */
    list(prefix: string): Promise<ConditionRecord[]>;
    /** Adds or replaces the condition. */
    put(record: ConditionRecord): Promise<void>;
    /** Returns false if there was none. */
    end(key: string): Promise<boolean>;
  };
  runs: {
    start(record: RunRecord): Promise<void>;
    /** Fails with `store_not_found` for a run that was not started. */
    finish(
      id: string,
      change: { finishedAt: string; outcome: RunOutcome; totals: unknown; error: string | null; observing: string[] },
    ): Promise<void>;
    get(id: string): Promise<RunRecord | null>;
    /** Returns who started each of these runs; runs without a known actor are left out. */
    actors(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
    /** Newest first. `whole` matches runs over everything that the command is for, not about one service or a part. */
    list(filter?: {
      command?: string;
      service?: string;
      whole?: boolean;
      outcomes?: readonly RunOutcome[];
      since?: string;
      until?: string;
      limit?: number;
    }): Promise<RunRecord[]>;
    /** In the order of starting, `limit` at a time. */
    page(request: PageRequest & { service?: string }): Promise<Page<RunRecord>>;
  };
  refreshes: {
    start(record: RefreshRecord): Promise<void>;
    /** Fails with `store_not_found` for a refresh that was not started. Drops the state of the panel's earlier ones. */
    finish(
      id: string,
      panel: string,
      change: Pick<RefreshRecord, 'finishedAt' | 'calls' | 'failed' | 'error' | 'state'>,
    ): Promise<void>;
    /** State of the panel's newest refresh; null if there is none. */
    state(panel: string): Promise<unknown>;
    /** Newest first. */
    list(filter?: { since?: string; until?: string; limit?: number }): Promise<RefreshRecord[]>;
    /** In the order of starting, `limit` at a time. */
    page(request: PageRequest): Promise<Page<RefreshRecord>>;
  };
  apiCalls: {
    /** Adds the calls as one compressed block: many at once take a fraction of the space. */
    add(records: ApiCallRecord[]): Promise<void>;
    /** Joins the blocks of a run that were written last to one, at its end. */
    join(run: string): Promise<void>;
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
    page(request: PageRequest & { service?: string }): Promise<Page<ApiCallRecord>>;
    /**
     * In the order of writing, `limit` at a time, to follow the log: calls are written some time after
     * they were made. `after` is the `last` of the previous result; null returns the newest rows.
     */
    written(request: {
      service?: string;
      panel?: string;
      since?: string;
      after: number | null;
      limit: number;
    }): Promise<{ records: ApiCallRecord[]; last: number }>;
  };
  switches: {
    list(): Promise<SwitchRecord[]>;
    set(record: SwitchRecord): Promise<void>;
    /** The switch of that product, of the whole panel (`product` null), or all of the panel (`product` missing). */
    clear(panel: string, product?: string | null): Promise<void>;
  };
  fingerprints: {
    list(panel?: string): Promise<FingerprintRecord[]>;
    /** Adds or replaces the fingerprint of the panel and endpoint. */
    put(record: FingerprintRecord): Promise<void>;
  };
  resources: {
    /** The resources of each of these services, ordered by service. */
    list(filter: { services: string[] }): Promise<ResourcesRecord[]>;
    /** Adds or replaces each by its service. */
    put(records: ResourcesRecord[]): Promise<void>;
  };
  pushedUsage: {
    /** Of these services, ordered by service. */
    list(filter: { services: string[] }): Promise<PushedUsageRecord[]>;
    /** Adds or replaces each by its service. */
    put(records: PushedUsageRecord[]): Promise<void>;
  };
  writeBacks: {
    /** Of these services, or all, ordered by service. */
    list(filter?: { services?: string[] }): Promise<WriteBackRecord[]>;
    /** Adds or replaces each by its service. */
    put(records: WriteBackRecord[]): Promise<void>;
    /** Deletes it, unless it was replaced since. */
    remove(record: Pick<WriteBackRecord, 'service' | 'at'>): Promise<void>;
  };
  graphCache: {
    /** The graph with that key, unless it expired before `now`. */
    get(key: string, now: string): Promise<GraphCacheRecord | null>;
    /** Adds or replaces the graph, and deletes those that expired before its `at`. */
    put(record: GraphCacheRecord): Promise<void>;
  };
  /** Ids of what panels have, as last listed: for completion, which calls no panel. */
  panelLists: {
    /** The ids of a list of these panels, in the order of the panels; nothing for a list that was never read. */
    ids(list: PanelListName, panels: readonly string[]): Promise<string[]>;
    /** Replaces the ids of a panel's list, read at `at`. */
    put(panel: string, list: PanelListName, read: { ids: readonly string[]; at: string }): Promise<void>;
  };
  clock: {
    /** The newest instant confirmed by the clock; null before the first. */
    confirmed(): Promise<string | null>;
    /** Moves the instant forward; an earlier one changes nothing. */
    confirm(at: string): Promise<void>;
    /** Sets the instant, also back, as confirmed by the operator. */
    accept(at: string): Promise<void>;
  };
}

/** Result of one check. */
export interface StoreCheck {
  name: string;
  object: string;
  status: 'ok' | 'warning' | 'failed';
  message: string;
}

/** The state store: reads outside of `write` see the last committed state. */
export interface StateStore extends StoreTables, AsyncDisposable {
  readonly location: string;
  readonly schemaVersion: number;
  /** Returns a text that changes with each committed write of any process. */
  version(): Promise<string>;
  /**
   * Runs `work` in one transaction that is durable when it returns. With `fences`, fails with `lease_lost` and
   * changes nothing when one of the leases was taken over (another fence number) or released.
   *
   * Calls wait for each other, so keep the work short and call no panel in it. When `work` throws, or a write in
   * it fails even if that is caught, nothing is changed. The tables are valid while `work` runs; another
   * write through the store itself is refused there (`nested_write`), and reads through it see the state before.
   */
  write<T>(work: (tables: StoreTables) => Promise<T>, options?: { fences?: HeldLease[] }): Promise<T>;
  leases: {
    /**
     * Acquires a free, expired or abandoned lease in one transaction and raises its fence number.
     * `isAlive` checks an owner on the same host; if it is gone, it loses the lease at once. So does an owner on
     * another host whose lease expires later than twice `ttlMs` from now: the clock was set back since.
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
