import type {
  ActionRecord,
  AgentRecord,
  AgentReservationRecord,
  AgentSnapshotRecord,
  EvidenceRecord,
  HoldRecord,
} from '@sluice/quota-core';

/** Everything stored about the agents of a panel. */
export interface AgentRecords {
  agents: readonly AgentRecord[];
  /** Reservations that are not closed. */
  reservations: readonly AgentReservationRecord[];
  snapshot: AgentSnapshotRecord | null;
  /** Open holds of the agents. */
  holds: readonly HoldRecord[];
  /** Open evidence of users disabled for an agent, under the agent's own hold or the `agent-limit` hold of a service. */
  evidence: readonly EvidenceRecord[];
  /** Changes on the panel that were applied since its lists were read, oldest first. */
  applied?: readonly ActionRecord[];
  /** The present owners of users that are disabled for services, as last read. */
  owners?: ReadonlyMap<string, string | null>;
  /** Who suspended agents, by the ids of the holds. */
  actors?: ReadonlyMap<string, string>;
  /** Uuids of the agents that the config means by a name or a former uuid. */
  meant?: ReadonlyMap<string, string>;
  /** The instant that decides in which period an agent is. */
  periodNow: string;
}
