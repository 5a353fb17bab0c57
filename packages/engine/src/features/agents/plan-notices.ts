import { staffText } from '@sluice/messages/staff';
import { printable } from '@sluice/panel-http/printable';
import type { AgentTraffic, RecordedAgents } from '@sluice/panel-kind';
import type { AgentAccount } from '@sluice/quota-core';
import { toWholePercent } from '../../kernel/run/notice-data.js';
import type { AgentPlanInput, PlannedNotice } from './agent-plan.js';

/** Outcomes of users that were disabled for their agent, of which the catalogue says what happened. */
const DROPPED = ['enabled-by-others', 'moved', 'touched', 'gone'] as const;

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
    message: staffText('staff.agent.dropped', { user: name, what: describeDropped(outcome) }),
  }));
  const enabledAgain = [...again].map(([agent, count]) => {
    const { name = '', suspended = null } = agents.find(({ uuid }) => uuid === agent) ?? {};
    const said = suspended === null ? 'staff.agent.reenabled' : 'staff.agent.reenabledSuspended';
    return {
      key: `agent-reenabled:${agent}:${list.at}`,
      code: 'agent_users_enabled_again',
      message: staffText(said, { count, agent: name }),
    };
  });
  const ofAgents = againOfAgents.map((name) => ({
    key: `agent-reenabled:${name}:${list.at}`,
    code: 'agent_users_enabled_again',
    message: staffText('staff.agent.ownReenabled', { user: name }),
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
    message: staffText('staff.agent.threshold', {
      ...{ agent: name, percent: { percent }, used: { bytes: usedBytes }, allowed: { bytes: limitBytes } },
    }),
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
  const message = staffText('staff.agent.dormant', { agent: name });
  return [{ key: `agent-dormant:${uuid}`, code: 'agent_dormant', message }];
}

function listMissing({ uuid, name, limitBytes }: AgentTraffic, { agents, links }: RecordedAgents): PlannedNotice[] {
  const succession = links.find(({ from }) => from.uuid === uuid) ?? null;
  if (succession === null && limitBytes === null) return [];
  const code = 'agent_missing';
  const since = agents.get(uuid)?.missingSince ?? '';
  if (succession === null) {
    const message = staffText('staff.agent.missing', { agent: name });
    return [{ key: `agent-missing:${uuid}:${since}`, code, message }];
  }
  const names = quoteFirst(succession.to.map((successor) => agents.get(successor)?.name ?? ''));
  const lasts = succession.isSame
    ? staffText('staff.agent.succeeded.same')
    : staffText('staff.agent.succeeded.unsure', { count: succession.to.length });
  const message = staffText('staff.agent.succeeded', { agent: name, accounts: names, lasts });
  return [{ key: `agent-missing:${uuid}:${since}:${[...succession.to].sort().join(',')}`, code, message }];
}

function describeDropped(outcome: string): string {
  const known = DROPPED.find((each) => each === outcome);
  if (known === undefined) return staffText('staff.agent.dropped.other', { outcome });
  return staffText(`staff.agent.dropped.${known}`);
}

function quoteFirst(names: readonly string[]): string {
  return names
    .map((name) => `"${name}"`)
    .sort()
    .slice(0, 10)
    .join(', ');
}
