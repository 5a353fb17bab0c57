import { count, name, text, textOrNull } from '@sluice/contract/documents';
import * as z from 'zod';

const gigabytes = z.number().describe('GB of 1024³ bytes');
// The panel's API never shows the integer id that the add-on used.
const agentId = z.union([count, text]).describe('The id in agents.addonIds, else the uuid');
const listed = {
  agent_id: agentId,
  agent_name: text,
  agent_uuid: text,
  total_traffic_bytes: count,
  total_traffic_GB: gigabytes,
  traffic_limit_GB: gigabytes.nullable(),
  remaining_traffic_GB: gigabytes.nullable(),
  is_limit_exceeded: z.boolean(),
  users_count: count,
};

/** Sizes in requests: a number of GB, or null for no limit. */
const size = z.number().min(0).nullable().describe('GB of 1024³ bytes');

const listEntry = z.object(listed);
/** An agent in the list of the add-on's API; GB are not rounded there. */
export type AgentListEntry = z.infer<typeof listEntry>;

/** `GET /agents/traffic`. */
export const agentList = z.object({ agents: z.array(listEntry), count });
/** `GET /agents/:agent/traffic`. */
export const agentStats = name(
  'AgentTrafficStats',
  z.object({ ...listed, active_users_count: count.nullable(), usage_percentage: z.number().nullable() }),
);
/** An agent's statistics by the names of the add-on; GB and percentages have two decimals, the limit all of its own. */
export type AgentStats = z.infer<typeof agentStats>;

export const limitRequest = z.object({ traffic_limit_GB: size });
export const limitChanged = z.object({ message: text, agent_id: agentId, traffic_limit_GB: gigabytes.nullable() });
export const checkResult = z.object({ message: text, was_exceeded: z.boolean(), stats: agentStats });
export const allChecked = z.object({ message: text, exceeded_agents_count: count });
export const creationRequest = z.object({ user_traffic_limit_GB: size });
export const creationResult = z.object({ can_create: z.boolean(), error_message: textOrNull, agent_stats: agentStats });
/** Errors of these calls, which are the add-on's. */
export const addonFailure = name('AgentTrafficError', z.object({ error: text }));
