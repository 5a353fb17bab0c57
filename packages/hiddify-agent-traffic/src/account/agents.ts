import {
  type AgentAncestor,
  type AgentLimit,
  type AgentMemory,
  type AgentTraffic,
  SluiceError,
} from '@sluice/panel-kind';
import { agentOfSubject, type EvidenceRecord, formatBytes } from '@sluice/quota-core';
import { remainingTraffic, totalTraffic } from './calculator.js';
import { AgentTrafficChecker } from './checker.js';
import type { AgentHierarchy } from './hierarchy.js';
import { judge } from './judge.js';
import { accountAt, openAccount } from './period.js';
import type { AccountingMode, AgentPeriod, AgentRecord, ReservationRecord } from './records.js';
import { reservedBytes } from './reservations.js';
import type { UserPrior } from './user-actions.js';
import { SELF } from '../client/records.js';
import type { HiddifySettings } from '../panel/settings.js';
import type { AgentRule } from './record-list.js';

/** How agents' traffic is counted and enforced. */
export interface AgentRules {
  accounting: AccountingMode;
  period: AgentPeriod;
  /** IANA zone of the calendar that periods follow. */
  timeZone: string;
  /** Agents (uuid or name) whose limit is watched and announced but never enforced. */
  exempt: string[];
  /** Whole percent of the limit below which users are given back. */
  releaseBelowPercent: number;
  /** Whole percents announced once per crossing and period. */
  thresholds: number[];
}

/** Returns the rules of a panel's config, with defaults. */
export function agentRules({ agents }: Pick<HiddifySettings, 'agents'>, timeZone: string): AgentRules {
  return {
    accounting: agents?.accounting ?? 'consumed',
    period: agents?.period ?? 'none',
    timeZone,
    exempt: (agents?.exempt ?? []).map((agent) => agent.trim()),
    releaseBelowPercent: Math.round((agents?.releaseBelow ?? 0.95) * 100),
    thresholds: agents?.thresholds ?? [80, 90, 100],
  };
}

/** What is stored of the agents, as the rules see it, with their periods as they are now. */
export interface KnownAgents extends DescribeState {
  agents: Map<string, AgentRecord>;
  checker: AgentTrafficChecker;
}

/** Returns what is stored of the agents, as the rules see it. */
export function knownAgents(memory: AgentMemory, settings: AgentRules): KnownAgents {
  const { reservations, periodNow } = memory;
  const agents = new Map<string, AgentRecord>(
    memory.agents.map((agent) => {
      const account = agent.account === null ? null : accountAt(agent.account, settings, periodNow);
      return [agent.uuid, { ...agent, account }];
    }),
  );
  const words = new Set(settings.exempt);
  const exempt = new Set(
    [...agents.values()].flatMap(({ uuid, name }) => (words.has(uuid) || words.has(name) ? [uuid] : [])),
  );
  return {
    settings,
    agents,
    reservations,
    exempt,
    heldSince: heldSince(memory),
    disabledBelow: countDisabled(memory.evidence, agents),
    ownerName: memory.snapshot?.ownerName ?? 'Owner',
    checker: new AgentTrafficChecker({ accounting: settings.accounting, agents, reservations, exempt }),
  };
}

/** Returns since when the users of agents are kept disabled for a limit, by agent. */
export function heldSince({ holds }: Pick<AgentMemory, 'holds'>): Map<string, string> {
  const limits = holds.filter(({ reason }) => reason === 'agent-limit');
  return new Map(limits.map(({ service, since }) => [agentOfSubject(service) ?? '', since]));
}

/** Returns the agents as they are shown, by uuid. */
export function describeAll(state: KnownAgents): AgentTraffic[] {
  return [...state.agents.values()]
    .filter((agent) => isShown(agent, state))
    .map((agent) => describeAgent(agent, state))
    .sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
}

/**
 * Returns the agent that `text` means: its uuid, or its name where only one has it.
 *
 * @throws SluiceError `unknown_agent` (with the known names in `details`), `ambiguous_agent`
 */
export function findAgent(text: string, agents: ReadonlyMap<string, AgentRecord>): AgentRecord {
  const byUuid = agents.get(text.toLowerCase());
  if (byUuid !== undefined && text !== SELF) return byUuid;
  const listed = [...agents.values()].filter(({ missingSince }) => missingSince === null);
  const named = listed.filter(({ name }) => name === text);
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  if (named.length > 1) {
    throw new SluiceError('ambiguous_agent', `${named.length} agents are called "${text}". Name one by its uuid.`, {
      kind: 'panel',
      details: { uuids: named.map(({ uuid }) => uuid) },
    });
  }
  throw new SluiceError(
    'unknown_agent',
    `There is no agent with the uuid or name "${shownText(text)}" on the panel. List the agents to see them.`,
    { kind: 'panel', details: { names: listed.map(({ name }) => name) } },
  );
}

