import { crossedThresholds } from '@sluice/quota-core';
import type { AgentRules } from './agents.js';
import { AgentTrafficCalculator, totalTraffic } from './calculator.js';
import { AgentHierarchy } from './hierarchy.js';
import { judge, type Judgement } from './judge.js';
import { type LedgerLook, type LedgerStep, stepLedger } from './ledger.js';
import { accountAt } from './period.js';
import type { AgentRecord, LedgerEntry, ReservationRecord } from './records.js';
import { stepReservations } from './reservations.js';
import { type HiddifyAdmin, type HiddifyUser, SELF } from '../client/records.js';

/**
 * Why an agent is in its state. `no-limit`, `below-limit`, `full` (allocated exactly: still within), `at-or-over-limit`
 * (consumed and panel), `over-limit` (allocated), `within-release-margin` (held, no longer over, not yet low enough), `exempt`,
 * `dormant` (the account is not an agent any more), `missing` (not in the list), `unknown` (no list could be read).
 */
export type AgentRule =
  | 'no-limit'
  | 'below-limit'
  | 'full'
  | 'at-or-over-limit'
  | 'over-limit'
  | 'within-release-margin'
  | 'exempt'
  | 'dormant'
  | 'missing'
  | 'unknown';

/** An agent whose usage reached a threshold that was not announced in this period. */
export interface ThresholdCrossing {
  agent: string;
  name: string;
  percent: number;
  usedBytes: number;
  limitBytes: number;
}

/** Everything that one look at the panel gave. */
export interface ObservedList {
  /** When the list of users was asked for. */
  at: string;
  admins: readonly HiddifyAdmin[];
  users: readonly HiddifyUser[];
  /** Keys of users, and uuids of accounts, that the panel was asked about and does not have. */
  goneUsers: ReadonlySet<string>;
  goneAdmins: ReadonlySet<string>;
}

export interface RecordedList {
  hierarchy: AgentHierarchy;
  calculator: AgentTrafficCalculator;
  ledger: LedgerStep;
  /** Every agent, known before or new, after this look. */
  agents: Map<string, AgentRecord>;
  judgements: Map<string, Judgement>;
  /** Reservations that change. */
  reservations: ReservationRecord[];
  crossed: ThresholdCrossing[];
  exempt: ReadonlySet<string>;
}

/** One list, and what is remembered from those before. */
interface RecordInput {
  settings: AgentRules;
  list: ObservedList;
  now: string;
  /** The instant by which periods begin and end; default `now`. */
  periodNow?: string;
  run: string | null;
  agents: readonly AgentRecord[];
  ledger: Iterable<LedgerEntry>;
  reservations: readonly ReservationRecord[];
  /** Agents whose users are kept disabled. */
  held: ReadonlySet<string>;
  /** The list before this one, and our zeroings since. Default: none is known. */
  since?: Pick<LedgerLook, 'before' | 'zeroings'>;
}

/**
 * From what is remembered and one good list to what is to be remembered: growth charged, periods begun, figures and verdicts
 * taken. Pure; nothing in it depends on the order of the rows.
 */
export function recordList(input: RecordInput): RecordedList {
  const { settings, list, now } = input;
  const hierarchy = new AgentHierarchy(list.admins);
  const { before, zeroings } = input.since ?? { before: null, zeroings: [] };
  const made = new Set(input.reservations.map(({ uuid }) => uuid));
  const since = { at: list.at, before, zeroings, made, timeZone: settings.timeZone };
  const ledger = stepLedger(input.ledger, list.users, since, list.goneUsers);
  const calculator = new AgentTrafficCalculator(hierarchy, list.users, ledger.missing);
  const growth = growthByAgent(ledger.growth, hierarchy);
  const exempt = exemptAgents(settings.exempt, hierarchy);

  const agents = new Map<string, AgentRecord>();
  const judgements = new Map<string, Judgement>();
  const crossed: ThresholdCrossing[] = [];
  const known = new Map(input.agents.map((agent) => [agent.uuid, agent]));
  const uuids = new Set([...known.keys(), ...hierarchy.admins.keys()]);
  uuids.delete(SELF);
  const look: AgentsLook = { hierarchy, calculator, growth, exempt };
  for (const uuid of uuids) {
    const { agent, judgement, crossings } = recordAgent(known.get(uuid) ?? newAgent(uuid), look, input);
    agents.set(uuid, agent);
    judgements.set(uuid, judgement);
    crossed.push(...crossings);
  }
  const reservations = stepReservations({
    reservations: input.reservations,
    entries: ledger.entries,
    periodStartOf: (agent) => agents.get(agent)?.account?.periodStart ?? null,
    listAt: list.at,
    at: now,
  });
  return { hierarchy, calculator, ledger, agents, judgements, reservations, crossed, exempt };
}

