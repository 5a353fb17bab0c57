import type { AgentDetail, AgentExplained, AgentList, AgentView, Enforcement } from '@sluice/contract/documents';
import {
  type AgentEnd,
  type AgentRecords,
  type AgentTraffic,
  keepsDisabled,
  SluiceError,
  toItemError,
} from '@sluice/panel-kind';
import { toSluiceError } from '../../base/to-sluice-error.js';
import { readEnforcements } from '../../context/enforcement.js';
import { requireAnyPanel, UNEXPECTED } from '../../kernel/run/left-elsewhere.js';
import { brakeKey } from '../../kernel/run/brake-state.js';
import type { Context } from '../../context/context.js';
import { addonAgent, refuseAddon } from './addon.js';
import { addonView, agentDetails, agentView } from './agent-views.js';
import { listAbove, listEnds } from './agents-above.js';
import { agentPanel, agentPanels, type AgentsOnPanel, openAgents, withAgentErrors } from './open-agents.js';
import { listDisabledUsers } from './disabled-users.js';
import { toReservationKind } from './ordered.js';
import { describeStored, readCurrentFigures, knownAgent, loadStoredAgents } from './read-agents.js';
import { checkCreation, listReserved } from '@sluice/quota-core/agents';
import { explainTraffic } from './explain-agent.js';
import { describeAgents, findAgent, listAgentChain, toSemantics, toStored } from './stored.js';

/** Lists the agents of one panel or of all panels, with current figures; panels that can't be read are named, if not all are. */
export async function listAgents(context: Context, panel: string | undefined): Promise<AgentList> {
  const list: AgentList = { agents: [], semantics: [], panels: [] };
  const enforcements = await readEnforcements(context.config, context.store);
  const names = await agentPanels(context, panel);
  for (const name of names) {
    try {
      const on = await openAgents(context, name);
      list.agents.push(...(await readViews(on, enforcements.of(name, null))));
      list.semantics.push({ panel: name, semantics: on.addon?.semantics ?? toSemantics(on.agents) });
    } catch (error) {
      const reason = toSluiceError(error);
      if (!['panel', 'usage'].includes(reason.kind) || list.panels.length + 1 === names.length) throw reason;
      list.panels.push({ panel: name, error: toItemError(reason) });
    }
  }
  return list;
}

async function readViews(on: AgentsOnPanel, enforcement: Enforcement): Promise<AgentView[]> {
  const { addon, name } = on;
  if (addon !== null) return (await addon.listAgents()).map((agent) => addonView(name, agent));
  await readCurrentFigures(on);
  return (await describeStored(on)).map((agent) => agentView(name, agent, enforcement));
}

/** Lists the agents of one panel or of all as last read; calls no panel. Agents whose limits an add-on keeps were never read. */
export async function listStoredAgents(context: Context, panel: string | undefined): Promise<AgentDetail[]> {
  const found: AgentDetail[] = [];
  const names = await agentPanels(context, panel);
  const unopened = await requireAnyPanel(context, names);
  for (const name of names) if (!unopened.has(name)) found.push(...(await storedAgents(context, name)));
  return found;
}

/** Lists the agents of a panel as last read; calls no panel. */
export async function storedAgents(context: Context, name: string): Promise<AgentDetail[]> {
  const { agents } = await context.panel(name);
  if (agents === undefined) return [];
  const enforcements = await readEnforcements(context.config, context.store);
  return agentDetails({ name, agents }, await describeStored({ context, name, agents }), enforcements);
}

/**
 * Lists the agents of a panel as last read, for what shows more than them: none where the panel can't be opened, or a mistake in its kind
 * keeps them from being shown. Doctor names both.
 */
export async function findStoredAgents(context: Context, name: string): Promise<AgentDetail[]> {
  try {
    return await storedAgents(context, name);
  } catch (error) {
    if (toItemError(error).code === UNEXPECTED || (error instanceof SluiceError && error.kind === 'usage')) return [];
    throw error;
  }
}

/** Returns one agent with current figures. */
export async function showAgent(context: Context, text: string, panel: string | undefined): Promise<AgentDetail> {
  const on = await openAgents(context, await agentPanel(context, panel));
  if (on.addon !== null) return addonAgent(context, on, on.addon, text);
  const { agent, records } = await withAgentErrors(text, () => knownAgent(on, text));
  return toDetail(on, findTraffic(describeAgents(on.agents, records, [agent.uuid]), agent.uuid));
}

function findTraffic(shown: readonly AgentTraffic[], uuid: string): AgentTraffic {
  const traffic = shown.find((agent) => agent.uuid === uuid);
  if (traffic === undefined) throw new Error('an agent that is not shown');
  return traffic;
}

async function toDetail(on: AgentsOnPanel, traffic: AgentTraffic): Promise<AgentDetail> {
  const { config, store } = on.context;
  const [detail] = agentDetails(on, [traffic], await readEnforcements(config, store));
  if (!detail) throw new Error('an agent without detail');
  return detail;
}

/** Explains why an agent is in its state, from the store alone. */
export async function explainAgent(context: Context, text: string, panel: string | undefined): Promise<AgentExplained> {
  const on = await openAgents(context, await agentPanel(context, panel));
  refuseAddon(on, 'explain the state of an agent because it keeps no record of it');
  const { name, agents } = on;
  const records = await loadStoredAgents(context, name);
  const { uuid, figures, account } = await withAgentErrors(text, () => Promise.resolve(findAgent(text, records)));
  const traffic = findTraffic(describeAgents(agents, records, [uuid]), uuid);
  const { at = '', allocatedBytes = 0, currentBytes = 0, users = 0 } = figures ?? {};
  const stored = toStored(agents, records);
  const own = stored.agents.get(uuid);
  const reserved = own === undefined ? [] : listReserved(own, stored.reservations, agents.rules.accounting);
  const reading = { at, allocatedBytes, currentBytes, consumedBytes: account?.consumedBytes ?? null, users };
  return {
    ...(await toDetail(on, traffic)),
    readings: figures === null ? [] : [reading],
    reservations: reserved.map(({ reservation }) => {
      const { uuid: user, agent, bytes, leftBytes, state, createdAt, expiresAt } = reservation;
      return { uuid: user, kind: toReservationKind(reservation), agent, bytes, leftBytes, state, createdAt, expiresAt };
    }),
    binding: checkCreation(stored, listAgentChain(uuid, records), 0).binding,
    actions: await listDisabledUsers(on, records, uuid),
    sentence: explainTraffic(traffic, {
      now: context.now(),
      keptBy: await findKeeper(context, name),
      keeping: listOthersKeeping(on, records, traffic),
    }),
  };
}

/** Returns the agents above and below one that keep its users disabled. */
function listOthersKeeping(
  on: Pick<AgentsOnPanel, 'agents'>,
  records: AgentRecords,
  { uuid, disabledFor }: AgentTraffic,
): AgentEnd[] {
  const above = listAbove(on, records, uuid);
  const below = disabledFor.flatMap((cause) => (cause.above || cause.uuid === uuid ? [] : [cause.uuid]));
  const others = above.filter((agent) => agent.uuid !== uuid);
  return [...others, ...listEnds(on, records, [...new Set(below)])].filter(keepsDisabled);
}

/** Returns what keeps runs from disabling the users of a panel's agents; null for nothing. */
async function findKeeper({ config, store }: Context, panel: string): Promise<'observe' | 'brake' | null> {
  if ((await readEnforcements(config, store)).isObserving(panel, null)) return 'observe';
  return (await store.conditions.get(brakeKey(panel, 'agents'))) === null ? null : 'brake';
}
