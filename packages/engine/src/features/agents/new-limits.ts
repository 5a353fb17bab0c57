import { type AgentLimit, type PanelAgents, SluiceError } from '@sluice/panel-kind';
import { type AgentRecord, crossedThresholds } from '@sluice/quota-core';
import { type AgentRecords, type AgentRules, openAccount } from '@sluice/quota-core/agents';
import { findAgent, toStored } from './stored.js';

/**
 * Returns the agents with their new limits, in the order of the limits. An agent that is named twice has the last one.
 *
 * @throws SluiceError `invalid_limit`, `unknown_agent`, `ambiguous_agent`, `not_an_agent`
 */
export function withLimits(
  on: Pick<PanelAgents, 'rules'>,
  records: AgentRecords,
  limits: readonly AgentLimit[],
  now: string,
): AgentRecord[] {
  for (const { limitBytes, opening, firstOpening } of limits) {
    checkLimit(limitBytes);
    for (const stated of [opening, firstOpening]) if (typeof stated === 'object') checkLimit(stated.bytes);
  }
  const agents = new Map(toStored(on, records).agents);
  const times = { now, periodNow: records.periodNow };
  return limits.map((limit) => {
    const found = findAgent(limit.agent, records);
    const agent = withLimit(agents.get(found.uuid) ?? found, limit, on.rules, times);
    agents.set(agent.uuid, agent);
    return agent;
  });
}

function withLimit(
  agent: AgentRecord,
  { limitBytes, opening, firstOpening }: AgentLimit,
  { period, timeZone }: AgentRules,
  { now, periodNow }: { now: string; periodNow: string },
): AgentRecord {
  if (limitBytes !== null && agent.role !== 'agent') {
    throw new SluiceError(
      'not_an_agent',
      `Account "${agent.name}" is not an agent but ${agent.role}; only agents have limits.`,
      { kind: 'panel' },
    );
  }
  const isFirst = agent.account === null && limitBytes !== null;
  const begin = opening ?? (isFirst ? (firstOpening ?? 'current') : null);
  const opened = { current: agent.figures?.currentBytes ?? 0, zero: 0 };
  const openingBytes = begin === null ? null : typeof begin === 'object' ? begin.bytes : opened[begin];
  return {
    ...agent,
    limitBytes,
    limitSince: limitBytes === agent.limitBytes ? agent.limitSince : now,
    account: openingBytes === null ? agent.account : openAccount({ period, timeZone, now: periodNow, openingBytes }),
    thresholds: listReached(agent, limitBytes, openingBytes),
  };
}

/** Returns the thresholds still reached under the new limit; all others may be reported again. */
function listReached(agent: AgentRecord, limitBytes: number | null, openingBytes: number | null): number[] {
  if (limitBytes === null) return [];
  const used = openingBytes ?? agent.verdict?.usedBytes ?? 0;
  return crossedThresholds({ usedBytes: used, allowedBytes: limitBytes, thresholds: agent.thresholds, already: [] });
}

function checkLimit(bytes: number | null): void {
  if (bytes === null || (Number.isSafeInteger(bytes) && bytes >= 0)) return;
  throw new SluiceError('invalid_limit', 'A traffic limit must be a whole number of bytes (0 or more), or none.', {
    kind: 'panel',
  });
}
