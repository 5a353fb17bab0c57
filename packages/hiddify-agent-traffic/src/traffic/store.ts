import type { AgentRecord, DisabledUserRecord, LedgerEntry, ReservationRecord, SnapshotRecord } from './records.js';

/** What the manager reads and writes, for one panel. `put` adds or replaces by key. */
export interface AgentTrafficTables {
  agents: {
    all(): Promise<AgentRecord[]>;
    put(records: AgentRecord[]): Promise<void>;
  };
  ledger: {
    /** Every user ever seen and not removed: as many as the panel has users. */
    all(): Promise<LedgerEntry[]>;
    get(keys: string[]): Promise<LedgerEntry[]>;
    put(entries: LedgerEntry[]): Promise<void>;
    remove(keys: string[]): Promise<void>;
  };
  disabled: {
    /** Those with `settledAt` null. */
    open(): Promise<DisabledUserRecord[]>;
    /** Newest first. */
    list(filter: { agent?: string; uuid?: string; limit?: number }): Promise<DisabledUserRecord[]>;
    put(records: DisabledUserRecord[]): Promise<void>;
  };
  reservations: {
    /** Those that are not `closed`. */
    live(): Promise<ReservationRecord[]>;
    get(uuid: string): Promise<ReservationRecord | null>;
    put(records: ReservationRecord[]): Promise<void>;
  };
  snapshot: {
    get(): Promise<SnapshotRecord | null>;
    put(record: SnapshotRecord): Promise<void>;
  };
}

/**
 * `begin`: it opens holds whose changes to the panel follow. The store may refuse such a write with `StepsStopped`, in the
 * transaction itself: then nothing is begun. `record`, the default: it writes down what was seen or done.
 */
export type WritePurpose = 'record' | 'begin';

/**
 * The memory of an `AgentTrafficManager` for one panel. Reads outside of `write` see the last committed state.
 *
 * `write` is the only way to change anything and carries the whole promise of the limits: it runs `work` alone, across all
 * processes that share the store (an immediate transaction), and everything that `work` put is durable when it resolves, or
 * nothing is when it rejects. No panel is ever called inside it.
 */
export interface AgentTrafficStore extends AgentTrafficTables {
  write<T>(work: (tables: AgentTrafficTables) => Promise<T>, purpose?: WritePurpose): Promise<T>;
}
