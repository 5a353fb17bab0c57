import type { AgentDetail, AgentView } from '@sluice/engine';
import { BYTES_PER_GB } from '@sluice/quota-core';

/** An agent in the list of the add-on's API; GB are not rounded there. */
export interface AgentListEntry {
  /** The uuid: the panel's API never shows the integer id that the add-on used. */
  agent_id: string;
  agent_name: string;
  agent_uuid: string;
  total_traffic_bytes: number;
  total_traffic_GB: number;
  traffic_limit_GB: number | null;
  remaining_traffic_GB: number | null;
  is_limit_exceeded: boolean;
  users_count: number;
}

/** An agent's statistics by the names of the add-on; GB and percentages have two decimals, the limit all of its own. */
export interface AgentStats extends AgentListEntry {
  /** Null where the add-on on the panel keeps the limits. */
  active_users_count: number | null;
  /** Not capped at 100; null without a limit, and for a limit of nothing. */
  usage_percentage: number | null;
}

/** Returns an agent as the add-on's list has it. */
export function toListEntry(agent: AgentView): AgentListEntry {
  const { uuid, limitBytes, remainingBytes } = agent;
  return {
    agent_id: uuid,
    agent_name: agent.name,
    agent_uuid: uuid,
    total_traffic_bytes: agent.usedBytes,
    total_traffic_GB: agent.usedBytes / BYTES_PER_GB,
    traffic_limit_GB: limitBytes === null ? null : limitBytes / BYTES_PER_GB,
    remaining_traffic_GB: remainingBytes === null ? null : remainingBytes / BYTES_PER_GB,
    is_limit_exceeded: agent.exceeded,
    users_count: agent.users,
  };
}

/** Returns the statistics of an agent as the add-on reports them. */
export function toStats(agent: AgentDetail): AgentStats {
  const { usedBytes, limitBytes } = agent;
  const entry = toListEntry(agent);
  const { remaining_traffic_GB: remaining } = entry;
  return {
    ...entry,
    total_traffic_GB: toHundredths(entry.total_traffic_GB),
    remaining_traffic_GB: remaining === null ? null : toHundredths(remaining),
    active_users_count: agent.enabledUsers,
    usage_percentage: limitBytes === null || limitBytes === 0 ? null : toHundredths((usedBytes / limitBytes) * 100),
  };
}

function toHundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
