import type { RemovedPanel } from '@sluice/contract/documents';
import { type AgentAddon, type PanelAgents, type Panel, SluiceError, usageError } from '@sluice/panel-kind';
import { findEntry, isPanelRemoved } from '../../base/config/find-entry.js';
import type { RunRequest } from '../../kernel/run/run-request.js';
import { requirePanelName } from '../../base/config/find-panel.js';
import { findRemovedPanels } from '../../kernel/run/left-elsewhere.js';
import { listAgentPanels } from '../../kernel/subject/agent-hold.js';
import type { Context } from '../../context/context.js';
import { compareIds } from '../../base/natural-order.js';
import { suggestion } from '../../base/suggestion.js';
import { RESELLER } from '@sluice/quota-core/agents';
import { awaitsUsers } from './returned-users.js';

/** An open panel with agents. */
export interface AgentsOnPanel {
  context: Context;
  name: string;
  panel: Panel;
  agents: PanelAgents;
  /** The add-on that keeps the limits, where the config says so. */
  addon: AgentAddon | null;
}

/** Returns the names of the panels with agents. */
export function panelsWithAgents(context: Context): string[] {
  return Object.keys(context.config.panels).filter(
    (name) => context.findKind(name)?.capabilities.includes('agents') === true,
  );
}

/** Returns the panels of a command: the named one, or all with agents. */
export async function agentPanels(context: Context, name: string | undefined): Promise<string[]> {
  const known = panelsWithAgents(context);
  if (name !== undefined) {
    requirePanelName(context, name);
    if (!known.includes(name)) {
      throw usageError('wrong_panel', `Panel "${name}" does not support agents`);
    }
    return [name];
  }
  if (known.length === 0) {
    const left = (await findRemovedPanels(context)).filter(hasAgents).map(({ message }) => `: ${message}`);
    throw usageError('no_panel', `No panel in the config supports agents${left.join('')}`);
  }
  return known;
}

const hasAgents = ({ agents, limited }: RemovedPanel): boolean => agents.length + limited.length > 0;

/** Returns the panel of a command about one agent: the named one, or the only one with agents. */
export async function agentPanel(context: Context, name: string | undefined): Promise<string> {
  const names = await agentPanels(context, name);
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  throw usageError('several_panels', `Several panels support agents: ${names.join(', ')}`);
}

/**
 * Opens a panel for its agents.
 *
 * @throws SluiceError `addon_absent` if the config requires the add-on and it does not answer
 */
export async function openAgents(context: Context, name: string): Promise<AgentsOnPanel> {
  const panel = await context.panel(name);
  const { agents } = panel;
  if (agents === undefined) throw usageError('wrong_panel', `Panel "${name}" does not support agents`);
  return { context, name, panel, agents, addon: (await agents.addon?.()) ?? null };
}

/** Most names that a mistyped one is compared with. */
const MOST_NAMES = 2000;

/** Runs `work`; adds the most similar name to the error of an unknown agent. */
export async function withAgentErrors<T>(text: string | null, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'unknown_agent' || text === null) throw error;
    const { names, ...details } = error.details;
    const known = Array.isArray(names) ? names.filter((name) => typeof name === 'string').slice(0, MOST_NAMES) : [];
    const hint = suggestion(text, known.sort(compareIds));
    const isShown = hint !== '' && hint.length <= 200;
    const message = isShown ? error.message.replace(/\.$/, '') : error.message;
    const { code, kind } = error;
    throw new SluiceError(code, message, { kind, details, cause: error, hint: isShown ? hint : '' });
  }
}

/** Returns the agents of this uuid, or else of this name. */
export function matches<T extends { uuid: string; name: string }>(agents: readonly T[], text: string): T[] {
  const byUuid = agents.filter(({ uuid }) => uuid === text.toLowerCase());
  return byUuid.length > 0 ? byUuid : agents.filter(({ name }) => name === text);
}

/** Returns the panels whose agents `reconcile` checks: those with limits, or with users or services still held for an agent. */
export async function limitedPanels(context: Context, request: RunRequest): Promise<string[]> {
  if (!request.observeAll || request.service !== undefined) return [];
  const limited: string[] = [];
  for (const name of panelsWithAgents(context)) {
    if (request.panel !== undefined && request.panel !== name) continue;
    if (await hasLimits(context, name)) limited.push(name);
  }
  return limited;
}

/** Returns whether a panel has agents whose limits a run checks, or something still held for one, or that may be there again. */
export async function hasLimits(context: Context, name: string): Promise<boolean> {
  return isWithAddon(context, name) || (await hasOwnLimits(context, name));
}

/** Returns whether the limits of the agents of a panel are the add-on's. */
export function isWithAddon({ config }: Pick<Context, 'config'>, name: string): boolean {
  const settings = findEntry(config.panels, name)?.['agents'] as { addon?: unknown } | undefined;
  return (settings?.addon ?? false) !== false;
}

/** Returns whether a panel without the add-on has agents whose limits a run checks, or something still held for one. */
export async function hasOwnLimits(context: Context, name: string): Promise<boolean> {
  const { store } = context;
  const agents = await store.agents.list(name);
  return (
    agents.some(({ limitBytes }) => limitBytes !== null) ||
    (await store.holds.open({ agentsOf: name })).length > 0 ||
    (await store.evidence.open({ agentsOf: name })).length > 0 ||
    (await store.holds.open({ panel: name, reason: 'agent-limit' })).length > 0 ||
    (await awaitsUsers(context, name))
  );
}

/**
 * Returns the panels with users that are disabled for an agent, or with agents that are suspended, also those that are not in the
 * config any more; with `reason` for that alone.
 */
export async function panelsWithDisabled(
  context: Context,
  { panel, reason }: { panel?: string | undefined; reason?: string | undefined },
): Promise<string[]> {
  const { store } = context;
  const names: string[] = [];
  if (reason !== undefined && reason !== 'agent-limit' && reason !== 'manual' && reason !== RESELLER) return names;
  const removed = (await listAgentPanels(store)).filter((name) => isPanelRemoved(context.config, name));
  for (const name of [...panelsWithAgents(context), ...removed]) {
    if (panel !== undefined && panel !== name) continue;
    const held = new Set((await store.holds.open({ agentsOf: name })).map((hold) => hold.reason));
    const isHeld = ['manual', RESELLER].some((each) => (reason ?? each) === each && held.has(each));
    const mayBeDisabled = reason === undefined || reason === 'agent-limit';
    const isDisabled = mayBeDisabled && (await store.evidence.open({ agentsOf: name })).length > 0;
    if (isHeld || isDisabled) names.push(name);
  }
  return names;
}
