import {
  addBytes,
  type AgentFall,
  type AgentPeriodRecord,
  type AgentRecord,
  type AgentReservationRecord,
  type AgentSnapshotRecord,
  type AgentUserRecord,
  crossedThresholds,
} from '@sluice/quota-core';
import type { AgentDecision } from './decide-agent.js';
import { findDoubts } from './doubt.js';
import { listEndedPeriods, markExceeded } from './past-periods.js';
import { type AgentHierarchy, type ListedAccount, OWN_ACCOUNT } from './hierarchy.js';
import { ledgerKey, type LedgerStep, type ListedUser } from './ledger.js';
import { accountAt } from './period.js';
import type { AgentRecords } from './records.js';
import { stepReservations } from './reservations.js';
import type { AgentRules } from './rules.js';
import { judgeAgent, listExempt, toHeldSince } from './stored-agents.js';
import { AgentSums, totalTraffic } from './sums.js';

/** An agent that the list lacks, and the accounts, not known before, that what was below it belongs to now. */
export interface Succession {
  from: AgentRecord;
  to: readonly string[];
  /** Whether it is the same account with another uuid. */
  isSame: boolean;
}

/** The changes that one list makes to what is stored. */
export interface RecordedAgents {
  /** All agents, known and new, by uuid; without the thresholds of `crossed`, which are marked with their notices. */
  agents: Map<string, AgentRecord>;
  users: { changed: AgentUserRecord[]; removed: string[] };
  /** Periods that have ended with this list. */
  ended: AgentPeriodRecord[];
  /** Reservations that change. */
  reservations: AgentReservationRecord[];
  snapshot: AgentSnapshotRecord;
  /** Thresholds that were reached and not announced yet, with the figures of the agent. */
  crossed: { agent: string; name: string; percent: number; usedBytes: number; limitBytes: number }[];
  /** The accounts of the list as a tree, with missing agents above those that may be the same. */
  hierarchy: AgentHierarchy;
  /** Sums over the users of the list, with the usage that is counted. */
  sums: AgentSums;
  /** What became of missing agents that stand above the accounts that may be the same. */
  links: readonly Succession[];
  /** Every entry of the ledger, by key. */
  ledger: Pick<LedgerStep, 'entries'>;
  /** Agents whose own users no limit counts for. */
  exempt: ReadonlySet<string>;
  /** What follows from the limit of each agent, by uuid. */
  standing: Map<string, AgentDecision>;
}

/** One list, and what was stored of those before. */
export interface ListToRecord<User extends ListedUser> {
  panel: string;
  rules: AgentRules;
  list: {
    /** When the list of users was requested. */
    at: string;
    accounts: readonly ListedAccount[];
    users: readonly User[];
    /** Uuids of accounts that the panel does not have any more. */
    goneAccounts: ReadonlySet<string>;
  };
  hierarchy: AgentHierarchy;
  links: readonly Succession[];
  now: string;
  run: string | null;
  /** Share of a limit above which growth in one list is doubted; null for none. */
  jump: number | null;
  records: AgentRecords;
  /** Charges the growth of the users, but of those that are left to the next list; undefined: of all. */
  charge: (left: ReadonlySet<string> | undefined) => LedgerStep;
  /** Returns the plain growth of users since the list before, by their keys: not that over a reset or a first appearance. */
  listGrowth: () => ReadonlyMap<string, number>;
}

/**
 * Charges growth, begins periods and judges every agent. The order of the rows does not matter. Growth that would exceed a limit
 * by one jump is left to the next list, which confirms it or not.
 */
export function recordAgents<User extends ListedUser>(input: ListToRecord<User>): RecordedAgents {
  const { list, hierarchy, records, run, jump } = input;
  const recorded = recordUsers(input);
  const held = toHeldSince(records);
  const over = records.agents.flatMap((before) => {
    const isOver = recorded.standing.get(before.uuid)?.force === 'over' && !held.has(before.uuid);
    const usedBytes = recorded.agents.get(before.uuid)?.verdict?.usedBytes ?? 0;
    return isOver ? [{ before, usedBytes }] : [];
  });
  const { listGrowth } = input;
  const doubts = findDoubts({ hierarchy, users: list.users, at: list.at, run, jump, listGrowth }, over);
  if (doubts.agents.size === 0) return recorded;
  const left = recordUsers(input, doubts.users);
  for (const [uuid, doubted] of doubts.agents) {
    const agent = left.agents.get(uuid);
    // Over its limit by what is not doubted.
    if (agent?.verdict == null || left.standing.get(uuid)?.force === 'over') continue;
    left.agents.set(uuid, { ...agent, verdict: { ...agent.verdict, rule: 'doubted', doubted } });
  }
  return left;
}

