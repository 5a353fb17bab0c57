import type { CallOptions } from '../client/types.js';
import type { AccountingMode } from './records.js';
import type { CreationCheck } from './types.js';

/** What a way of keeping limits can do and how it counts: shown to the operator, never mixed. */
export interface BackendSemantics {
  kind: 'sluice' | 'addon';
  accounting: AccountingMode;
  /** Does a limit of 0 allow nothing (true), or is it no limit? */
  zeroIsNothing: boolean;
  /** Is one agent's check safe against another creation at the same time? */
  atomicCreation: boolean;
  /** Are users given back that were disabled? */
  restores: boolean;
  /** Do the limits of those above an agent count too? */
  ancestors: boolean;
  /** Do resets and deletions leave what was used? */
  ledger: boolean;
}

/** What both ways tell of an agent. */
export interface BackendAgent {
  uuid: string;
  name: string;
  limitBytes: number | null;
  usedBytes: number;
  remainingBytes: number | null;
  exceeded: boolean;
  users: number;
}

/** Limits of agents, kept by Sluice itself or by the add-on on the panel. */
export interface AgentTrafficBackend {
  readonly semantics: BackendSemantics;
  listAgents(call?: CallOptions): Promise<BackendAgent[]>;
  getAgent(agent: string, call?: CallOptions): Promise<BackendAgent>;
  /** Whole bytes, or null for none. */
  setTrafficLimit(agent: string, limitBytes: number | null, call?: CallOptions): Promise<BackendAgent>;
  canCreateUserWithTraffic(agent: string, newBytes: number, call?: CallOptions): Promise<CreationCheck>;
  /** Checks one agent and disables its users when it is over. */
  checkAgent(agent: string, call?: CallOptions): Promise<{ exceeded: boolean; agent: BackendAgent }>;
  checkAllAgents(call?: CallOptions): Promise<{ exceeded: number }>;
}
