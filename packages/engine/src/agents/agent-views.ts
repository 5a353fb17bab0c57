import type { ActionView } from '../services/views.js';
import type {
  AddonAgent,
  AgentAncestor,
  AgentSemantics,
  AgentSuspension,
  AgentTraffic,
  ItemError,
  PanelAgents,
} from '@sluice/panel-kind';
import type { AccountingMode } from '@sluice/quota-core';

/** One element of `agent list --json` (docs/json.md). */
export interface AgentView {
  uuid: string;
  name: string;
  limitBytes: number | null;
  /** Null through the add-on, which does not report it. */
  allocatedBytes: number | null;
  usedBytes: number;
  remainingBytes: number | null;
  exceeded: boolean;
  users: number;
  /** Null through the add-on, which keeps no record. */
  usersDisabledByUs: number | null;
  panel: string;
  /** What keeps the limit. */
  backend: 'sluice' | 'addon';
  /** Stable code of why it is in its state, such as `below-limit`, `no-limit`, `missing`; null through the add-on. */
  rule: string | null;
  /** Since when and by whom the agent itself is suspended; null while it is not. */
  suspended: AgentSuspension | null;
}

/** `agent show --json` (docs/json.md). */
export interface AgentDetail extends AgentView {
  /** Enabled users, sub-agents' included; null through the add-on. */
  enabledUsers: number | null;
  accounting: AccountingMode;
  period: { start: string; end: string | null } | null;
  /** Thresholds (percent) announced in this period. */
  thresholds: number[];
  /** From the direct parent upwards; the owner's uuid, which is the API key, is null. */
  ancestors: AgentAncestor[];
  /** Reserved for users that are being created or have not used it yet; null through the add-on. */
  reservedBytes: number | null;
  heldSince: string | null;
  /** When the figures were read. */
  at: string;
  /** How the figures count. */
  semantics: AgentSemantics;
}

/** One change to a user in `actions`. */
export type AgentAction = ActionView;

/** Returns an agent whose limit Sluice keeps. */
export function agentView(panel: string, agent: AgentTraffic): AgentView {
  const { uuid, name, limitBytes, allocatedBytes, usedBytes, remainingBytes, exceeded, users } = agent;
  return {
    uuid,
    name,
    limitBytes,
    allocatedBytes,
    usedBytes,
    remainingBytes,
    exceeded,
    users,
    usersDisabledByUs: agent.usersDisabledByUs,
    panel,
    backend: 'sluice',
    rule: agent.rule,
    suspended: agent.suspended,
  };
}

function agentDetail(panel: string, agent: AgentTraffic, semantics: AgentSemantics): AgentDetail {
  const { accounting, period, thresholds, ancestors, reservedBytes, heldSince, at } = agent;
  return {
    ...agentView(panel, agent),
    enabledUsers: agent.enabledUsers,
    accounting,
    period,
    thresholds,
    ancestors,
    reservedBytes,
    heldSince,
    at,
    semantics,
  };
}

/** Returns agents of a panel whose limits Sluice keeps. */
export function agentDetails(
  { name, agents }: { name: string; agents: Pick<PanelAgents, 'semantics'> },
  known: readonly AgentTraffic[],
): AgentDetail[] {
  return known.map((agent) => agentDetail(name, agent, agents.semantics));
}

/** Returns an agent as the add-on reports it. */
export function addonView(panel: string, agent: AddonAgent): AgentView {
  const { uuid, name, limitBytes, usedBytes, remainingBytes, exceeded, users } = agent;
  return {
    uuid,
    name,
    limitBytes,
    allocatedBytes: null,
    usedBytes,
    remainingBytes,
    exceeded,
    users,
    usersDisabledByUs: null,
    panel,
    backend: 'addon',
    rule: null,
    suspended: null,
  };
}

export function addonDetail(panel: string, agent: AddonAgent, semantics: AgentSemantics, at: string): AgentDetail {
  return {
    ...addonView(panel, agent),
    enabledUsers: null,
    accounting: semantics.accounting,
    period: null,
    thresholds: [],
    ancestors: [],
    reservedBytes: null,
    heldSince: null,
    at,
    semantics,
  };
}

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

/** Returns an agent with its part of a run's actions. */
export function changedAgent(
  detail: AgentDetail,
  actions: readonly (AgentAction & { agent: string | null; error: ItemError | null })[],
): ChangedAgent {
  const own = actions.filter(({ agent }) => agent === detail.uuid);
  return {
    ...detail,
    actions: own.map(({ type, target, name, state }) => ({ type, target, name, state })),
    error: own.find(({ error }) => error !== null)?.error ?? null,
  };
}
