import { staffText } from '@sluice/messages/staff';
import type { AgentNotice } from '@sluice/panel-kind';
import { addBytes, type AgentFall } from '@sluice/quota-core';
import { listRepeated, REPEATED_FALLS } from './falls.js';
import { ledgerKey, type RecordedAgents } from '@sluice/quota-core/agents';
import type { ObservedList } from './record-list.js';
import { isStandstill } from './rewritten.js';

interface Observed {
  list: ObservedList;
  recorded: RecordedAgents;
}

/** Returns the notices about what a list shows of users; the key of a notice stays the same while its cause lasts. */
export function listNotices(list: ObservedList, recorded: RecordedAgents): AgentNotice[] {
  const observed = { list, recorded };
  return [...listFallen(observed), ...listUsedBefore(observed), ...listOddRows(observed)];
}

/** A user is named this long after it appeared, so that a check names it whichever run read it first. */
const NAMED_FOR_MS = 86_400_000;

/** Names users, below agents with limits, whose usage was not charged when they appeared. */
function listUsedBefore({ list, recorded: { ledger, hierarchy, agents } }: Observed): AgentNotice[] {
  const since = new Date(Date.parse(list.at) - NAMED_FOR_MS).toISOString();
  const appeared = [...ledger.entries.values()].filter(({ owner, firstSeenAt, lastBytes, totalBytes }) => {
    if (lastBytes <= totalBytes || firstSeenAt < since || owner === null) return false;
    // A ledger that was opened since began with what the user showed, or as the operator said.
    return hierarchy.listChain(owner).some((agent) => {
      const { limitBytes = null, account = null } = agents.get(agent) ?? {};
      return limitBytes !== null && (account === null || account.openedAt < firstSeenAt);
    });
  });
  if (appeared.length === 0) return [];
  const names = new Map(list.users.map((user) => [ledgerKey(user), user.name]));
  const groups = new Map<string, { owner: string; names: string[]; bytes: number }>();
  for (const { key, owner, firstSeenAt, lastBytes, totalBytes } of appeared) {
    const name = names.get(key);
    if (owner === null || name === undefined) continue;
    const group = groups.get(`${owner}:${firstSeenAt}`) ?? { owner, names: [], bytes: 0 };
    group.names.push(name);
    group.bytes = addBytes(group.bytes, lastBytes - totalBytes);
    groups.set(`${owner}:${firstSeenAt}`, group);
  }
  return [...groups].map(([key, { owner, names: shown, bytes }]) => ({
    key: `agent-users-used-before:${key}`,
    code: 'agent_users_used_before',
    message: staffText('staff.hiddify.usedBefore', {
      ...{ count: shown.length, agent: agents.get(owner)?.name ?? '', used: { bytes }, users: quoteFirst(shown) },
    }),
  }));
}

/** Names users, below agents whose limits count real traffic, whose lower counters were charged in full, and those that keep falling. */
function listFallen({ list, recorded: { agents, hierarchy } }: Observed): AgentNotice[] {
  return [...agents.values()].flatMap(({ uuid, name, verdict }) => {
    const isLimited = hierarchy.listChain(uuid).some((agent) => (agents.get(agent)?.limitBytes ?? null) !== null);
    if (verdict?.accounting !== 'consumed' || !isLimited) return [];
    const groups = new Map<string, AgentFall[]>();
    const falls = verdict.falls ?? [];
    for (const fall of falls)
      if (fall.confirmed !== null && !isStandstill(fall))
        groups.set(fall.confirmed.at, [...(groups.get(fall.confirmed.at) ?? []), fall]);
    const fallen = [...groups].map(([at, own]) => ({
      key: `agent-usage-fell:${uuid}:${at}`,
      code: 'agent_usage_fell',
      message: describeFalls(name, own),
    }));
    const repeated = listRepeated(falls);
    if (repeated.length === 0) return fallen;
    const key = `agent-usage-rewritten:${uuid}:${list.at.slice(0, 10)}`;
    return [...fallen, { key, code: 'agent_usage_rewritten', message: describeRewritten(name, repeated) }];
  });
}

function describeFalls(agent: string, falls: readonly AgentFall[]): string {
  const charged = falls.reduce((sum, { confirmed }) => sum + (confirmed?.chargedBytes ?? 0), 0);
  return staffText('staff.hiddify.fell', {
    ...{ count: falls.length, agent, each: describeEach(falls), charged: { bytes: charged } },
  });
}

function describeRewritten(agent: string, falls: readonly AgentFall[]): string {
  const values = { count: falls.length, agent, times: REPEATED_FALLS, each: describeEach(falls) };
  return staffText('staff.hiddify.rewritten', values);
}

function describeEach(falls: readonly AgentFall[]): string {
  const shown = falls.map(describeFall).sort();
  const first = shown.slice(0, 10).join(', ');
  return shown.length > 10 ? staffText('staff.named.more', { first, count: shown.length - 10 }) : first;
}

function describeFall(fall: AgentFall): string {
  const { name: user, fromBytes, toBytes } = fall;
  const to = toUsage(toBytes);
  if (isStandstill(fall)) return staffText('staff.hiddify.each.stayed', { user, to });
  return staffText('staff.hiddify.each.fell', { user, from: toUsage(fromBytes), to });
}

/** A negative figure counts as 0. */
function toUsage(bytes: number): { bytes: number } {
  return { bytes: Math.max(0, bytes) };
}

/** Names rows that count although something about them is wrong. */
function listOddRows({ list, recorded }: Observed): AgentNotice[] {
  const notices: AgentNotice[] = [];
  const add = (what: string, key: string, message: string): void => {
    notices.push({ key: `${what.replaceAll('_', '-')}:${key}`, code: what, message });
  };
  const { sums, hierarchy } = recorded;
  const nameless = list.users.filter(({ uuid }) => uuid === null).map(({ id }) => id);
  if (nameless.length > 0) {
    const ids = nameless.sort((a, b) => a - b);
    const shown = ids.slice(0, 10).join(', ');
    const message = staffText('staff.hiddify.withoutUuid', { count: ids.length, ids: shown });
    add('agent_users_without_uuid', ids.join(','), message);
  }
  const negative = list.users.filter(({ odd }) => odd !== undefined);
  if (negative.length > 0) {
    const ids = negative.map(({ id }) => id).sort((a, b) => a - b);
    const users = quoteFirst(negative.map(({ name }) => name));
    const message = staffText('staff.hiddify.negative', { count: ids.length, users });
    add('agent_users_negative', ids.join(','), message);
  }
  if (sums.unassigned > 0) {
    const message = staffText('staff.hiddify.unassigned', { count: sums.unassigned });
    add('agent_users_unassigned', `${sums.unassigned}`, message);
  }
  if (hierarchy.orphans.length > 0) {
    const names = hierarchy.orphans.map((uuid) => `"${hierarchy.admins.get(uuid)?.name ?? ''}"`).slice(0, 10);
    const accounts = names.join(', ');
    const message = staffText('staff.hiddify.orphans', { count: hierarchy.orphans.length, accounts });
    add('agent_orphans', [...hierarchy.orphans].sort().join(','), message);
  }
  return notices;
}

function quoteFirst(names: readonly string[]): string {
  return names
    .map((name) => `"${name}"`)
    .sort()
    .slice(0, 10)
    .join(', ');
}
