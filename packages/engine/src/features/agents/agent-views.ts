import type { AgentAction, AgentDetail, AgentView, ChangedAgent, Enforcement } from '@sluice/contract/documents';
import type { AddonAgent, AgentSemantics, AgentTraffic, ItemError, PanelAgents } from '@sluice/panel-kind';
import type { Enforcements } from '../../context/enforcement.js';
import { toSemantics } from './stored.js';

/**
 * Returns the state of an agent in one word, the same on every surface: `missing` on its panel, `suspended`, `held` while users are
 * disabled for its limit, whatever that is now, or for an agent above it, `over` its limit without a restriction, `doubted` where its
 * usage waits for the next check, else `ok`.
 */
export function toAgentStatus(
  agent: Pick<
    AgentView,
    'rule' | 'exceeded' | 'suspended' | 'heldSince' | 'users' | 'usersDisabledByUs' | 'disabledFor'
  >,
): 'missing' | 'suspended' | 'held' | 'over' | 'doubted' | 'ok' {
  if (agent.rule === 'missing') return 'missing';
  if (agent.suspended !== null) return 'suspended';
  const { exceeded, heldSince, users, usersDisabledByUs } = agent;
  if (heldSince !== null && (usersDisabledByUs !== 0 || (exceeded && users === 0))) return 'held';
  if (listDisabledAbove(agent).length > 0) return 'held';
  if (exceeded) return 'over';
  return agent.rule === 'doubted' ? 'doubted' : 'ok';
}

/** Returns the users of an agent that are disabled for agents above it, by these. */
export function listDisabledAbove({ disabledFor }: Pick<AgentView, 'disabledFor'>): NonNullable<typeof disabledFor> {
  return (disabledFor ?? []).filter(({ above }) => above);
}

/** Returns an agent whose limit Sluice keeps. */
export function agentView(panel: string, agent: AgentTraffic, enforce: Enforcement): AgentView {
  const { uuid, name, limitBytes, allocatedBytes, usedBytes, remainingBytes, exceeded, users } = agent;
  const figures = { limitBytes, allocatedBytes, usedBytes, remainingBytes, exceeded, users };
  const { usersDisabledByUs, rule, doubted, suspended, heldSince, disabledFor } = agent;
  const state = { rule, doubted, suspended, heldSince, enforce, disabledFor };
  return { uuid, name, ...figures, usersDisabledByUs, panel, backend: 'sluice', ...state };
}

/** Returns agents of a panel whose limits Sluice keeps. */
export function agentDetails(
  { name, agents }: { name: string; agents: Pick<PanelAgents, 'rules'> },
  known: readonly AgentTraffic[],
  enforcements: Pick<Enforcements, 'of'>,
): AgentDetail[] {
  const enforce = enforcements.of(name, null);
  const semantics = toSemantics(agents);
  return known.map((agent) => ({ ...agent, panel: name, backend: 'sluice', enforce, semantics }));
}

/** Returns an agent as its own client sees it: without staff and their notes, and without names and limits of agents above it. */
export function agentForClient(agent: AgentDetail): AgentDetail {
  const { suspended, enforce, ancestors, disabledFor } = agent;
  return {
    ...agent,
    suspended: suspended === null ? null : { since: suspended.since, by: null, note: null },
    enforce: enforce === null ? null : { ...enforce, since: null, by: null },
    ancestors: ancestors.map(({ uuid }) => ({ uuid, name: '', limitBytes: null })),
    disabledFor: disabledFor?.map((cause) => (cause.above ? { ...cause, name: '' } : cause)) ?? null,
  };
}

/** Returns an agent as the add-on reports it. */
export function addonView(panel: string, agent: AddonAgent): AgentView {
  const figures = { allocatedBytes: null, usersDisabledByUs: null };
  const state = { rule: null, doubted: null, suspended: null, heldSince: null, enforce: null, disabledFor: null };
  return { ...agent, ...figures, ...state, panel, backend: 'addon' };
}

/** Returns an agent as the add-on reports it, with how its figures count. */
export function addonDetail(panel: string, agent: AddonAgent, semantics: AgentSemantics, at: string): AgentDetail {
  return {
    ...addonView(panel, agent),
    ...{
      enabledUsers: null,
      releaseBelowPercent: null,
      period: null,
      thresholds: [],
      ancestors: [],
      reservedBytes: null,
    },
    accounting: semantics.accounting,
    at,
    semantics,
  };
}

/** A change of a run, with the agent that it is for. */
type RunAction = AgentAction & { agent: string | null; error: ItemError | null };

/** Returns an agent with its part of a run's actions. */
export function changedAgent(detail: AgentDetail, actions: readonly RunAction[]): ChangedAgent {
  const own = actions.filter(({ agent }) => agent === detail.uuid);
  return { ...detail, actions: toActions(own), error: findError(own) };
}

/** Returns the agents of a run with its actions; of a run over one agent, all of them under it, for whichever agent they are. */
export function changedAgents(
  on: { name: string; agents: Pick<PanelAgents, 'rules'>; enforcements: Pick<Enforcements, 'of'> },
  known: readonly AgentTraffic[],
  only: string | null,
  actions: readonly RunAction[],
): ChangedAgent[] {
  const details = agentDetails(on, known, on.enforcements);
  if (only === null) return details.map((detail) => changedAgent(detail, actions));
  const all = actions.map((action) => ({ ...action, agent: only }));
  return details.filter(({ uuid }) => uuid === only).map((detail) => changedAgent(detail, all));
}

/** Returns changes as documents list them. */
export function toActions(done: readonly AgentAction[]): AgentAction[] {
  return done.map(({ type, target, name, state }) => ({ type, target, name, state }));
}

/** Returns the first error of what was done. */
export function findError(done: readonly { error: ItemError | null }[]): ItemError | null {
  return done.find(({ error }) => error !== null)?.error ?? null;
}
