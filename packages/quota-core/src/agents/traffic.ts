import type { AccountingMode, AgentDoubt } from '@sluice/quota-core';

/** An ancestor of an agent. */
export interface AgentAncestor {
  /** Null for the account of the configured key. */
  uuid: string | null;
  name: string;
  limitBytes: number | null;
}

/** The suspension of an agent by an operator. */
export interface AgentSuspension {
  since: string;
  /** Who suspended it; null where that is not stored. */
  by: string | null;
  note: string | null;
}

/** Users that are kept disabled for the limit or the suspension of one agent. */
export interface DisabledUsers {
  /** That agent. */
  uuid: string;
  name: string;
  reason: 'limit' | 'suspension';
  users: number;
  /** Whether that agent stands above the one that is described. */
  above: boolean;
}

/** The traffic of an agent; `usedBytes` counts by `accounting`. */
export interface AgentTraffic {
  uuid: string;
  name: string;
  /** Null: no limit. */
  limitBytes: number | null;
  allocatedBytes: number;
  usedBytes: number;
  /** Never negative; null without a limit. */
  remainingBytes: number | null;
  exceeded: boolean;
  /** Usage that would exceed the limit by one jump, and is not used until the next list confirms it; null for none. */
  doubted: Pick<AgentDoubt, 'at' | 'usedBytes'> | null;
  /** Sub-agents' users included. */
  users: number;
  /** The enabled ones of them, no matter who disabled the others. */
  enabledUsers: number;
  /** Sub-agents' users included, no matter for which agent. */
  usersDisabledByUs: number;
  /** Those users by the agent that they are disabled for: this one, one below or one above it. */
  disabledFor: DisabledUsers[];
  accounting: AccountingMode;
  period: { start: string; end: string | null } | null;
  /** Thresholds (percent) announced in this period. */
  thresholds: number[];
  /** From the direct parent upwards. */
  ancestors: AgentAncestor[];
  /** Reserved for users that were created or raised, until it is counted or used. */
  reservedBytes: number;
  /** Stable code of why the agent is in its state. */
  rule: string;
  /** Users that are disabled for its limit are enabled below this share of it. */
  releaseBelowPercent: number;
  /** Since when its users are disabled for its limit; null while they are not. */
  heldSince: string | null;
  /** Null while no operator suspends the agent itself. */
  suspended: AgentSuspension | null;
  /** When the figures were read. */
  at: string;
}

/** Traffic that does not fit within a limit, in bytes. */
export interface RefusedTraffic {
  /** Beyond what the user counts already. */
  askedBytes: number;
  /** Left under the limit that refuses it: the most that fits. */
  leftBytes: number;
  limitBytes: number;
}

/** Whether a user of some size may be created, and whose limit decides. */
export interface CreationCheck {
  allowed: boolean;
  /** A sentence that names the agent whose limit is too small; null when allowed. */
  reason: string | null;
  /** Bytes left under the tightest limit; null when no agent of the chain has one. */
  remainingBytes: number | null;
  /** Uuid of the agent with the least bytes left; null when none has a limit. */
  binding: string | null;
  /** What does not fit; absent where everything does, or the limit is not of this package. */
  refused?: RefusedTraffic;
  /** Name of the agent that is suspended, where that is why no user may be created. */
  suspended?: string | null;
}
