import type { ListedUser } from '@sluice/quota-core/agents';

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

/** The lists from one reading, completed; further members belong to the adapter. */
export interface AgentList extends BareAgentList {
  users: readonly ListedUser[];
  /** Uuids of users that Sluice has disabled, that are listed as enabled, and could not be read again: the list may be older. */
  unread: ReadonlySet<string>;
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
