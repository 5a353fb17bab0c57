import type { AgentUserRecord } from '@sluice/quota-core';
import {
  AgentHierarchy,
  type AgentRecords,
  type ListToRecord,
  recordAgents,
  type RecordedAgents,
} from '@sluice/quota-core/agents';
import { type HiddifyAdmin, type HiddifyUser, SELF } from '../client/records.js';
import type { LedgerInterval } from './counter.js';
import { chargeList, listGrowth } from './counters.js';
import { groupFalls, listWaitingFalls } from './falls.js';
import { findSuccessions, listLinks } from './successors.js';

/** The panel's lists, completed by calls about single users and accounts. */
export interface ObservedList {
  /** When the list of users was requested. */
  at: string;
  admins: readonly HiddifyAdmin[];
  users: readonly HiddifyUser[];
  /** Keys of users, and uuids of accounts, that the panel does not have any more. */
  goneUsers: ReadonlySet<string>;
  goneAdmins: ReadonlySet<string>;
  /** Uuids of users that Sluice has disabled, that are listed as enabled, and could not be read again: the list may be older. */
  unread: ReadonlySet<string>;
}

/** One list, and what was stored of those before. */
interface RecordInput
  extends
    Pick<ListToRecord<HiddifyUser>, 'rules' | 'now' | 'jump'>,
    Pick<LedgerInterval, 'panel' | 'zeroings' | 'run'> {
  list: ObservedList;
  records: AgentRecords;
  users: readonly AgentUserRecord[];
}

/** Records one list, as `recordAgents`, with this panel's counters and with the accounts that have another uuid. */
export function recordList({ list, users, zeroings, ...input }: RecordInput): RecordedAgents {
  const { panel, rules, records, run } = input;
  const links = listLinks(findSuccessions(list, { agents: records.agents, users }), records);
  const former = new Map<string, string[]>();
  for (const { from, to } of links) for (const uuid of to) former.set(uuid, [...(former.get(uuid) ?? []), from.uuid]);
  const hierarchy = new AgentHierarchy(list.admins, former);
  const created = new Set(records.reservations.map(({ uuid }) => uuid));
  const waiting = new Set([...records.agents.map(({ uuid }) => uuid), ...hierarchy.admins.keys()]);
  waiting.delete(SELF);
  const since = { panel, at: list.at, before: records.snapshot, zeroings, created, timeZone: rules.timeZone };
  const interval = { ...since, run, falls: listWaitingFalls(records.agents), waiting };
  return recordAgents({
    ...input,
    ...{ hierarchy, links },
    list: { ...list, accounts: list.admins, goneAccounts: list.goneAdmins },
    charge(left) {
      const step = chargeList(users, list.users, { ...interval, left }, list.goneUsers);
      return { ...step, fallsByAgent: groupFalls(records.agents, step, list.at) };
    },
    listGrowth: () => listGrowth(list.users, users, interval),
  });
}
