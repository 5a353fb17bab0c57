import { staffText } from '@sluice/messages/staff';
import type { AgentTraffic } from '@sluice/panel-kind';
import { findSubjectAgent, findSubjectUser, toAgentSubject } from '@sluice/quota-core';
import { isEnforced, isOfReseller } from '@sluice/quota-core/agents';
import type { HoldRecord } from '@sluice/state-store';
import { newHold } from '../../kernel/subject/holds.js';
import type { Notice } from '../../kernel/run/notice.js';
import type { CountedChange } from '../../loop/brake.js';
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
  /** The agents by what was read. */
  traffic: AgentTraffic[];
  /** What the brake counts: agents with a limit in force, and those of them that change. */
  active: number;
  counted: CountedChange[];
  /** The notices of agents whose users' usage is doubted; they count for the brake as if it was right. */
  doubts: Notice[];
  /** Those that a check of one agent leaves the ones above it that are over their limit to the check of all, with its brake. */
  leftAbove: Notice[];
}

/** Returns the open `agent-limit` holds, by agent. */
function heldAgents({ holds }: { holds: readonly HoldRecord[] }): Map<string, HoldRecord> {
  const limits = holds.filter(({ reason }) => reason === 'agent-limit');
  return new Map(limits.map((hold) => [findSubjectAgent(hold.service) ?? '', hold]));
}

/** Decides which agents' holds start and end, and plans. */
export function decideAndPlan(on: AgentsToDecide, read: AgentsRead): AgentsDecided {
  const { context, name, agents, request, services } = on;
  const { records, recorded } = read;
  const held = heldAgents(records);
  const isMeant = (agent: string): boolean =>
    request.agent === null || listAgentChain(agent, records).includes(request.agent);
  const traffic = describeAgents(agents, records);
  const shown = new Map(traffic.map((agent) => [agent.uuid, agent]));
  const opens = [...recorded.standing]
    .filter(([uuid, { force }]) => force === 'over' && !held.has(uuid) && isMeant(uuid))
    .map(([uuid]) => {
      const { usedBytes = null, limitBytes: allowedBytes = null } = shown.get(uuid) ?? {};
      const service = toAgentSubject(name, uuid);
      return newHold(context, { service, reason: 'agent-limit', usedBytes, allowedBytes, origin: 'run' });
    });
  const free = [...held]
    .filter(([uuid]) => (recorded.standing.get(uuid)?.force ?? 'free') === 'free' && isMeant(uuid))
    .map(([, hold]) => hold);
  const closes = [...free, ...listOfGone(read).filter(({ service }) => isMeant(findSubjectAgent(service) ?? ''))];
  const input: AgentPlanInput = {
    ...read,
    holds: [...records.holds.filter((hold) => !closes.includes(hold)), ...opens],
    serviceUsers: listServiceUsers(services),
    agent: request.agent,
  };
  const plan = planUsers(agents, input, undefined, traffic);
  const holding = heldAgents(input);
  const isOver = (uuid: string): boolean => recorded.standing.get(uuid)?.force === 'over';
  const isLeft = ({ force, suspended, chain }: ServiceUser): boolean =>
    force === 'over' && suspended === null && !chain.some((uuid) => isOver(uuid) && holding.has(uuid));
  const serviceUsers = plan.serviceUsers.filter((user) => !isLeft(user));
  const above = request.agent === null ? [] : listAgentChain(request.agent, records);
  const left = above.filter((uuid) => isOver(uuid) && !holding.has(uuid));
  return {
    ...{ ...read, opens, closes, plan: { ...plan, serviceUsers }, traffic },
    active: [...recorded.standing].filter(([uuid, decision]) => isEnforced(decision) && isMeant(uuid)).length,
    counted: countChanges(name, { opens, closes: free }, traffic),
    doubts: traffic.filter(({ uuid }) => isMeant(uuid)).flatMap((agent) => listDoubt(name, agent, recorded)),
    leftAbove: left.flatMap((uuid) => listLeft(name, shown.get(uuid), shown.get(request.agent ?? ''))),
  };
}

/** Returns the holds of users whom their own agents disabled, and whom a complete list has shown to be gone. */
function listOfGone({ records, recorded }: Pick<AgentsRead, 'records' | 'recorded'>): HoldRecord[] {
  const { entries } = recorded.ledger;
  return records.holds.filter(
    (hold) => isOfReseller(hold) && entries.get(findSubjectUser(hold.service) ?? '')?.gone === true,
  );
}

/** Returns the notice of an agent whose users' usage is doubted. */
function listDoubt(name: string, agent: AgentTraffic, { agents }: AgentsRead['recorded']): Notice[] {
  const { uuid, usedBytes, limitBytes } = agent;
  const doubted = agents.get(uuid)?.verdict?.doubted;
  if (doubted === undefined) return [];
  const figures = {
    before: { bytes: usedBytes },
    after: { bytes: doubted.usedBytes },
    allowed: { bytes: limitBytes ?? 0 },
  };
  const message = staffText('staff.agent.doubted', { agent: agent.name, ...figures });
  const key = `${name}:${uuid}:${IMPOSSIBLE_JUMP}:${doubted.at}`;
  return [{ code: IMPOSSIBLE_JUMP, key, panel: name, service: null, message }];
}

/** Returns the notice that a check of one agent has restricted nobody for one above it. */
function listLeft(name: string, above: AgentTraffic | undefined, below: AgentTraffic | undefined): Notice[] {
  if (above === undefined || below === undefined) return [];
  const code = 'agent_above_over';
  const key = [name, below.uuid, code, above.uuid, above.limitBytes, above.period?.start ?? ''].join(':');
  const message = staffText('staff.agent.above', { above: above.name, agent: below.name });
  return [{ code, key, panel: name, service: null, message }];
}

/** Returns the agents that the brake counts: of those that come back, not the ones whose period has ended, which a reading does not decide. */
function countChanges(
  name: string,
  { opens, closes }: Pick<AgentsDecided, 'opens' | 'closes'>,
  traffic: readonly AgentTraffic[],
): CountedChange[] {
  const starts = new Map(traffic.map(({ uuid, period }) => [toAgentSubject(name, uuid), period?.start ?? '']));
  const ending = closes.filter(({ service, since }) => (starts.get(service) ?? '') <= since);
  const toCounted = (begins: boolean) => (): CountedChange => ({ begins, changes: true });
  return [...opens.map(toCounted(true)), ...ending.map(toCounted(false))];
}
