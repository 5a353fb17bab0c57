import { type AgentEnd, type AgentRecords, type PanelAgents, toAgentEnd } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { findBrakes } from '../../kernel/run/brake-state.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { type AgentsOnPanel, withAgentErrors } from './open-agents.js';
import { loadStoredAgents } from './read-agents.js';
import { describeAgents, findAgent, listAgentChain, toStored } from './stored.js';

/** Returns the agents that count for the users of an agent, nearest first: an exempt one's are kept by suspensions alone. */
export function listAbove(on: Pick<AgentsOnPanel, 'agents'>, records: AgentRecords, owner: string): AgentEnd[] {
  const above = listEnds(on, records, listAgentChain(owner, records));
  return toStored(on.agents, records).exempt.has(owner) ? above.filter(({ end }) => end.by === 'suspension') : above;
}

/** Returns what ends that agents keep users disabled, as last read. */
export function listEnds(
  { agents }: Pick<AgentsOnPanel, 'agents'>,
  records: AgentRecords,
  chain: readonly string[],
): AgentEnd[] {
  const shown = new Map(describeAgents(agents, records, chain).map((agent) => [agent.uuid, agent]));
  return chain.flatMap((uuid) => {
    const agent = shown.get(uuid);
    return agent === undefined ? [] : [toAgentEnd(agent)];
  });
}

/** Whose users, or which user, the agents are above. */
export type BelowAgents = { service: string } | { agent: string; panel: string };

/** The agents above users, nearest first, each with what ends that it keeps them disabled, by the figures that were read last. */
export interface AgentsAbove {
  /** Null where they are not known. */
  agents: AgentEnd[] | null;
  /** Whether the last check was stopped before its first change, so that the next one decides again. */
  isStopped: boolean;
}

/** Agents by what is stored of them. */
interface StoredOnPanel {
  context: Context;
  name: string;
  agents: PanelAgents;
}

/** Returns the agents above the account of a service, by its present owner, or above the users of an agent. Calls no panel. */
export async function agentsAbove(context: Context, below: BelowAgents): Promise<AgentsAbove> {
  if ('agent' in below) return onPanel(context, below.panel, (on) => aboveAgent(on, below.agent));
  const service = await requireService(context, below.service);
  return onPanel(context, service.panel, (on) => aboveService(on, service));
}

async function onPanel(
  context: Context,
  name: string,
  list: (on: StoredOnPanel) => Promise<AgentEnd[] | null>,
): Promise<AgentsAbove> {
  const { agents } = await context.panel(name);
  // What an add-on keeps is not stored.
  if (agents === undefined || agents.hasAddon === true) return { agents: null, isStopped: false };
  const on = { context, name, agents };
  return { agents: await list(on), isStopped: await isStopped(on) };
}

async function isStopped({ context, name }: StoredOnPanel): Promise<boolean> {
  return (await findBrakes(context, name)).some(({ subjects }) => subjects !== 'services');
}

async function aboveAgent(on: StoredOnPanel, text: string): Promise<AgentEnd[] | null> {
  const records = await loadStoredAgents(on.context, on.name);
  const { uuid } = await withAgentErrors(text, () => Promise.resolve(findAgent(text, records)));
  return listAbove(on, records, uuid);
}

async function aboveService(on: StoredOnPanel, service: ServiceRecord): Promise<AgentEnd[] | null> {
  const { context } = on;
  const user = on.agents.getServiceUser(service);
  if (user === null) return null;
  const [entry] = await context.store.agentUsers.list({ panel: on.name, keys: [user] });
  // A check changes nothing for a user that the panel does not list.
  if (entry === undefined || entry.missingSince !== null) return null;
  const records = await loadStoredAgents(context, on.name);
  return entry.owner === null ? [] : listAbove(on, records, entry.owner);
}