/** What somebody typed, unless it may be a key: uuids of accounts are keys. */
function shownText(text: string): string {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text) ? '***' : text.slice(0, 100);
}

/** Returns the agent and those above it, by what is stored of their parents. */
export function chainOf(uuid: string, { agents }: Pick<AgentMemory, 'agents'>): string[] {
  return rememberedChain(uuid, new Map(agents.map((agent) => [agent.uuid, agent])));
}

export interface DescribeState {
  settings: AgentRules;
  agents: ReadonlyMap<string, AgentRecord>;
  reservations: readonly ReservationRecord[];
  /** How many users below each agent we keep disabled, see `countDisabled`. */
  disabledBelow: ReadonlyMap<string, number>;
  /** Since when the users of an agent are kept disabled. */
  heldSince: ReadonlyMap<string, string>;
  exempt: ReadonlySet<string>;
  ownerName: string;
}

/** An agent as it is shown, from what is remembered alone. Pure. */
export function describeAgent(agent: AgentRecord, state: DescribeState): AgentTraffic {
  const { settings } = state;
  const figures = agent.figures ?? { at: '', allocatedBytes: 0, currentBytes: 0, users: 0 };
  const usedBytes = totalTraffic(figures, settings.accounting, agent.account);
  const heldSince = state.heldSince.get(agent.uuid) ?? null;
  const { exceeded, rule } = judge({
    accounting: settings.accounting,
    usedBytes,
    limitBytes: agent.limitBytes,
    held: heldSince !== null,
    releaseBelowPercent: settings.releaseBelowPercent,
    exempt: state.exempt.has(agent.uuid),
    isAgent: agent.role === 'agent',
    missing: agent.missingSince !== null,
  });
  return {
    uuid: agent.uuid,
    name: agent.name,
    limitBytes: agent.limitBytes,
    allocatedBytes: figures.allocatedBytes,
    usedBytes,
    remainingBytes: remainingTraffic(agent.limitBytes, usedBytes),
    exceeded,
    users: figures.users,
    usersDisabledByUs: state.disabledBelow.get(agent.uuid) ?? 0,
    accounting: settings.accounting,
    period: agent.account === null ? null : { start: agent.account.periodStart, end: agent.account.periodEnd },
    thresholds: agent.thresholds,
    ancestors: ancestorsOf(agent, state),
    reservedBytes: reservedBytes(agent, state.reservations, settings.accounting),
    rule,
    heldSince,
    at: figures.at,
  };
}

/** An account that the panel has no more is told of as long as a limit or somebody to give back is remembered of it. */
export function isShown({ uuid, gone, limitBytes }: AgentRecord, { heldSince }: DescribeState): boolean {
  return !gone || limitBytes !== null || heldSince.has(uuid);
}

/** The agent and those above it, by what is remembered of their parents. */
export function rememberedChain(uuid: string, agents: ReadonlyMap<string, AgentRecord>): string[] {
  const chain: string[] = [];
  for (let at: string | null = uuid; at !== null && at !== SELF && !chain.includes(at);) {
    chain.push(at);
    at = agents.get(at)?.parent ?? null;
  }
  return chain;
}

/** The name of the key's account, for the top of a line of ancestors. */
export function ownerNameOf(hierarchy: AgentHierarchy): string {
  return hierarchy.admins.get(SELF)?.name ?? 'Owner';
}

function ancestorsOf(agent: AgentRecord, state: DescribeState): AgentAncestor[] {
  const chain = rememberedChain(agent.uuid, state.agents);
  const above = chain.slice(1).map((uuid) => {
    const { name = 'unknown', limitBytes = null } = state.agents.get(uuid) ?? {};
    return { uuid, name, limitBytes };
  });
  const top = state.agents.get(chain.at(-1) ?? '');
  return top?.parent === SELF ? [...above, { uuid: null, name: state.ownerName, limitBytes: null }] : above;
}

