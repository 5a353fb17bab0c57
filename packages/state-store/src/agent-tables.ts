import type {
  AgentPeriodRecord,
  AgentRecord,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
} from '@sluice/quota-core';

/**
 * The limits of agents, panel by panel. `put` adds or replaces rows by their key. Check and reserve in one
 * `write` of the store: it runs alone, across all processes, so that no budget is reserved twice.
 */
export interface AgentTables {
  agents: {
    /** Ordered by panel and uuid. */
    list(panel?: string): Promise<AgentRecord[]>;
    put(records: AgentRecord[]): Promise<void>;
    /** Moves everything stored of the agents of a panel, in the tables below too, to its new name; what that name has is replaced. */
    renamePanel(from: string, to: string): Promise<void>;
    /** Changes the uuid of an agent of a panel in everything that is stored of it, holds, evidence and open actions too. */
    rename(panel: string, agent: { from: string; to: string }): Promise<void>;
  };
  /** One row per user that the panel has or had. */
  agentUsers: {
    /** Users of a panel, or only those with these keys, in any order. */
    list(filter: { panel: string; keys?: string[] }): Promise<AgentUserRecord[]>;
    put(records: AgentUserRecord[]): Promise<void>;
    remove(panel: string, keys: string[]): Promise<void>;
  };
  /** Periods of agents that have ended. */
  agentPeriods: {
    /** Periods of an agent, newest first. */
    list(panel: string, agent: string): Promise<AgentPeriodRecord[]>;
    put(records: AgentPeriodRecord[]): Promise<void>;
  };
  agentReservations: {
    /** Reservations that are not `closed`, oldest first. */
    live(panel: string): Promise<AgentReservationRecord[]>;
    get(panel: string, uuid: string): Promise<AgentReservationRecord | null>;
    put(records: AgentReservationRecord[]): Promise<void>;
  };
  agentSnapshots: {
    get(panel: string): Promise<AgentSnapshotRecord | null>;
    put(record: AgentSnapshotRecord): Promise<void>;
  };
}
