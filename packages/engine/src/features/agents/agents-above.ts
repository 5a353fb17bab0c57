import { type AgentEnd, type AgentRecords, toAgentEnd } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { type AgentsOnPanel, openAgents, withAgentErrors } from './open-agents.js';
import { loadStoredAgents } from './read-agents.js';

/** Returns what ends that each agent of a chain keeps users disabled, as last read, in its order. */
export function listEnds(
  { agents }: Pick<AgentsOnPanel, 'agents'>,
  records: AgentRecords,
  chain: readonly string[],
): AgentEnd[] {
  const shown = new Map(agents.describe(records, chain).map((agent) => [agent.uuid, agent]));
  return chain.flatMap((uuid) => {
    const agent = shown.get(uuid);
    return agent === undefined ? [] : [toAgentEnd(agent)];
  });
}

/** Whose users, or which user, the agents are above. */
export type BelowAgents = { service: string } | { agent: string; panel: string };

/**
 * Returns the agents above the account of a service, by its present owner, or above the users of an agent: nearest first, as last
 * read, each with what ends that it keeps them disabled. Null where they are not known.
 */
export async function agentsAbove(context: Context, below: BelowAgents): Promise<{ agents: AgentEnd[] | null }> {
  if ('service' in below) return aboveService(context, await requireService(context, below.service));
  const on = await openAgents(context, below.panel);
  if (on.addon !== null) return { agents: null };
  const records = await loadStoredAgents(context, on.name);
  const { uuid } = await withAgentErrors(below.agent, () => Promise.resolve(on.agents.find(below.agent, records)));
  return { agents: listEnds(on, records, on.agents.listChain(uuid, records)) };
}

async function aboveService(context: Context, service: ServiceRecord): Promise<{ agents: AgentEnd[] | null }> {
  const on = await openAgents(context, service.panel);
  const user = on.agents.getServiceUser(service);
  if (on.addon !== null || user === null) return { agents: null };
  const [entry] = await context.store.agentUsers.list({ panel: on.name, keys: [user] });
  // A check changes nothing for a user that the panel does not list.
  if (entry === undefined || entry.missingSince !== null) return { agents: null };
  const records = await loadStoredAgents(context, on.name);
  const chain = entry.owner === null ? [] : on.agents.listChain(entry.owner, records);
  return { agents: listEnds(on, records, chain) };
}