/** Returns how many users are kept disabled, by every agent above them. */
export function countDisabled(
  evidence: readonly Pick<EvidenceRecord, 'prior'>[],
  agents: ReadonlyMap<string, AgentRecord>,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { prior } of evidence) {
    const { owner = null } = (prior ?? {}) as Partial<UserPrior>;
    if (owner === null) continue;
    for (const agent of rememberedChain(owner, agents)) counts.set(agent, (counts.get(agent) ?? 0) + 1);
  }
  return counts;
}

const rules: Record<AgentRule, string> = {
  'no-limit': 'It has no limit.',
  'below-limit': 'That is below its limit.',
  full: 'That is exactly its limit, which is allowed for what is sold.',
  'at-or-over-limit': 'That reaches its limit: its users are disabled.',
  'over-limit': 'That is over its limit: its users are disabled.',
  'within-release-margin': 'That is below its limit but not low enough to give its users back.',
  exempt: 'It is exempt: the limit is watched and not enforced.',
  dormant: 'The account is no agent any more, so the limit rests.',
  missing: "It is not in the panel's list any more, so nothing is changed.",
  unknown: 'The panel could not be read, so nothing is changed.',
};

/** Says why an agent is in its state. */
export function explainAgent(agent: AgentTraffic, now: string): string {
  const limit = agent.limitBytes === null ? 'no limit' : `a limit of ${formatBytes(agent.limitBytes)}`;
  const period = agent.period === null ? '' : ` since ${agent.period.start}`;
  const what = { allocated: 'sold', consumed: `consumed${period}`, panel: 'shown as used' }[agent.accounting];
  const reserved = agent.reservedBytes === 0 ? '' : ` and ${formatBytes(agent.reservedBytes)} promised`;
  const held =
    agent.heldSince === null
      ? ''
      : ` Held since ${agent.heldSince}; ${agent.usersDisabledByUs} users are disabled by us.`;
  const rule = rules[agent.rule as AgentRule];
  return `At ${now} agent "${agent.name}" has ${limit}, ${formatBytes(agent.usedBytes)} ${what}${reserved}. ${rule}${held}`;
}

/** The rules and the time of a change to limits. */
interface LimitContext {
  settings: AgentRules;
  now: string;
  /** The instant by which periods begin and end. */
  periodNow: string;
}

/** Returns the agents with their new limits, in the order of the limits. An agent that is named twice has the last one. */
export function withLimits(
  known: ReadonlyMap<string, AgentRecord>,
  limits: readonly AgentLimit[],
  context: LimitContext,
): AgentRecord[] {
  for (const { limitBytes, opening } of limits) {
    checkLimit(limitBytes);
    if (typeof opening === 'object') checkLimit(opening.bytes);
  }
  const agents = new Map(known);
  return limits.map((limit) => {
    const agent = withLimit(findAgent(limit.agent, agents), limit, context);
    agents.set(agent.uuid, agent);
    return agent;
  });
}

function withLimit(
  agent: AgentRecord,
  { limitBytes, opening }: AgentLimit,
  { settings, now, periodNow }: LimitContext,
): AgentRecord {
  if (limitBytes !== null && agent.role !== 'agent') {
    throw new SluiceError(
      'not_an_agent',
      `Account "${agent.name}" is no agent but ${agent.role}; only agents have limits.`,
      { kind: 'panel' },
    );
  }
  const { period, timeZone } = settings;
  const current = agent.figures?.currentBytes ?? 0;
  const isFirst = agent.account === null && limitBytes !== null;
  const begin = opening ?? (isFirst ? 'current' : null);
  const openingBytes = begin === 'current' ? current : begin === 'zero' || begin === null ? 0 : begin.bytes;
  const usedNow = begin === null ? null : openingBytes;
  return {
    ...agent,
    limitBytes,
    limitSince: limitBytes === agent.limitBytes ? agent.limitSince : now,
    account: begin === null ? agent.account : openAccount({ period, timeZone, now: periodNow, openingBytes }),
    thresholds: stillReached(agent, limitBytes, usedNow),
  };
}

/** Marks that the agent is below again by the new limit may be announced again. */
function stillReached(agent: AgentRecord, limitBytes: number | null, openingBytes: number | null): number[] {
  if (limitBytes === null) return [];
  const used = openingBytes ?? agent.verdict?.usedBytes ?? 0;
  return agent.thresholds.filter((percent) => BigInt(used) * 100n >= BigInt(limitBytes) * BigInt(percent));
}

function checkLimit(bytes: number | null): void {
  if (bytes === null || (Number.isSafeInteger(bytes) && bytes >= 0)) return;
  throw new SluiceError('invalid_limit', 'A traffic limit has to be whole bytes from 0, or none.', { kind: 'panel' });
}
