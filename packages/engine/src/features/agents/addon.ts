import type { AgentDetail, ChangedAgent } from '@sluice/contract/documents';
import { staffText } from '@sluice/messages/staff';
import type { AgentAddon } from '@sluice/panel-kind';
import { unsupported } from '../../base/errors.js';
import { readEnforcements } from '../../context/enforcement.js';
import type { Context } from '../../context/context.js';
import { addonDetail } from './agent-views.js';
import { type AgentsOnPanel, matches, withAgentErrors } from './open-agents.js';
import { type AgentsRun, emptyRun } from './agents-result.js';

/** Throws `unsupported` for an operation that the add-on lacks. */
export function refuseAddon({ name, addon }: Pick<AgentsOnPanel, 'name' | 'addon'>, what: string): void {
  if (addon === null) return;
  throw unsupported(
    `The add-on on panel "${name}" enforces the limits of agents and can't ${what}: set panels.${name}.agents.addon: false to have Sluice enforce them`,
    { panel: name },
  );
}

/** Returns the agents as the add-on reports them. */
export async function addonAgents(
  context: Context,
  { name }: Pick<AgentsOnPanel, 'name'>,
  addon: AgentAddon,
): Promise<AgentDetail[]> {
  const at = context.now();
  return (await addon.listAgents()).map((agent) => addonDetail(name, agent, addon.semantics, at));
}

/** Returns one agent as the add-on reports it. */
export async function addonAgent(
  context: Context,
  { name }: Pick<AgentsOnPanel, 'name'>,
  addon: AgentAddon,
  text: string,
): Promise<AgentDetail> {
  const agent = await withAgentErrors(text, () => addon.getAgent(text));
  return addonDetail(name, agent, addon.semantics, context.now());
}

/**
 * Runs the add-on's own check: it disables every user of an agent over its limit, at each run, and enables nobody. It does not
 * report whom it disabled. In a dry run and under `observe` only its figures are read.
 */
export async function checkThroughAddon(
  context: Context,
  desk: Pick<AgentsOnPanel, 'name'>,
  addon: AgentAddon,
  request: { agent: string | null; dryRun: boolean },
): Promise<AgentsRun> {
  const { name } = desk;
  const before = await addonAgents(context, desk, addon);
  // Read directly before the only changing call.
  const observing = (await readEnforcements(context.config, context.store)).isObserving(name, null);
  const changing = !request.dryRun && !observing;
  if (changing && request.agent === null) await addon.checkAllAgents();
  const { agent: text } = request;
  if (changing && text !== null) await withAgentErrors(text, () => addon.checkAgent(text));
  const agents = (changing ? await addonAgents(context, desk, addon) : before).map((agent): ChangedAgent => ({
    ...agent,
    actions: [],
    error: null,
  }));
  const own = text === null ? agents : matches(agents, text);
  const exceeded = own.filter((agent) => agent.exceeded).length;
  const nothing = emptyRun(name);
  return {
    ...nothing,
    agents: own,
    totals: { ...nothing.totals, agents: own.length, exceeded },
    notices: [
      {
        code: 'agent_addon',
        key: `${name}:agent-addon`,
        panel: name,
        service: null,
        message: staffText('staff.agent.addon', { panel: name }),
      },
    ],
    observing,
    changes: changing ? 0 : exceeded,
  };
}
