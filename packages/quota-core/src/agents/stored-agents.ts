import { type AgentRecord, type AgentReservationRecord, findSubjectAgent } from '@sluice/quota-core';
import { isSuspension } from './agent-holds.js';
import { AgentChecker } from './checker.js';
import { type AgentDecision, decideAgent, isLimitExceeded } from './decide-agent.js';
import { countDisabledSince, countEnabledSince, listDisabled } from './disabled-users.js';
import { isBelowOwn, listChain, OWN_ACCOUNT } from './hierarchy.js';
import { accountAt } from './period.js';
import type { AgentRecords } from './records.js';
import { reservedBytes } from './reserved.js';
import type { AgentRules } from './rules.js';
import { remainingTraffic, totalTraffic } from './sums.js';
import type { AgentAncestor, AgentSuspension, AgentTraffic, CreationCheck, DisabledUsers } from './traffic.js';

/** The stored agents of a panel under its rules, each in its current period. */
export interface StoredAgents {
  rules: AgentRules;
  agents: Map<string, AgentRecord>;
  reservations: readonly AgentReservationRecord[];
  exempt: ReadonlySet<string>;
  /** Since when the users of an agent are kept disabled for its limit. */
  heldSince: ReadonlyMap<string, string>;
  /** The suspensions of agents by operators. */
  suspensions: ReadonlyMap<string, AgentSuspension>;
  /** What follows from the limit of each agent. */
  judged: ReadonlyMap<string, AgentDecision>;
  /** Users that Sluice keeps disabled, by every agent above them, and for which agent. */
  disabledBelow: ReadonlyMap<string, DisabledUsers[]>;
  /** How many users were disabled since the figures of an agent above them were read. */
  disabledSince: ReadonlyMap<string, number>;
  /** How many of those that were disabled then were enabled since. */
  enabledSince: ReadonlyMap<string, number>;
  /** Name of the key's account. */
  ownerName: string;
  checker: AgentChecker;
}

/** Converts what the store has of the agents. */
export function toStoredAgents(records: AgentRecords, rules: AgentRules): StoredAgents {
  const { reservations, periodNow } = records;
  const agents = new Map<string, AgentRecord>(
    records.agents.map((agent) => {
      const account = agent.account === null ? null : accountAt(agent.account, rules, periodNow);
      return [agent.uuid, { ...agent, account }];
    }),
  );
  const exempt = listExempt(rules.exempt, agents, records.meant);
  const heldSince = toHeldSince(records);
  const judged = new Map([...agents].map(([uuid, agent]) => [uuid, judgeAgent(agent, { rules, exempt, heldSince })]));
  return {
    rules,
    agents,
    reservations,
    exempt,
    heldSince,
    suspensions: toSuspensions(records),
    judged,
    disabledBelow: listDisabled(records, { agents, judged, exempt }),
    disabledSince: countDisabledSince(records, agents),
    enabledSince: countEnabledSince(records, agents),
    ownerName: records.snapshot?.ownerName ?? 'Owner',
    checker: new AgentChecker({ accounting: rules.accounting, agents, reservations, exempt }),
  };
}

/** Figures of an agent that was not read yet. */
const NO_FIGURES = { at: '', allocatedBytes: 0, currentBytes: 0, users: 0, enabledUsers: 0 };

/** Decides on an agent by its figures, as the store has them. */
export function judgeAgent(
  { uuid, role, limitBytes, account, figures, missingSince }: AgentRecord,
  { rules, exempt, heldSince }: Pick<StoredAgents, 'rules' | 'exempt' | 'heldSince'>,
): AgentDecision {
  const usedBytes = totalTraffic(figures ?? NO_FIGURES, rules.accounting, account);
  const [isAgent, missing] = [role === 'agent', missingSince !== null];
  const [held, isExempt] = [heldSince.has(uuid), exempt.has(uuid)];
  return decideAgent({ usedBytes, limitBytes, held, exempt: isExempt, isAgent, missing }, rules);
}

/**
 * Returns the uuids of the agents that are exempt by uuid or name. An agent may change its name, so that a name means the one that had it
 * alone when it was first read (`meant`), and nobody while several have it. A former uuid means the agent that has another one since.
 */
export function listExempt(
  exempt: readonly string[],
  agents: ReadonlyMap<string, { name: string; missingSince?: string | null }>,
  meant: AgentRecords['meant'] = new Map(),
): Set<string> {
  const findNamed = (name: string): string | null => {
    const isNamed = (agent: { name: string; missingSince?: string | null }): boolean =>
      agent.name === name && (agent.missingSince ?? null) === null;
    const named = [...agents].filter(([uuid, agent]) => uuid !== OWN_ACCOUNT && isNamed(agent));
    const [only] = named;
    return only !== undefined && named.length === 1 ? only[0] : null;
  };
  const uuids = exempt.map((word) => {
    const uuid = word.toLowerCase();
    return meant.get(word) ?? meant.get(uuid) ?? (agents.has(uuid) ? uuid : findNamed(word));
  });
  return new Set(uuids.flatMap((uuid) => (uuid !== null && agents.has(uuid) ? [uuid] : [])));
}

