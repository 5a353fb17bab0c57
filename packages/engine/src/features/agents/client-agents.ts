import type { AgentDetail, Check } from '@sluice/contract/documents';
import { toChecks } from '../../base/check.js';
import { findEntry } from '../../base/config/find-entry.js';
import { compareIds } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';
import { matches, panelsWithAgents } from './open-agents.js';
import { describeMissing, loadMeant, UUID } from './meant-agents.js';
import { storedAgents } from './show-agents.js';

/** A client who is an agent by `agents.clients` of a panel. */
interface ClientAgent {
  client: string;
  /** Uuid or name, as the config has it. */
  named: string;
  /** The agents of that uuid or name, as last read. An ambiguous name must not show another client's agent. */
  found: AgentDetail[];
}

/** Reads the clients of a panel who are agents, in the order of the config, and whom they are; `client`: that one alone. */
async function readClientAgents(
  context: Context,
  panel: string,
  client?: string,
): Promise<[ClientAgent[], AgentDetail[]]> {
  const settings = findEntry(context.config.panels, panel);
  const clients = settings === undefined ? {} : (context.findKind(panel)?.agentClients?.(settings) ?? {});
  const own = Object.entries(clients).filter(([each]) => client === undefined || each === client);
  if (own.length === 0) return [[], []];
  const agents = await storedAgents(context, panel);
  const meant = await loadMeant(context.store, panel);
  const find = (named: string): AgentDetail[] =>
    matches(agents, (UUID.test(named) ? meant.get(named.toLowerCase()) : undefined) ?? named);
  return [own.map(([each, named]) => ({ client: each, named, found: find(named) })), agents];
}

/** Returns the agents that a client is, as last read, and how many of its agents are not found; calls no panel. */
export async function agentsOfClient(
  context: Context,
  client: string,
): Promise<{ agents: AgentDetail[]; unknown: number }> {
  const agents: AgentDetail[] = [];
  let unknown = 0;
  for (const panel of panelsWithAgents(context)) {
    const [clients, stored] = await readClientAgents(context, panel, client);
    for (const { found } of clients) {
      if (found.length === 1) agents.push(...found);
      // Where no agent has been read yet, and with an add-on, whose agents are not stored, nothing is known.
      else if (stored.length > 0) unknown++;
    }
  }
  return { agents, unknown };
}

/** Checks that each client of a panel who is an agent has exactly one there, as last read; calls no panel. */
export async function clientAgentChecks(context: Context, panel: string): Promise<Check[]> {
  const [clients, agents] = await readClientAgents(context, panel);
  if (clients.length === 0) return [];
  const check = toChecks('client agent', panel);
  if (agents.length === 0) return [check('skipped', 'no agent of the panel has been read yet')];
  const wrong = clients.filter(({ found }) => found.length !== 1);
  if (wrong.length === 0) return [check('ok', '')];
  return wrong
    .sort((a, b) => compareIds(a.client, b.client))
    .map((entry) => {
      const message = `the pages of client ${entry.client} show no budget: ${describeWrong(entry, agents)}`;
      const object = `panels.${panel}.agents.clients.${entry.client}`;
      return { ...toChecks('client agent', object)('warning', message, 'client_agent'), details: { panel } };
    });
}

function describeWrong({ named, found }: ClientAgent, agents: readonly AgentDetail[]): string {
  return found.length > 1 ? `${found.length} agents are called "${named}"` : describeMissing(named, agents);
}
