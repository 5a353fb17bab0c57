import { printable } from '@sluice/panel-http/printable';
import type { AgentTraffic, RecordedAgents } from '@sluice/panel-kind';
import { type AgentAccount, formatBytes } from '@sluice/quota-core';
import { toWholePercent } from '../../kernel/run/notice-data.js';
import type { AgentPlanInput, PlannedNotice } from './agent-plan.js';

/** What happened to a user that was disabled for its agent, by outcome. */
const DROPPED: Record<string, string> = {
  'enabled-by-others': 'was enabled by another tool; Sluice leaves it enabled',
  moved: 'has another owner now; it was left disabled',
  touched: 'was changed by another tool since; it was left disabled',
  gone: 'no longer exists',
};

/** A user that Sluice will not enable again, and why. */
export interface DroppedUser {
  evidence: string;
  name: string;
  outcome: string;
}

/** What a plan has found of users that were changed by others. */
interface FoundByPlan {
  dropped: readonly DroppedUser[];
  /** Users that were enabled while their agent is over or suspended, by that agent. */
  again: ReadonlyMap<string, number>;
  /** Names of users that were enabled while their own agent keeps them disabled. */
  againOfAgents: readonly string[];
}

/** Returns the notices of a plan; the key of a notice stays the same while its cause lasts. */
export function listPlanNotices(
  { list, recorded }: Pick<AgentPlanInput, 'list' | 'recorded'>,
  { dropped, again, againOfAgents }: FoundByPlan,
  agents: readonly AgentTraffic[],
): PlannedNotice[] {
  const crossings = highestCrossings(recorded).map((crossing) =>
    toCrossing(crossing, recorded.agents.get(crossing.agent)?.account ?? null),
  );
  const drops = dropped.map(({ evidence, name, outcome }) => ({
    key: `agent-user:${evidence}:${outcome}`,
    code: `agent_user_${outcome.replaceAll('-', '_')}`,
    message: `User "${name}", which was disabled for its agent, ${DROPPED[outcome] ?? `was released (${outcome})`}.`,
  }));
  const enabledAgain = [...again].map(([agent, count]) => {
    const { name = '', suspended = null } = agents.find(({ uuid }) => uuid === agent) ?? {};
    const why = suspended === null ? 'over its limit' : 'suspended';
    return {
      key: `agent-reenabled:${agent}:${list.at}`,
      code: 'agent_users_enabled_again',
      message: `${countUsers(count)} of agent "${name}" ${count === 1 ? 'was' : 'were'} enabled again while it is ${why}.`,
    };
  });
  const ofAgents = againOfAgents.map((name) => ({
    key: `agent-reenabled:${name}:${list.at}`,
    code: 'agent_users_enabled_again',
    message: `User "${name}", which its own agent disabled, was enabled again by another tool.`,
  }));
  return [
    ...crossings,
    ...drops,
    ...enabledAgain,
    ...ofAgents,
    ...agents.flatMap((agent) => listAgentNotices(agent, recorded)),
  ];
}

function toCrossing(
  { agent, name, percent, usedBytes, limitBytes }: RecordedAgents['crossed'][number],
  account: Pick<AgentAccount, 'periodStart' | 'periodEnd'> | null,
): PlannedNotice {
  const { periodStart = null, periodEnd = null } = account ?? {};
  return {
    key: `agent-threshold:${agent}:${periodStart ?? ''}:${limitBytes}:${percent}`,
    code: 'agent_threshold',
    message: `Agent "${name}" has reached ${percent}% of its limit: ${formatBytes(usedBytes)} of ${formatBytes(limitBytes)}.`,
    facts: {
      ...{ reached: percent, agent: { id: agent, name: printable(name) } },
      ...{ limit: 'agent-limit', unit: 'bytes', mode: 'TOTAL', used: usedBytes, allowed: limitBytes },
      ...{ remaining: Math.max(0, limitBytes - usedBytes), percent: toWholePercent(usedBytes, limitBytes) },
      ...{ from: periodStart, until: periodEnd },
    },
  };
}

/** Returns the highest crossed threshold of each agent. */
function highestCrossings({ crossed }: RecordedAgents): RecordedAgents['crossed'] {
  return crossed.filter(
    ({ agent, percent }) => !crossed.some((other) => other.agent === agent && other.percent > percent),
  );
}

function listAgentNotices(agent: AgentTraffic, recorded: RecordedAgents): PlannedNotice[] {
  const { uuid, name, rule } = agent;
  if (rule === 'missing') return listMissing(agent, recorded);
  if (rule !== 'dormant') return [];
  const message = `Account "${name}" has a limit but is not an agent any more; the limit is not enforced.`;
  return [{ key: `agent-dormant:${uuid}`, code: 'agent_dormant', message }];
}

function listMissing({ uuid, name, limitBytes }: AgentTraffic, { agents, links }: RecordedAgents): PlannedNotice[] {
  const succession = links.find(({ from }) => from.uuid === uuid) ?? null;
  if (succession === null && limitBytes === null) return [];
  const code = 'agent_missing';
  const since = agents.get(uuid)?.missingSince ?? '';
  if (succession === null) {
    const message = `Agent "${name}" has a limit and is not in the panel's list any more: the limit restricts nobody. Users that belonged to it count for their present owners; those that were disabled for it stay disabled, services among them do not.`;
    return [{ key: `agent-missing:${uuid}:${since}`, code, message }];
  }
  const names = quoteFirst(succession.to.map((successor) => agents.get(successor)?.name ?? ''));
  const lasts = succession.isSame
    ? 'The next check that stores what it reads finds it to be the same with another uuid'
    : `It is not certain that it is the same with another uuid, so that nothing is given back: give the new ${succession.to.length === 1 ? 'account a limit' : 'accounts limits'}, then remove its own limit and suspension`;
  const message = `Agent "${name}" is not in the panel's list any more, and users of it belong to accounts that are new there: ${names}. ${lasts}.`;
  return [{ key: `agent-missing:${uuid}:${since}:${[...succession.to].sort().join(',')}`, code, message }];
}

function countUsers(count: number): string {
  return count === 1 ? '1 user' : `${count} users`;
}

function quoteFirst(names: readonly string[]): string {
  return names
    .map((name) => `"${name}"`)
    .sort()
    .slice(0, 10)
    .join(', ');
}
