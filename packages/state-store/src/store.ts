import type {
  ActionRecord,
  ActionState,
  ApiCallRecord,
  CycleRecord,
  DecisionRecord,
  EvidenceRecord,
  FingerprintRecord,
  HoldRecord,
  LeaseOwner,
  LeaseRecord,
  NoticeRecord,
  OverrideRecord,
  PurchaseRecord,
  RunRecord,
  SampleRecord,
  ServiceRecord,
  SwitchRecord,
} from './records.js';

/** A lease held by this process, as proof for fenced writes. */
export interface HeldLease {
  name: string;
  fence: number;
}

/** Answer of `leases.acquire`. */
export type LeaseResult = { acquired: true; lease: HeldLease } | { acquired: false; heldBy: LeaseRecord };

/** All that operations need to remember. Every method is one statement or runs inside the enclosing `write`. */
export interface StoreTables {
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
    put(records: ServiceRecord[]): Promise<void>;
    remove(id: string): Promise<void>;
    /** Every id known, for suggestions. */
    ids(): Promise<string[]>;
  };
  overrides: {
    open(services?: string[]): Promise<OverrideRecord[]>;
    all(service?: string): Promise<OverrideRecord[]>;
    /** Ends the open one of the service and begins this one. */
    set(record: OverrideRecord): Promise<void>;
    end(service: string, at: string): Promise<boolean>;
  };
  cycles: {
    /** The newest recorded cycle of each service. */
    newest(services?: string[]): Promise<CycleRecord[]>;
    ofService(service: string): Promise<CycleRecord[]>;
    put(records: CycleRecord[]): Promise<void>;
  };
  samples: {
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
    latest(services?: string[]): Promise<SampleRecord[]>;
  };
  purchases: {
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
    open(filter?: { services?: string[]; panel?: string; reason?: string }): Promise<HoldRecord[]>;
    all(filter?: { service?: string }): Promise<HoldRecord[]>;
    /** A service has at most one open hold of a reason; a second `add` of the same changes nothing and gives false. */
    add(record: HoldRecord): Promise<boolean>;
    end(id: string, at: string): Promise<void>;
    update(
      id: string,
      change: Partial<Pick<HoldRecord, 'note' | 'cycle' | 'usedBytes' | 'allowedBytes'>>,
    ): Promise<void>;
  };
  evidence: {
    open(filter?: { services?: string[]; panel?: string }): Promise<EvidenceRecord[]>;
    ofHolds(holds: string[]): Promise<EvidenceRecord[]>;
    /** At most one open row per panel, kind and target; a second gives false. */
    add(record: EvidenceRecord): Promise<boolean>;
    end(id: string, at: string, outcome: string): Promise<void>;
    /** Hands open evidence to another hold of the same service. */
    move(id: string, hold: string): Promise<void>;
  };
  actions: {
    plan(records: ActionRecord[]): Promise<void>;
    /** Stamps that the panel is about to be called. */
    called(id: string, at: string): Promise<void>;
    settle(
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
    list(filter: {
      service?: string;
      run?: string;
      since?: string;
      until?: string;
      limit?: number;
      newestFirst?: boolean;
    }): Promise<ActionRecord[]>;
  };
  decisions: {
    /** The decision of the last run about each service. */
    latest(services?: string[]): Promise<DecisionRecord[]>;
    /** Replaces the latest; the history keeps it when anything but the time and the usage changed. */
    record(records: DecisionRecord[]): Promise<void>;
    /** The decision in force at an instant. */
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
    finish(
      id: string,
      change: { finishedAt: string; exitCode: number; totals: unknown; error: string | null; observing: string[] },
    ): Promise<void>;
    get(id: string): Promise<RunRecord | null>;
    list(filter?: { command?: string; since?: string; limit?: number }): Promise<RunRecord[]>;
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
  };
  switches: {
    list(): Promise<SwitchRecord[]>;
    set(record: SwitchRecord): Promise<void>;
    clear(panel: string, product?: string | null): Promise<void>;
  };
  fingerprints: {
    list(panel?: string): Promise<FingerprintRecord[]>;
    put(record: FingerprintRecord): Promise<void>;
    clear(panel: string): Promise<void>;
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
   */
  write<T>(work: (tables: StoreTables) => Promise<T>, options?: { fences?: HeldLease[] }): Promise<T>;
  leases: {
    /**
     * Takes a free, expired or abandoned lease in one atomic statement and raises its fence number.
     * `isAlive` is asked about the owner on the same host; an owner that is gone loses the lease at once.
     */
    acquire(request: {
      name: string;
      owner: LeaseOwner;
      run: string;
      now: string;
      ttlMs: number;
      isAlive: (owner: LeaseOwner) => boolean;
    }): Promise<LeaseResult>;
    /** False when the lease is no longer ours. */
    renew(lease: HeldLease, now: string, ttlMs: number): Promise<boolean>;
    release(lease: HeldLease): Promise<void>;
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
  close(): Promise<void>;
}
