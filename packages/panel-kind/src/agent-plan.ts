import type {
  AgentDoubt,
  AgentRecord,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
} from '@sluice/quota-core';
import type { AgentHierarchy } from '@sluice/quota-core/agents';

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

/** The lists of agents and users as they were read; further members belong to the adapter. */
export interface BareAgentList {
  /** When the list of users was requested. */
  at: string;
}

/** A user of a list; further members belong to the adapter. */
export interface ListedUser {
  /** Null where it has none, and can't be changed. */
  uuid: string | null;
  name: string;
  owner: string | null;
  enabled: boolean;
}

/** The lists from one reading, completed; further members belong to the adapter. */
export interface AgentList extends BareAgentList {
  users: readonly ListedUser[];
  /** Uuids of users that Sluice has disabled, that are listed as enabled, and could not be read again: the list may be older. */
  unread: ReadonlySet<string>;
}

/** An agent that the list lacks, and the accounts, not known before, that what was below it belongs to now. */
export interface Succession {
  from: AgentRecord;
  to: readonly string[];
  /** Whether it is the same account with another uuid. */
  isSame: boolean;
}

/** The changes that one list makes to what is stored. */
export interface RecordedAgents {
  /** All agents, known and new, by uuid; without the thresholds of `crossed`, which are marked with their notices. */
  agents: Map<string, AgentRecord>;
  users: { changed: AgentUserRecord[]; removed: string[] };
  /** Reservations that change. */
  reservations: AgentReservationRecord[];
  snapshot: AgentSnapshotRecord;
  /** Thresholds that were reached and not announced yet, with the figures of the agent. */
  crossed: { agent: string; name: string; percent: number; usedBytes: number; limitBytes: number }[];
  /** The accounts of the list as a tree, with missing agents above those that may be the same. */
  hierarchy: Pick<AgentHierarchy, 'listChain' | 'isSameOwner'>;
  /** What became of missing agents that stand above the accounts that may be the same. */
  links: readonly Succession[];
  /** Every entry of the ledger, by key. */
  ledger: { entries: ReadonlyMap<string, AgentUserRecord> };
  /** Agents whose own users no limit counts for. */
  exempt: ReadonlySet<string>;
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

/** A notice for the operator; the same event always has the same `key`. */
export interface AgentNotice {
  key: string;
  code: string;
  message: string;
}

/** Returns whether reading the lists failed. */
export function isListProblem(value: BareAgentList | ListProblem): value is ListProblem {
  return 'code' in value;
}