/** Returns since when the users of agents are kept disabled for a limit, by agent. */
export function toHeldSince({ holds }: Pick<AgentRecords, 'holds'>): Map<string, string> {
  const limits = holds.filter(({ reason }) => reason === 'agent-limit');
  return new Map(limits.map(({ service, since }) => [findSubjectAgent(service) ?? '', since]));
}

/** Returns the open suspensions, by agent. */
function toSuspensions({ holds, actors }: Pick<AgentRecords, 'holds' | 'actors'>): Map<string, AgentSuspension> {
  return new Map(
    holds.filter(isSuspension).map(({ id, service, since, note }) => {
      return [findSubjectAgent(service) ?? '', { since, by: actors?.get(id) ?? null, note }];
    }),
  );
}

/** Returns whether `bytes` more fit under the limit of every agent of a chain, and none of them is suspended. */
export function checkCreation(
  { agents, suspensions, checker }: StoredAgents,
  chain: readonly string[],
  bytes: number,
): CreationCheck {
  const check = checker.canCreateUserWithTraffic(chain, bytes);
  const suspended = chain.find((agent) => suspensions.has(agent)) ?? null;
  if (suspended === null) return check;
  const { name = '' } = agents.get(suspended) ?? {};
  const reason = `Agent "${name}" is suspended, so no user can be created below it.`;
  return { ...check, allowed: false, reason, suspended: name };
}

/** Returns the agents as they are shown, by uuid. An account that is gone is shown while it has a limit or a hold, or if `also` names it. */
export function describeAgents(stored: StoredAgents, also: readonly string[] = []): AgentTraffic[] {
  const isHeld = (uuid: string): boolean => stored.heldSince.has(uuid) || stored.suspensions.has(uuid);
  return [...stored.agents.values()]
    .filter(({ uuid, gone, limitBytes }) => !gone || limitBytes !== null || isHeld(uuid) || also.includes(uuid))
    .map((agent) => describeAgent(agent, stored))
    .sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
}

function describeAgent(agent: AgentRecord, stored: StoredAgents): AgentTraffic {
  const { accounting, releaseBelowPercent } = stored.rules;
  const { uuid, name, limitBytes, account, thresholds } = agent;
  const figures = agent.figures ?? NO_FIGURES;
  const usedBytes = totalTraffic(figures, accounting, account);
  const heldSince = stored.heldSince.get(uuid) ?? null;
  const disabledFor = stored.disabledBelow.get(uuid) ?? [];
  const judged = stored.judged.get(uuid) ?? judgeAgent(agent, stored);
  const { exceeded } = judged;
  const usersDisabledByUs = disabledFor.reduce((sum, cause) => sum + cause.users, 0);
  // The list is older than what was changed since.
  const since = (stored.enabledSince.get(uuid) ?? 0) - (stored.disabledSince.get(uuid) ?? 0);
  const doubted = toDoubt(agent, judged.force, accounting);
  return {
    uuid,
    name,
    limitBytes,
    allocatedBytes: figures.allocatedBytes,
    usedBytes,
    remainingBytes: remainingTraffic(limitBytes, usedBytes),
    exceeded,
    doubted,
    users: figures.users,
    enabledUsers: Math.max(0, Math.min(figures.enabledUsers + since, figures.users - usersDisabledByUs)),
    usersDisabledByUs,
    disabledFor,
    accounting,
    releaseBelowPercent,
    period: account === null ? null : { start: account.periodStart, end: account.periodEnd },
    thresholds,
    ancestors: listAncestors(uuid, stored),
    reservedBytes: reservedBytes(agent, stored.reservations, accounting),
    rule: doubted === null ? judged.rule : 'doubted',
    heldSince,
    suspended: stored.suspensions.get(uuid) ?? null,
    at: figures.at,
  };
}

/** Returns what is doubted of an agent; null where its limit would not be exceeded by it any more, or is exceeded anyhow. */
function toDoubt(
  { verdict, limitBytes }: AgentRecord,
  force: AgentDecision['force'],
  accounting: AgentRules['accounting'],
): AgentTraffic['doubted'] {
  const doubted = verdict?.doubted;
  if (doubted === undefined || limitBytes === null || force === 'over') return null;
  const { at, usedBytes } = doubted;
  return isLimitExceeded(accounting, usedBytes, limitBytes) ? { at, usedBytes } : null;
}

function listAncestors(agent: string, { agents, ownerName }: StoredAgents): AgentAncestor[] {
  const above = listChain(agent, agents)
    .slice(1)
    .map((uuid) => {
      const { name = 'unknown', limitBytes = null } = agents.get(uuid) ?? {};
      return { uuid, name, limitBytes };
    });
  return isBelowOwn(agent, agents) ? [...above, { uuid: null, name: ownerName, limitBytes: null }] : above;
}
