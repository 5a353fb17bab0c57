import type { AgentAncestor, AgentTraffic } from '@sluice/panel-kind';
import type { EvidenceRecord } from '@sluice/quota-core';
import { SELF } from '../client/records.js';
import type { UserPrior } from '../steps/user-actions.js';
import { remainingTraffic, totalTraffic } from './calculator.js';
import type { AgentHierarchy } from './hierarchy.js';
import { judge } from './judge.js';
import type { AgentRecord, ReservationRecord } from './records.js';
import { reservedBytes } from './reserved.js';
import type { AgentRules } from './settings.js';

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
