import {
  AGENT_STEPS,
  type AgentRecord,
  type EvidenceRecord,
  findSubjectAgent,
  findSubjectUser,
} from '@sluice/quota-core';
import { isSuspension } from './agent-holds.js';
import type { AgentDecision } from './decide-agent.js';
import { listChain } from './hierarchy.js';
import type { AgentRecords } from './records.js';
import type { DisabledUsers } from './traffic.js';

/** The stored agents, and what follows from their limits. */
export interface JudgedAgents {
  agents: ReadonlyMap<string, AgentRecord>;
  judged: ReadonlyMap<string, AgentDecision>;
  exempt: ReadonlySet<string>;
}

/**
 * Returns which agents' limits and suspensions keep users disabled, for every agent above such a user: a user of a sub-agent
 * counts for both, and is disabled for one. Those that their own agents disabled are left out.
 */
export function listDisabled(records: AgentRecords, stored: JudgedAgents): Map<string, DisabledUsers[]> {
  const { agents } = stored;
  const found = new Map<string, DisabledUsers[]>();
  for (const item of records.evidence.filter(({ service }) => findSubjectUser(service) === null)) {
    const chain = listChain(findOwner(item, records), agents);
    const cause = findCause(item, chain, records, stored) ?? { uuid: chain[0] ?? '', reason: 'limit' as const };
    for (const [index, agent] of chain.entries()) {
      const counted = found.get(agent) ?? [];
      const same = counted.find(({ uuid, reason }) => uuid === cause.uuid && reason === cause.reason);
      if (same !== undefined) same.users += 1;
      else {
        const name = agents.get(cause.uuid)?.name ?? 'unknown';
        counted.push({ ...cause, name, users: 1, above: chain.indexOf(cause.uuid) > index });
      }
      found.set(agent, counted);
    }
  }
  return found;
}

/** Returns for which agent users are disabled, by the ids of their evidence; those that no agent keeps disabled are left out. */
export function listCauses(records: AgentRecords, stored: JudgedAgents): Map<string, string> {
  return new Map(
    records.evidence.flatMap((item) => {
      if (findSubjectUser(item.service) !== null) return [];
      const cause = findCause(item, listChain(findOwner(item, records), stored.agents), records, stored);
      return cause === null ? [] : [[item.id, cause.uuid] as const];
    }),
  );
}

/** Returns the owner of a disabled user: the present one where it is known. */
function findOwner({ target, prior }: EvidenceRecord, { owners }: Pick<AgentRecords, 'owners'>): string | null {
  const { owner = null } = (prior ?? {}) as { owner?: string | null };
  return owners?.get(target) ?? owner;
}

/** Returns how many users were disabled since the figures of each agent above them were read. */
export function countDisabledSince(
  records: Pick<AgentRecords, 'evidence' | 'owners'>,
  agents: ReadonlyMap<string, AgentRecord>,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of records.evidence) {
    const { since } = item;
    for (const agent of listChain(findOwner(item, records), agents)) {
      if (since >= (agents.get(agent)?.figures?.at ?? '')) counts.set(agent, (counts.get(agent) ?? 0) + 1);
    }
  }
  return counts;
}

/** Returns how many users, disabled when the figures of each agent above them were read, Sluice has enabled since. */
export function countEnabledSince(
  { applied = [] }: Pick<AgentRecords, 'applied'>,
  agents: ReadonlyMap<string, AgentRecord>,
): Map<string, number> {
  const switched = applied.filter(({ type }) => type === AGENT_STEPS.enable || type === AGENT_STEPS.disable);
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (const { type, target, prior, observed, plannedAt } of switched) {
    const { owner = null } = (observed ?? prior ?? {}) as { owner?: string | null };
    const chain = listChain(owner, agents).filter((agent) => plannedAt >= (agents.get(agent)?.figures?.at ?? ''));
    // The first change says how the user was read.
    if (chain.length === 0 || seen.has(target)) continue;
    seen.add(target);
    if (type === AGENT_STEPS.enable) for (const agent of chain) counts.set(agent, (counts.get(agent) ?? 0) + 1);
  }
  return counts;
}

/**
 * Returns for which agent a user is disabled; null where none keeps it disabled any more. The hold of a service may not name it: it is
 * the nearest that restricts.
 */
function findCause(
  { hold, service }: EvidenceRecord,
  chain: readonly string[],
  { holds }: Pick<AgentRecords, 'holds'>,
  { judged, exempt }: JudgedAgents,
): Pick<DisabledUsers, 'uuid' | 'reason'> | null {
  const own = findSubjectAgent(service);
  if (own !== null) {
    const { reason = 'agent-limit' } = holds.find(({ id }) => id === hold) ?? {};
    return { uuid: own, reason: isSuspension({ reason }) ? 'suspension' : 'limit' };
  }
  const isHeld = (agent: string, suspended: boolean): boolean =>
    holds.some((one) => findSubjectAgent(one.service) === agent && isSuspension(one) === suspended);
  // No limit counts for the users of an exempt agent.
  const limiting = exempt.has(chain[0] ?? '') ? [] : chain;
  const limited = limiting.find((agent) => isHeld(agent, false));
  const suspended = chain.find((agent) => isHeld(agent, true));
  if (limited === undefined && suspended !== undefined) return { uuid: suspended, reason: 'suspension' };
  const keeping = limited ?? limiting.find((agent) => (judged.get(agent)?.force ?? 'free') !== 'free');
  return keeping === undefined ? null : { uuid: keeping, reason: 'limit' };
}
