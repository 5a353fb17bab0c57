import type { AgentRecords, RecordedAgents } from '@sluice/panel-kind';
import { addBytes, crossedThresholds } from '@sluice/quota-core';
import { type HiddifyAdmin, type HiddifyUser, SELF } from '../client/records.js';
import type { LedgerInterval } from './counter.js';
import { findDoubts } from './doubt.js';
import { groupFalls, listWaitingFalls } from './falls.js';
import { ledgerKey, type LedgerStep, stepLedger } from './ledger.js';
import type { AgentFall, AgentRecord, AgentUserRecord } from '@sluice/quota-core';
import {
  accountAt,
  type AgentDecision,
  AgentHierarchy,
  type AgentRules,
  AgentSums,
  decideAgent,
  listExempt,
  stepReservations,
  toHeldSince,
  totalTraffic,
} from '@sluice/quota-core/agents';
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

/** What follows from one list. */
export interface RecordedList extends RecordedAgents {
  hierarchy: AgentHierarchy<HiddifyAdmin>;
  calculator: AgentSums<HiddifyAdmin>;
  ledger: LedgerStep;
}

/** One list, and what was stored of those before. */
interface RecordInput extends Pick<LedgerInterval, 'panel' | 'zeroings'> {
  rules: AgentRules;
  list: ObservedList;
  now: string;
  run: string | null;
  /** Share of a limit above which growth in one list is doubted; null for none. */
  jump: number | null;
  records: AgentRecords;
  users: readonly AgentUserRecord[];
}

/**
 * Charges growth, begins periods and judges every agent. The order of the rows does not matter. Growth that would exceed a limit
 * by one jump is left to the next list, which confirms it or not.
 */
export function recordList(input: RecordInput): RecordedList {
  const { panel, list, rules, records, zeroings, users, run, jump } = input;
  const tree = toTree(input);
  const { hierarchy } = tree;
  const created = new Set(records.reservations.map(({ uuid }) => uuid));
  const falls = listWaitingFalls(records.agents);
  const waiting = new Set([...records.agents.map(({ uuid }) => uuid), ...hierarchy.admins.keys()]);
  waiting.delete(SELF);
  const since = { panel, at: list.at, before: records.snapshot, zeroings, created, timeZone: rules.timeZone };
  const interval = { ...since, run, falls, waiting };
  const recorded = recordUsers(input, tree, { ...interval });
  const held = toHeldSince(records);
  const over = records.agents.flatMap((before) => {
    const isOver = recorded.standing.get(before.uuid)?.force === 'over' && !held.has(before.uuid);
    const usedBytes = recorded.agents.get(before.uuid)?.verdict?.usedBytes ?? 0;
    return isOver ? [{ before, usedBytes }] : [];
  });
  const doubts = findDoubts({ hierarchy, users: list.users, entries: users, interval, run, jump }, over);
  if (doubts.agents.size === 0) return recorded;
  const left = recordUsers(input, tree, { ...interval, left: doubts.users });
  for (const [uuid, doubted] of doubts.agents) {
    const [agent, standing] = [left.agents.get(uuid), left.standing.get(uuid)];
    // Over its limit by what is not doubted.
    if (agent?.verdict == null || standing === undefined || standing.force === 'over') continue;
    left.agents.set(uuid, { ...agent, verdict: { ...agent.verdict, rule: 'doubted', doubted } });
    left.standing.set(uuid, { ...standing, doubted });
  }
  return left;
}

/** The accounts of a list, with missing agents above those that may be the same. */
type Tree = Pick<RecordedList, 'hierarchy' | 'links'>;

function toTree({ list, records, users }: RecordInput): Tree {
  const links = listLinks(findSuccessions(list, { agents: records.agents, users }), records);
  const former = new Map<string, string[]>();
  for (const { from, to } of links) for (const uuid of to) former.set(uuid, [...(former.get(uuid) ?? []), from.uuid]);
  return { links, hierarchy: new AgentHierarchy(list.admins, former) };
}

function recordUsers(input: RecordInput, tree: Tree, interval: LedgerInterval): RecordedList {
  const { hierarchy } = tree;
  const { panel, rules, list, now, records } = input;
  const ledger = stepLedger(input.users, list.users, interval, list.goneUsers);
  const calculator = new AgentSums(hierarchy, asCharged(list.users, ledger), ledger.missing);
  const exempt = listExempt(rules.exempt, hierarchy.admins, records.meant);
  const held = new Set(toHeldSince(records).keys());
  const shared: SharedFigures = {
    hierarchy,
    calculator,
    growth: growthByAgent(ledger.growth, hierarchy),
    falls: groupFalls(records.agents, ledger, list.at),
    exempt,
    held,
  };

  const agents = new Map<string, AgentRecord>();
  const standing: RecordedAgents['standing'] = new Map();
  const crossed: RecordedAgents['crossed'] = [];
  const known = new Map(records.agents.map((agent) => [agent.uuid, agent]));
  const uuids = new Set([...known.keys(), ...hierarchy.admins.keys()]);
  uuids.delete(SELF);
  for (const uuid of uuids) {
    const { agent, judgement, crossings } = recordAgent(known.get(uuid) ?? newAgent(panel, uuid), shared, input);
    agents.set(uuid, agent);
    const { limitBytes, role, missingSince } = agent;
    const counts = limitBytes !== null && missingSince === null && role === 'agent' && !exempt.has(uuid);
    standing.set(uuid, { force: judgement.force, counts, doubted: null });
    crossed.push(...crossings);
  }
  const reservations = stepReservations({
    reservations: records.reservations,
    entries: ledger.entries,
    findPeriodStart: (agent) => agents.get(agent)?.account?.periodStart ?? null,
    listAt: list.at,
    at: now,
  });
  const snapshot = {
    panel,
    at: list.at,
    until: now,
    users: list.users.length,
    admins: list.admins.length,
    ownerName: hierarchy.admins.get(SELF)?.name ?? 'Owner',
  };
  return { ...tree, calculator, ledger, users: ledger, agents, standing, reservations, snapshot, crossed, exempt };
}

