import type {
  ActionRecord,
  AgentDoubt,
  AgentRecord,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
  EvidenceRecord,
  HoldRecord,
} from '@sluice/quota-core';
import type { Plan } from './plan.js';

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

/** The uuids of one agent, which were changed on the panel. */
export interface AgentRename {
  from: string;
  to: string;
  /** Whether it has the name that it had: with another one, it may be another reseller with the same users. */
  hasName: boolean;
}

/** Why the lists of a panel can't be used. */
export interface ListProblem {
  code: string;
  message: string;
  cause?: unknown;
}

/** The lists of agents and users from one reading; further members belong to the adapter. */
export interface AgentList {
  /** When the list of users was requested. */
  at: string;
}

/** The changes that one list makes to what is stored. */
export interface RecordedAgents {
  /** All agents, known and new, by uuid; without the thresholds of `crossed`, which are marked with their notices. */
  agents: Map<string, AgentRecord>;
  users: { changed: AgentUserRecord[]; removed: string[] };
  /** Reservations that change. */
  reservations: AgentReservationRecord[];
  snapshot: AgentSnapshotRecord;
  /** Thresholds that were reached and not announced yet. */
  crossed: { agent: string; percent: number }[];
  /** Consequences of each agent's limit, by uuid. */
  standing: Map<string, AgentStanding>;
}

/** What an agent's limit requires for the users below it. */
export interface AgentStanding {
  /** `over` disables them, `free` enables those that were disabled, `keep` changes nothing. */
  force: 'over' | 'keep' | 'free';
  /** Whether the agent has a limit in force, and so counts for the brake. */
  counts: boolean;
  /** Usage that would exceed its limit by one jump, and is not used; null where nothing is doubted. */
  doubted: AgentDoubt | null;
}

/** A user that belongs to a service: its service is held or released instead of a step for the user. */
export interface ServiceUser {
  uuid: string;
  name: string;
  owner: string | null;
  enabled: boolean;
  force: AgentStanding['force'];
  /** The agent whose limit decides; null when the user is free. */
  agent: string | null;
  /** The nearest suspended agent above it; null when there is none. */
  suspended: string | null;
  /** The agents above it, starting with its owner. */
  chain: string[];
  /** Our open evidence from before the user belonged to a service. */
  evidence: EvidenceRecord | null;
}

/** A notice for the operator; the same event always has the same `key`. */
export interface AgentNotice {
  key: string;
  code: string;
  message: string;
}

/** Input of a plan for the users of agents. */
export interface AgentPlanInput {
  records: AgentRecords;
  list: AgentList;
  recorded: RecordedAgents;
  /** Holds of agents in force, including those that start with this run. */
  holds: readonly HoldRecord[];
  /** Uuids of users that belong to services. */
  serviceUsers: ReadonlySet<string>;
  /** Uuid of the only agent to plan for; null: all. */
  agent: string | null;
}

/** The steps for the users of agents. */
export interface AgentPlan extends Pick<Plan, 'steps' | 'moves'> {
  /** Evidence that ends without a call, and its outcome. */
  endedEvidence: { evidence: string; outcome: string }[];
  /** How many steps are left to the next run. */
  left: number;
  serviceUsers: ServiceUser[];
  notices: AgentNotice[];
}

/** The steps that enable users again, and the users that stay disabled and why. */
export interface RestorePlan extends Pick<AgentPlan, 'steps' | 'moves' | 'endedEvidence'> {
  left: { uuid: string; name: string; outcome: string }[];
}

/** Types of the steps on agents' users. */
export const AGENT_STEPS = {
  create: 'create-user',
  delete: 'delete-user',
  disable: 'disable-user',
  enable: 'enable-user',
} as const;

/** Returns whether reading the lists failed. */
export function isListProblem(value: AgentList | ListProblem): value is ListProblem {
  return 'code' in value;
}
