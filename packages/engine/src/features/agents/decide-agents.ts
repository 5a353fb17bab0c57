import type { AgentTraffic } from '@sluice/panel-kind';
import { findSubjectAgent, formatBytes, toAgentSubject } from '@sluice/quota-core';
import type { HoldRecord } from '@sluice/state-store';
import { newHold } from '../../kernel/subject/holds.js';
import type { Notice } from '../../kernel/run/notice.js';
import { IMPOSSIBLE_JUMP } from '../../loop/plausible.js';
import type { AgentsOnPanel } from './open-agents.js';
import type { AgentsRead } from './read-agents.js';
import { listServiceUsers, type ServiceUsers } from './service-users.js';
import { describeAgents, listAgentChain } from './stored.js';
import type { AgentPlan, AgentPlanInput, ServiceUser } from './agent-plan.js';
import { planUsers } from './plan-users.js';

/** What is decided about: the agents of a panel, or one of them, and users that belong to services. */
interface AgentsToDecide extends Pick<AgentsOnPanel, 'context' | 'name' | 'agents'> {
  request: { agent: string | null };
  services: Pick<ServiceUsers, 'byUser' | 'ofEnded'>;
}

/** The lists, with the holds that start and end, and the plan. */
export interface AgentsDecided extends AgentsRead {
  opens: HoldRecord[];
  closes: HoldRecord[];
  plan: AgentPlan;
  /** Agents with a limit in force. */
  active: number;
  /** Agents above the only one that are over their limit without a hold: the check of all agents, with its brake, begins theirs. */
  leftAbove: string[];
}

/** Returns the open `agent-limit` holds, by agent. */
function heldAgents({ holds }: { holds: readonly HoldRecord[] }): Map<string, HoldRecord> {
  const limits = holds.filter(({ reason }) => reason === 'agent-limit');
  return new Map(limits.map((hold) => [findSubjectAgent(hold.service) ?? '', hold]));
}

/** Decides which agents' holds start and end, and plans. */
export function decideAndPlan(
  { context, name, agents, request, services }: AgentsToDecide,
  read: AgentsRead,
): AgentsDecided {
  const { records, recorded } = read;
  const held = heldAgents(records);
  const isMeant = (agent: string): boolean =>
    request.agent === null || listAgentChain(agent, records).includes(request.agent);
  const traffic = new Map(describeAgents(agents, records).map((agent) => [agent.uuid, agent]));
  const opens = [...recorded.standing]
    .filter(([uuid, { force }]) => force === 'over' && !held.has(uuid) && isMeant(uuid))
    .map(([uuid]) => {
      const { usedBytes = null, limitBytes: allowedBytes = null } = traffic.get(uuid) ?? {};
      const service = toAgentSubject(name, uuid);
      return newHold(context, { service, reason: 'agent-limit', usedBytes, allowedBytes, origin: 'run' });
    });
  const closes = [...held]
    .filter(([uuid]) => (recorded.standing.get(uuid)?.force ?? 'free') === 'free' && isMeant(uuid))
    .map(([, hold]) => hold);
  const input: AgentPlanInput = {
    ...read,
    holds: [...records.holds.filter((hold) => !closes.includes(hold)), ...opens],
    serviceUsers: listServiceUsers(services),
    agent: request.agent,
  };
  const active = [...recorded.standing].filter(([uuid, { counts }]) => counts && isMeant(uuid)).length;
  const plan = planUsers(agents, input);
  const holding = heldAgents(input);
  const isOver = (uuid: string): boolean => recorded.standing.get(uuid)?.force === 'over';
  const isLeft = ({ force, suspended, chain }: ServiceUser): boolean =>
    force === 'over' && suspended === null && !chain.some((uuid) => isOver(uuid) && holding.has(uuid));
  const serviceUsers = plan.serviceUsers.filter((user) => !isLeft(user));
  const above = request.agent === null ? [] : listAgentChain(request.agent, records);
  const leftAbove = above.filter((uuid) => isOver(uuid) && !holding.has(uuid));
  return { ...read, opens, closes, plan: { ...plan, serviceUsers }, active, leftAbove };
}

/** Returns the notices of agents whose users' usage is doubted; they count for the brake as if it was right. */
export function listDoubts(
  { name, request }: Pick<AgentsToDecide, 'name' | 'request'>,
  { records, recorded }: Pick<AgentsDecided, 'records' | 'recorded'>,
  traffic: readonly AgentTraffic[],
): Notice[] {
  return traffic.flatMap(({ uuid, name: agent, usedBytes, limitBytes }) => {
    const doubted = recorded.standing.get(uuid)?.doubted ?? null;
    const isMeant = request.agent === null || listAgentChain(uuid, records).includes(request.agent);
    if (doubted === null || !isMeant) return [];
    const figures = `from ${formatBytes(usedBytes)} to ${formatBytes(doubted.usedBytes)}, of ${formatBytes(limitBytes ?? 0)} that are allowed`;
    const message = `agent "${agent}": the usage of its users rose ${figures}, in one reading: none is disabled until the next check has read it again; compare it with the panel`;
    const key = `${name}:${uuid}:${IMPOSSIBLE_JUMP}:${doubted.at}`;
    return [{ code: IMPOSSIBLE_JUMP, key, panel: name, service: null, message }];
  });
}

/** Returns the notices that a check of one agent has restricted nobody for those above it that are over their limit. */
export function listLeftAbove(
  { name, request }: Pick<AgentsToDecide, 'name' | 'request'>,
  { leftAbove }: Pick<AgentsDecided, 'leftAbove'>,
  traffic: readonly AgentTraffic[],
): Notice[] {
  const found = new Map(traffic.map((agent) => [agent.uuid, agent]));
  const below = found.get(request.agent ?? '');
  return leftAbove.flatMap((uuid) => {
    const above = found.get(uuid);
    if (above === undefined || below === undefined) return [];
    const code = 'agent_above_over';
    const key = [name, below.uuid, code, uuid, above.limitBytes, above.period?.start ?? ''].join(':');
    const message = `agent "${above.name}" above agent "${below.name}" is over its limit: a check of one agent alone restricts nobody for those above it`;
    return [{ code, key, panel: name, service: null, message }];
  });
}

/** Returns the agents that the brake counts: of those that come back, not the ones whose period has ended, which a reading does not decide. */
export function countChanges(
  { name }: Pick<AgentsOnPanel, 'name'>,
  { opens, closes }: Pick<AgentsDecided, 'opens' | 'closes'>,
  traffic: readonly AgentTraffic[],
): { begins: boolean; changes: boolean }[] {
  const starts = new Map(traffic.map(({ uuid, period }) => [toAgentSubject(name, uuid), period?.start ?? '']));
  const ending = closes.filter(({ service, since }) => (starts.get(service) ?? '') <= since);
  const toCounted = (begins: boolean) => () => ({ begins, changes: true });
  return [...opens.map(toCounted(true)), ...ending.map(toCounted(false))];
}