function recordUsers<User extends ListedUser>(input: ListToRecord<User>, left?: ReadonlySet<string>): RecordedAgents {
  const { panel, rules, list, now, records, hierarchy, links } = input;
  const ledger = input.charge(left);
  const sums = new AgentSums(hierarchy, asCharged(list.users, ledger), ledger.missing);
  const exempt = listExempt(rules.exempt, hierarchy.admins, records.meant);
  const shared: SharedFigures = {
    hierarchy,
    sums,
    growth: growthByAgent(ledger.growth, hierarchy),
    falls: ledger.fallsByAgent ?? new Map<string, AgentFall[]>(),
    exempt,
    heldSince: toHeldSince(records),
  };

  const agents = new Map<string, AgentRecord>();
  const standing: RecordedAgents['standing'] = new Map();
  const crossed: RecordedAgents['crossed'] = [];
  const ended: RecordedAgents['ended'] = [];
  const known = new Map(records.agents.map((agent) => [agent.uuid, agent]));
  const uuids = new Set([...known.keys(), ...hierarchy.admins.keys()]);
  uuids.delete(OWN_ACCOUNT);
  for (const uuid of uuids) {
    const before = known.get(uuid) ?? newAgent(panel, uuid);
    const { agent, judgement, crossings } = recordAgent(before, shared, input);
    agents.set(uuid, agent);
    ended.push(...listEndedPeriods(before, agent, rules));
    standing.set(uuid, judgement);
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
    admins: list.accounts.length,
    ownerName: hierarchy.admins.get(OWN_ACCOUNT)?.name ?? 'Owner',
  };
  const listed = { agents, standing, reservations, snapshot, crossed, ended };
  return { hierarchy, links, sums, ledger, users: ledger, ...listed, exempt };
}

/** Returns the users with the usage that is counted: that of before, where this list's is left to the next one. */
function asCharged(users: readonly ListedUser[], { entries, uncounted }: LedgerStep): readonly ListedUser[] {
  if (uncounted.size === 0) return users;
  return users.map((user) => {
    const key = ledgerKey(user);
    if (!uncounted.has(key)) return user;
    return { ...user, usedBytes: Math.max(0, entries.get(key)?.lastBytes ?? user.usedBytes) };
  });
}

/** Figures that all agents of a list share. */
interface SharedFigures extends Pick<RecordedAgents, 'hierarchy' | 'sums' | 'exempt'> {
  /** Bytes used since the list before, by agent, sub-agents included. */
  growth: ReadonlyMap<string, number>;
  /** Falls of the counters of an agent's own users. */
  falls: ReadonlyMap<string, AgentFall[]>;
  /** Since when users of agents are kept disabled for a limit. */
  heldSince: ReadonlyMap<string, string>;
}

function recordAgent(
  before: AgentRecord,
  { hierarchy, sums, growth, falls, exempt, heldSince }: SharedFigures,
  { rules, list, now, run, records }: ListToRecord<ListedUser>,
): { agent: AgentRecord; judgement: AgentDecision; crossings: RecordedAgents['crossed'] } {
  const { uuid, limitBytes } = before;
  const { accounting } = rules;
  const account = hierarchy.admins.get(uuid);
  const { name, role, parent } = account ?? before;
  const ledger = chargeAccount(before.account, growth.get(uuid) ?? 0, rules, records.periodNow);
  const figures = sums.getFigures(uuid, list.at);
  const usedBytes = totalTraffic(figures, accounting, ledger);
  const already = ledger?.periodStart === before.account?.periodStart ? before.thresholds : [];
  const read: AgentRecord = {
    ...{ ...before, name, role, parent, figures, account: ledger, thresholds: already },
    missingSince: account === undefined ? (before.missingSince ?? list.at) : null,
    gone: account === undefined && (before.gone || list.goneAccounts.has(uuid)),
  };
  const judgement = judgeAgent(read, { rules, exempt, heldSince });
  const { exceeded, rule } = judgement;
  const [own, former] = [falls.get(uuid), hierarchy.former.get(uuid)];
  const verdict = {
    ...{ at: now, run, accounting, limitBytes, usedBytes, exceeded, rule },
    ...(own === undefined ? {} : { falls: own }),
    ...(former === undefined ? {} : { former }),
  };
  const { thresholds } = rules;
  const marks =
    limitBytes === null ? [] : crossedThresholds({ usedBytes, allowedBytes: limitBytes, thresholds, already });
  const crossings = marks.map((percent) => ({ agent: uuid, name, percent, usedBytes, limitBytes: limitBytes ?? 0 }));
  return { agent: markExceeded({ ...read, verdict }, rules, list.at), judgement, crossings };
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
  const nothing = { parent: null, limitBytes: null, limitSince: null, account: null, figures: null, verdict: null };
  return { panel, uuid, name: '', role: 'agent', ...nothing, thresholds: [], missingSince: null, gone: false };
}
