import { type AgentLimit, SluiceError } from '@sluice/panel-kind';
import { findAgent } from './memory.js';
import { openAccount } from './period.js';
import type { AgentRecord } from './records.js';
import type { AgentRules } from './settings.js';

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