/** Returns the users with the usage that is counted: that of before, where this list's is left to the next one. */
function asCharged(users: readonly HiddifyUser[], { entries, uncounted }: LedgerStep): readonly HiddifyUser[] {
  if (uncounted.size === 0) return users;
  return users.map((user) => {
    const key = ledgerKey(user);
    if (!uncounted.has(key)) return user;
    return { ...user, usedBytes: Math.max(0, entries.get(key)?.lastBytes ?? user.usedBytes) };
  });
}

/** Figures that all agents of a list share. */
interface SharedFigures extends Pick<RecordedList, 'hierarchy' | 'calculator' | 'exempt'> {
  /** Bytes used since the list before, by agent, sub-agents included. */
  growth: ReadonlyMap<string, number>;
  /** Falls of the counters of an agent's own users. */
  falls: ReadonlyMap<string, AgentFall[]>;
  /** Agents whose users are kept disabled. */
  held: ReadonlySet<string>;
}

function recordAgent(
  before: AgentRecord,
  { hierarchy, calculator, growth, falls, exempt, held }: SharedFigures,
  { rules, list, now, run, records }: RecordInput,
): { agent: AgentRecord; judgement: AgentDecision; crossings: RecordedAgents['crossed'] } {
  const { uuid, limitBytes } = before;
  const { accounting } = rules;
  const admin = hierarchy.admins.get(uuid);
  const account = chargeAccount(before.account, growth.get(uuid) ?? 0, rules, records.periodNow);
  const figures = calculator.getFigures(uuid, list.at);
  const usedBytes = totalTraffic(figures, accounting, account);
  const { name, role, parent } = admin ?? before;
  const [isAgent, missing] = [role === 'agent', admin === undefined];
  const at = { usedBytes, limitBytes, held: held.has(uuid), exempt: exempt.has(uuid), isAgent, missing };
  const judgement = decideAgent(at, rules);
  const already = account?.periodStart === before.account?.periodStart ? before.thresholds : [];
  const { thresholds } = rules;
  const marks =
    limitBytes === null ? [] : crossedThresholds({ usedBytes, allowedBytes: limitBytes, thresholds, already });
  const { exceeded, rule } = judgement;
  const own = falls.get(uuid);
  const former = hierarchy.former.get(uuid);
  const agent: AgentRecord = {
    ...before,
    name,
    role,
    parent,
    account,
    figures,
    thresholds: already,
    missingSince: admin === undefined ? (before.missingSince ?? list.at) : null,
    gone: admin === undefined && (before.gone || list.goneAdmins.has(uuid)),
    verdict: {
      at: now,
      run,
      accounting,
      limitBytes,
      usedBytes,
      exceeded,
      rule,
      ...(own === undefined ? {} : { falls: own }),
      ...(former === undefined ? {} : { former }),
    },
  };
  const crossings = marks.map((percent) => ({ agent: uuid, name, percent, usedBytes, limitBytes: limitBytes ?? 0 }));
  return { agent, judgement, crossings };
}

function growthByAgent(byOwner: ReadonlyMap<string, number>, hierarchy: AgentHierarchy): Map<string, number> {
  const growth = new Map<string, number>();
  for (const [owner, bytes] of byOwner) {
    for (const agent of hierarchy.listChain(owner)) growth.set(agent, addBytes(growth.get(agent) ?? 0, bytes));
  }
  return growth;
}

/** Ends a period that is over before it charges: what was used since the last list belongs to the period that is open now. */
function chargeAccount(
  before: AgentRecord['account'],
  growth: number,
  rules: AgentRules,
  now: string,
): AgentRecord['account'] {
  if (before === null) return null;
  const account = accountAt(before, rules, now);
  return growth === 0 ? account : { ...account, consumedBytes: addBytes(account.consumedBytes, growth) };
}

function newAgent(panel: string, uuid: string): AgentRecord {
  return {
    panel,
    uuid,
    name: '',
    role: 'agent',
    parent: null,
    limitBytes: null,
    limitSince: null,
    account: null,
    figures: null,
    verdict: null,
    thresholds: [],
    missingSince: null,
    gone: false,
  };
}
