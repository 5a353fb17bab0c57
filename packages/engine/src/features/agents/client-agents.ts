import type { AgentDetail, Check } from '@sluice/contract/documents';
import { toChecks } from '../../base/check.js';
import { compareIds } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';
import { findUnopened } from '../../context/unopened.js';
import { findEntryProblem, findNamed } from './entry-problems.js';
import { listAgentClients, loadMeant } from './meant-agents.js';
import { panelsWithAgents } from './open-agents.js';
import { storedAgents } from './show-agents.js';

/** Returns the agents that a client is, as last read, and how many of its agents are not found; calls no panel. */
export async function agentsOfClient(
  context: Context,
  client: string,
): Promise<{ agents: AgentDetail[]; unknown: number }> {
  const agents: AgentDetail[] = [];
  let unknown = 0;
  const panels = panelsWithAgents(context);
  const unopened = await findUnopened(context, panels);
  for (const panel of panels.filter((name) => !unopened.has(name))) {
    const entry = listAgentClients(context, panel).find((each) => each.client === client);
    if (entry === undefined) continue;
    const stored = await storedAgents(context, panel);
    // A name that several have must not show another client's agent.
    const found = findNamed(entry.named, stored, await loadMeant(context.store, panel));
    if (found.length === 1) agents.push(...found);
    // Where no agent has been read yet, and with an add-on, whose agents are not stored, nothing is known.
    else if (stored.length > 0) unknown++;
  }
  return { agents, unknown };
}

/** Checks that each client of a panel who is an agent has exactly one there, as last read; calls no panel. */
export async function clientAgentChecks(context: Context, panel: string): Promise<Check[]> {
  const clients = listAgentClients(context, panel);
  if (clients.length === 0) return [];
  const check = toChecks('client agent', panel);
  const agents = await storedAgents(context, panel);
  if (agents.length === 0) return [check('skipped', 'no agent of the panel has been read yet')];
  const meant = await loadMeant(context.store, panel);
  const wrong = clients.flatMap(({ client, named }) => {
    const words = { is: `is shown to client ${client}`, nobody: `the pages of client ${client} show no budget` };
    const problem = findEntryProblem(named, { agents, meant }, words);
    return problem === null ? [] : [{ client, message: problem.message }];
  });
  if (wrong.length === 0) return [check('ok', '')];
  return wrong
    .sort((a, b) => compareIds(a.client, b.client))
    .map(({ client, message }) => {
      const object = `panels.${panel}.agents.clients.${client}`;
      return { ...toChecks('client agent', object)('warning', message, 'client_agent'), details: { panel } };
    });
}
