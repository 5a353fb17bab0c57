import type {
  AgentTraffic,
  BackendAgent,
  BackendSemantics,
  AgentAncestor,
  AccountingMode,
} from '@sluice/hiddify-agent-traffic/account';

/** One element of `agent list --json` (docs/json.md). */
export interface AgentView {
  uuid: string;
  name: string;
  limitBytes: number | null;
  /** Null through the add-on, which does not tell it. */
  allocatedBytes: number | null;
  usedBytes: number;
  remainingBytes: number | null;
  exceeded: boolean;
  users: number;
  /** Null through the add-on, which keeps no record. */
  usersDisabledByUs: number | null;
  panel: string;
  /** Who keeps the limit. */
  backend: 'sluice' | 'addon';
  /** Stable word: why it is in its state, e.g. `below-limit`, `no-limit`, `missing`; null through the add-on. */
  rule: string | null;
}

/** `agent show --json` (docs/json.md). */
export interface AgentDetail extends AgentView {
  accounting: AccountingMode;
  period: { start: string; end: string | null } | null;
  /** Percent marks announced in this period. */
  thresholds: number[];
  /** From the direct parent upwards; the owner's uuid is the key and stands nowhere. */
  ancestors: AgentAncestor[];
  /** Promised to users that are being made or have not yet used it; null through the add-on. */
  reservedBytes: number | null;
  heldSince: string | null;
  /** When the figures were read. */
  at: string;
  /** How the figures count and what can be done with them. */
  semantics: BackendSemantics;
}

/** One change to a user, as `actions` has it. */
export interface AgentAction {
  type: string;
  target: string;
  state: string;
}

/** An agent of Sluice's own keeping. `held`: users below it whose service is held for its limit. */
export function agentView(panel: string, agent: AgentTraffic, held = 0): AgentView {
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
    usersDisabledByUs: agent.usersDisabledByUs + held,
    panel,
    backend: 'sluice',
    rule: agent.rule,
  };
}

export function agentDetail(panel: string, agent: AgentTraffic, semantics: BackendSemantics, held = 0): AgentDetail {
  const { accounting, period, thresholds, ancestors, reservedBytes, heldSince, at } = agent;
  return {
    ...agentView(panel, agent, held),
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

/** An agent as the add-on tells it. */
export function addonView(panel: string, agent: BackendAgent): AgentView {
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
  };
}

export function addonDetail(panel: string, agent: BackendAgent, semantics: BackendSemantics, at: string): AgentDetail {
  return {
    ...addonView(panel, agent),
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
