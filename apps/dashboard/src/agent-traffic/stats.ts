import type { AgentDetail, AgentView } from '@sluice/engine';
import { BYTES_PER_GB } from '@sluice/quota-core';
import type { AgentListEntry, AgentStats } from './schemas.js';

/** The ids that the config states, by agents. */
export type AgentIds = ReadonlyMap<string, number>;

/** Returns the key of an agent among those of all panels. */
export function agentKey({ panel, uuid }: Pick<AgentView, 'panel' | 'uuid'>): string {
  return `${panel} ${uuid}`;
}

/** Returns an agent as the add-on's list has it. */
export function toListEntry(agent: AgentView, ids: AgentIds): AgentListEntry {
  const { uuid, limitBytes, remainingBytes } = agent;
  return {
    agent_id: ids.get(agentKey(agent)) ?? uuid,
    agent_name: agent.name,
    agent_uuid: uuid,
    total_traffic_bytes: agent.usedBytes,
    total_traffic_GB: agent.usedBytes / BYTES_PER_GB,
    traffic_limit_GB: toGigabytes(limitBytes),
    remaining_traffic_GB: toGigabytes(remainingBytes),
    is_limit_exceeded: agent.exceeded,
    users_count: agent.users,
  };
}

/** Returns the statistics of an agent as the add-on reports them. */
export function toStats(agent: AgentDetail, ids: AgentIds): AgentStats {
  const { usedBytes, limitBytes } = agent;
  const entry = toListEntry(agent, ids);
  const { remaining_traffic_GB: remaining } = entry;
  return {
    ...entry,
    total_traffic_GB: toHundredths(entry.total_traffic_GB),
    remaining_traffic_GB: remaining === null ? null : toHundredths(remaining),
    // Null where the add-on on the panel keeps the limits.
    active_users_count: agent.enabledUsers,
    // Not capped at 100; null without a limit, and for a limit of nothing.
    usage_percentage: limitBytes === null || limitBytes === 0 ? null : toHundredths((usedBytes / limitBytes) * 100),
  };
}

/** Returns bytes as GB; null for no limit. */
export function toGigabytes(bytes: number | null): number | null {
  return bytes === null ? null : bytes / BYTES_PER_GB;
}

function toHundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
