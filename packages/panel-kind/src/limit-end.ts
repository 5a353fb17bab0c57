import type { AgentTraffic } from '@sluice/quota-core/agents';

/**
 * What ends that users are kept disabled for the limit of an agent. `usage`: a check that reads less than `belowPercent` of its limit
 * (`isOver`: whether the limit is exceeded now). `check`: the next check. `doubt`: the next check decides, since the usage is doubted.
 * `suspension`: no check before the agent's suspension ends. `nothing`: no check, while the account is not an agent on the panel and
 * has a limit.
 */
export type LimitEnd =
  | { by: 'usage'; isOver: boolean; belowPercent: number | null }
  | { by: 'check' | 'doubt' | 'suspension' | 'nothing' };

/** Rules under which checks change nothing for an agent. */
const UNCHECKED: readonly (string | null)[] = ['missing', 'dormant', 'unknown'];

/** Returns what ends, by the last figures, that users are kept disabled for an agent's limit. */
export function findLimitEnd(
  agent: Pick<AgentTraffic, 'limitBytes' | 'exceeded' | 'suspended'> & {
    rule: string | null;
    releaseBelowPercent: number | null;
  },
): LimitEnd {
  const { rule, limitBytes, exceeded, suspended, releaseBelowPercent: belowPercent } = agent;
  if (suspended !== null) return { by: 'suspension' };
  if (limitBytes === null) return { by: 'check' };
  if (UNCHECKED.includes(rule)) return { by: 'nothing' };
  if (rule === 'exempt') return { by: 'check' };
  if (exceeded) return { by: 'usage', isOver: true, belowPercent };
  if (rule === 'within-release-margin') return { by: 'usage', isOver: false, belowPercent };
  return { by: rule === 'doubted' ? 'doubt' : 'check' };
}

/** An agent above users, and what ends that it keeps them disabled; `check`: it keeps none. */
export interface AgentEnd {
  uuid: string;
  name: string;
  /** Whether its users are disabled for its own limit. */
  isHeld: boolean;
  end: LimitEnd;
}

/** Returns what ends, by the last figures, that an agent keeps users below it disabled. */
export function toAgentEnd(agent: AgentTraffic): AgentEnd {
  const { uuid, name, heldSince } = agent;
  return { uuid, name, isHeld: heldSince !== null, end: findLimitEnd(agent) };
}

/** Returns whether an agent keeps the users below it disabled. A user is enabled only where no agent above it does. */
export function keepsDisabled({ end }: Pick<AgentEnd, 'end'>): boolean {
  return end.by !== 'check';
}
