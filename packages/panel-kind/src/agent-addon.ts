import type { AccountingMode } from '@sluice/quota-core';
import type { CreationCheck } from '@sluice/quota-core/agents';

/** How the limits of agents are kept: what that can do, and how it counts. */
export interface AgentSemantics {
  kind: 'sluice' | 'addon';
  accounting: AccountingMode;
  /** Whether a limit of 0 allows nothing; otherwise 0 means unlimited. */
  zeroIsNothing: boolean;
  /** Whether two creations at once can't exceed a limit together. */
  atomicCreation: boolean;
  /** Whether disabled users are enabled again. */
  restores: boolean;
  /** Whether the limits of an agent's ancestors count too. */
  ancestors: boolean;
  /** Whether usage survives resets and deletions. */
  ledger: boolean;
}

/** What an add-on on the panel reports of an agent. */
export interface AddonAgent {
  uuid: string;
  name: string;
  limitBytes: number | null;
  usedBytes: number;
  remainingBytes: number | null;
  exceeded: boolean;
  users: number;
}

/** Limits of agents that an add-on on the panel keeps. */
export interface AgentAddon {
  readonly semantics: AgentSemantics;
  listAgents(): Promise<AddonAgent[]>;
  getAgent(agent: string): Promise<AddonAgent>;
  /** Whole bytes, or null for none. */
  setTrafficLimit(agent: string, limitBytes: number | null): Promise<AddonAgent>;
  canCreateUserWithTraffic(agent: string, newBytes: number): Promise<CreationCheck>;
  /** Checks one agent, and disables its users when it is over its limit. */
  checkAgent(agent: string): Promise<unknown>;
  checkAllAgents(): Promise<unknown>;
}