/** What a list shows of all agents. */
interface AgentsLook {
  hierarchy: AgentHierarchy;
  calculator: AgentTrafficCalculator;
  /** What was used since the list before, by agent, sub-agents included. */
  growth: ReadonlyMap<string, number>;
  exempt: ReadonlySet<string>;
}

/** Works out one agent's record, judgement and crossed thresholds. `before` is its record as it was remembered. */
function recordAgent(
  before: AgentRecord,
  { hierarchy, calculator, growth, exempt }: AgentsLook,
  { settings, list, now, periodNow = now, run, held }: RecordInput,
): { agent: AgentRecord; judgement: Judgement; crossings: ThresholdCrossing[] } {
  const { uuid, limitBytes } = before;
  const admin = hierarchy.admins.get(uuid);
  const account = before.account === null ? null : charged(before, growth.get(uuid) ?? 0, settings, periodNow);
  const isNewPeriod = account?.periodStart !== before.account?.periodStart;
  const figures = calculator.getFigures(uuid, list.at);
  const usedBytes = totalTraffic(figures, settings.accounting, account);
  const role = admin?.role ?? before.role;
  const judgement = judge({
    accounting: settings.accounting,
    usedBytes,
    limitBytes,
    held: held.has(uuid),
    releaseBelowPercent: settings.releaseBelowPercent,
    exempt: exempt.has(uuid),
    isAgent: role === 'agent',
    missing: admin === undefined,
  });
  const already = isNewPeriod ? [] : before.thresholds;
  const marks =
    limitBytes === null
      ? []
      : crossedThresholds({ usedBytes, allowedBytes: limitBytes, thresholds: settings.thresholds, already });
  const name = admin?.name ?? before.name;
  const agent: AgentRecord = {
    ...before,
    name,
    role,
    parent: admin === undefined ? before.parent : admin.parent,
    account,
    figures,
    thresholds: [...already, ...marks].sort((a, b) => a - b),
    missingSince: admin === undefined ? (before.missingSince ?? list.at) : null,
    gone: admin === undefined && (before.gone || list.goneAdmins.has(uuid)),
    verdict: {
      at: now,
      run,
      accounting: settings.accounting,
      limitBytes,
      usedBytes,
      exceeded: judgement.exceeded,
      rule: judgement.rule,
    },
  };
  const crossings = marks.map((percent) => ({ agent: uuid, name, percent, usedBytes, limitBytes: limitBytes ?? 0 }));
  return { agent, judgement, crossings };
}

/** Uuids of the agents that are named by uuid or name as exempt. An ambiguous name exempts all that have it. */
export function exemptAgents(exempt: readonly string[], hierarchy: AgentHierarchy): Set<string> {
  const words = new Set(exempt);
  const found = new Set<string>();
  for (const [uuid, admin] of hierarchy.admins) if (words.has(uuid) || words.has(admin.name)) found.add(uuid);
  return found;
}

function growthByAgent(byOwner: ReadonlyMap<string, number>, hierarchy: AgentHierarchy): Map<string, number> {
  const growth = new Map<string, number>();
  for (const [owner, bytes] of byOwner) {
    for (const agent of hierarchy.chainOf(owner)) growth.set(agent, (growth.get(agent) ?? 0) + bytes);
  }
  return growth;
}

/** The period that is over ends first: what was used since the last look belongs to the one that is seen now. */
function charged(agent: AgentRecord, growth: number, settings: AgentRules, now: string): AgentRecord['account'] {
  if (agent.account === null) return null;
  const account = accountAt(agent.account, settings, now);
  return growth === 0 ? account : { ...account, consumedBytes: account.consumedBytes + growth };
}

function newAgent(uuid: string): AgentRecord {
  return {
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
