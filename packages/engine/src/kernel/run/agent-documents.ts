import type { ActionView, Enforcement } from '@sluice/contract/documents';
import type { AddonAgent, AgentSemantics, AgentSuspension, AgentTraffic, ItemError } from '@sluice/panel-kind';

/** One element of `agent list --json` (docs/json.md). */
export interface AgentView extends AddonAgent {
  /** Null through the add-on, which does not report it. */
  allocatedBytes: number | null;
  /** Null through the add-on, which keeps no record. */
  usersDisabledByUs: number | null;
  panel: string;
  /** What keeps the limit. */
  backend: 'sluice' | 'addon';
  /** Stable code of why it is in its state, such as `below-limit`, `no-limit`, `missing`; null through the add-on. */
  rule: string | null;
  /** Usage that would exceed the limit by one jump, and waits for the next check; null for none, and through the add-on. */
  doubted: AgentTraffic['doubted'];
  /** Since when and by whom the agent itself is suspended; null while it is not. */
  suspended: AgentSuspension | null;
  /** Since when its limit has been holding its users; null while it does not, as under observe, and through the add-on. */
  heldSince: string | null;
  /** Whether runs may change its users, as for its panel; null through the add-on, which asks no switch. */
  enforce: Enforcement | null;
}

/** `agent show --json` (docs/json.md). */
export interface AgentDetail
  extends AgentView, Pick<AgentTraffic, 'accounting' | 'period' | 'thresholds' | 'ancestors' | 'at'> {
  /** Enabled users, sub-agents' included; null through the add-on. */
  enabledUsers: number | null;
  /** `usersDisabledByUs` by the agent that they are disabled for; null through the add-on, which keeps no record. */
  disabledFor: AgentTraffic['disabledFor'] | null;
  /** Reserved for users that are being created or have not used it yet; null through the add-on. */
  reservedBytes: number | null;
  /** How the figures count. */
  semantics: AgentSemantics;
}

/** One change to a user in `actions`. */
export type AgentAction = ActionView;

/** `totals` of `agent check --json` (docs/json.md). */
export interface AgentTotals {
  agents: number;
  exceeded: number;
  disabled: number;
  restored: number;
  failed: number;
  skipped: number;
}

/** An agent in a run, with its actions and their first error. */
export type ChangedAgent = AgentDetail & { actions: AgentAction[]; error: ItemError | null };
