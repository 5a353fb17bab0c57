import type { AgentRecord, AgentReservationRecord, AgentSnapshotRecord, AgentUserRecord } from '@sluice/quota-core';

/**
 * The limits of agents, panel by panel. `put` adds or replaces by what names a row. Check and reservation belong into one
 * `write` of the store: it runs alone, across all processes, so that a budget is promised once only.
 */
export interface AgentTables {
  agents: {
    /** Ordered by panel and uuid. */
    list(panel?: string): Promise<AgentRecord[]>;
    put(records: AgentRecord[]): Promise<void>;
  };
  /** The ledger: as many rows as the panel has, or had, users. */
  agentUsers: {
    /** All of a panel, or those of these keys; in no order. */
    list(filter: { panel: string; keys?: string[] }): Promise<AgentUserRecord[]>;
    put(records: AgentUserRecord[]): Promise<void>;
    remove(panel: string, keys: string[]): Promise<void>;
  };
  agentReservations: {
    /** Those that are not `closed`, oldest first. */
    live(panel: string): Promise<AgentReservationRecord[]>;
    get(panel: string, uuid: string): Promise<AgentReservationRecord | null>;
    put(records: AgentReservationRecord[]): Promise<void>;
  };
  agentSnapshots: {
    get(panel: string): Promise<AgentSnapshotRecord | null>;
    put(record: AgentSnapshotRecord): Promise<void>;
  };
}
