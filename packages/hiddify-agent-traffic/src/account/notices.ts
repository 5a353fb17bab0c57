import type { AgentNotice, AgentTraffic } from '@sluice/panel-kind';
import { formatBytes } from '@sluice/quota-core';
import { ledgerKey } from './ledger.js';
import { unchargedBytes } from './newcomers.js';
import type { ObservedList, RecordedList } from './record-list.js';

const sentences: Record<string, (name: string) => string> = {
  'enabled-by-others': (name) =>
    `User "${name}", which was disabled for its agent's limit, was enabled by somebody else; it is theirs again.`,
  moved: (name) =>
    `User "${name}", which was disabled for its agent's limit, has another owner now; it was left disabled.`,
  touched: (name) =>
    `User "${name}", which was disabled for its agent's limit, was changed by somebody since; it was left disabled.`,
  gone: (name) => `User "${name}", which was disabled for its agent's limit, is gone.`,
};

/** A user that is no longer ours to give back, and why. */
export interface DroppedUser {
  evidence: string;
  name: string;
  outcome: string;
}

/** What a sweep saw, and what is remembered of it. */
interface Observed {
  list: ObservedList;
  recorded: RecordedList;
}

/** What somebody should hear of a sweep, each with a key that stays the same as long as the matter does. */
export function noticesOf(
  observed: Observed,
  dropped: readonly DroppedUser[],
  again: ReadonlyMap<string, number>,
  agents: readonly AgentTraffic[],
): AgentNotice[] {
  const { list, recorded } = observed;
  const notices: AgentNotice[] = [];
  for (const { agent, name, percent, usedBytes, limitBytes } of recorded.crossed) {
    const start = recorded.agents.get(agent)?.account?.periodStart ?? '';
    notices.push({
      key: `agent-threshold:${agent}:${start}:${limitBytes}:${percent}`,
      code: 'agent_threshold',
      message: `Agent "${name}" has reached ${percent} % of its limit: ${formatBytes(usedBytes)} of ${formatBytes(limitBytes)}.`,
    });
  }
  for (const { evidence, name, outcome } of dropped) {
    const message = sentences[outcome]?.(name) ?? `User "${name}" is no longer ours (${outcome}).`;
    notices.push({ key: `agent-user:${evidence}:${outcome}`, code: `agent_user_${underscored(outcome)}`, message });
  }
  for (const [agent, count] of again) {
    notices.push({
      key: `agent-reenabled:${agent}:${list.at}`,
      code: 'agent_users_enabled_again',
      message: `${count === 1 ? '1 user' : `${count} users`} of agent "${nameOf(agents, agent)}" ${count === 1 ? 'was' : 'were'} enabled again while it is over its limit.`,
    });
  }
  for (const { uuid, name, rule, limitBytes } of agents) {
    if (rule === 'missing' && limitBytes !== null) {
      notices.push({
        key: `agent-missing:${uuid}:${recorded.agents.get(uuid)?.missingSince ?? ''}`,
        code: 'agent_missing',
        message: `Agent "${name}" has a limit and is not in the panel's list any more; nothing is changed for it.`,
      });
    }
    if (rule === 'dormant') {
      notices.push({
        key: `agent-dormant:${uuid}`,
        code: 'agent_dormant',
        message: `Account "${name}" has a limit but is no agent any more; the limit is not kept.`,
      });
    }
  }
  return [...notices, ...usedBeforeNotices(observed), ...oddities(observed)];
}

/** So long after it appeared a user is named, so that a check names it, no matter which run saw it first. */
const NAMED_FOR_MS = 86_400_000;

/** Users whose usage was not charged when they appeared, of agents for whom it matters. */
function usedBeforeNotices({ list, recorded }: Observed): AgentNotice[] {
  const { ledger, hierarchy, agents } = recorded;
  const groups = new Map<string, { owner: string; names: string[]; bytes: number }>();
  const names = new Map(list.users.map((user) => [ledgerKey(user), user.name]));
  const since = new Date(Date.parse(list.at) - NAMED_FOR_MS).toISOString();
  for (const entry of ledger.entries.values()) {
    const { key, owner, firstSeenAt } = entry;
    const bytes = unchargedBytes(entry);
    const name = names.get(key);
    if (bytes === 0 || firstSeenAt < since || owner === null || name === undefined) continue;
    if (!hierarchy.chainOf(owner).some((agent) => (agents.get(agent)?.limitBytes ?? null) !== null)) continue;
    const group = groups.get(`${owner}:${firstSeenAt}`) ?? { owner, names: [], bytes: 0 };
    group.names.push(`"${name}"`);
    group.bytes += bytes;
    groups.set(`${owner}:${firstSeenAt}`, group);
  }
  return [...groups].map(([key, { owner, names: shown, bytes }]) => ({
    key: `agent-users-used-before:${key}`,
    code: 'agent_users_used_before',
    message: `${shown.length === 1 ? '1 user' : `${shown.length} users`} appeared under agent "${agents.get(owner)?.name ?? ''}" with ${formatBytes(bytes)} that can't have been used there since the last look; only what they use from now on is charged: ${shown.sort().slice(0, 10).join(', ')}.`,
  }));
}

/** Rows that count but are not as they should be. */
function oddities({ list, recorded }: Observed): AgentNotice[] {
  const notices: AgentNotice[] = [];
  const say = (code: string, key: string, message: string): void => {
    notices.push({ key, code, message });
  };
  const nameless = list.users.filter(({ uuid }) => uuid === null);
  if (nameless.length > 0) {
    const ids = nameless.map(({ id }) => id).sort((a, b) => a - b);
    say(
      'agent_users_without_uuid',
      `agent-users-without-uuid:${ids.join(',')}`,
      `${ids.length} users have no usable uuid and can be counted but not disabled: number ${ids.slice(0, 10).join(', ')} in the panel.`,
    );
  }
  const negative = list.users.filter(({ odd }) => odd !== undefined);
  if (negative.length > 0) {
    const names = negative.map(({ name }) => `"${name}"`).sort();
    say(
      'agent_users_negative',
      `agent-users-negative:${negative
        .map(({ id }) => id)
        .sort((a, b) => a - b)
        .join(',')}`,
      `${negative.length} users have a negative limit or usage, which counts as 0: ${names.slice(0, 10).join(', ')}.`,
    );
  }
  if (recorded.calculator.unassigned > 0) {
    say(
      'agent_users_unassigned',
      `agent-users-unassigned:${recorded.calculator.unassigned}`,
      `${recorded.calculator.unassigned} users belong to no account of the list and count for nobody.`,
    );
  }
  if (recorded.hierarchy.orphans.length > 0) {
    const names = recorded.hierarchy.orphans.map((uuid) => `"${recorded.hierarchy.admins.get(uuid)?.name ?? ''}"`);
    say(
      'agent_orphans',
      `agent-orphans:${[...recorded.hierarchy.orphans].sort().join(',')}`,
      `${names.length} accounts do not lead up to the Owner: ${names.slice(0, 10).join(', ')}.`,
    );
  }
  return notices;
}

function nameOf(agents: readonly AgentTraffic[], uuid: string): string {
  return agents.find((agent) => agent.uuid === uuid)?.name ?? '';
}

function underscored(word: string): string {
  return word.replaceAll('-', '_');
}
