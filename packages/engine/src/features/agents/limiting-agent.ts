import type { AgentExplained, Explanation } from '@sluice/contract/documents';
import { findLimitEnd, type LimitEnd } from '@sluice/panel-kind';
import { readLimitingAgent } from '../../kernel/subject/agent-hold.js';

/** The agent whose limit holds a service, and what ends that. */
export interface LimitingAgent {
  name: string;
  end: LimitEnd;
}

/** Returns what the limit of an agent that holds a service is now, as in `is over its limit`. */
export function describeLimitNow(agent: Pick<LimitingAgent, 'end'> | null): string {
  if (agent === null) return 'was over its limit';
  const { end } = agent;
  if (end.by === 'usage')
    return end.isOver ? 'is over its limit' : 'was over its limit, and is below it now, but not low enough';
  return end.by === 'check' ? 'was over its limit, and is within it now' : 'was over its limit';
}

/** Returns how low an agent has to be for its users to be released, as a sentence without its end. */
export function describeRelease({ belowPercent }: Pick<Extract<LimitEnd, { by: 'usage' }>, 'belowPercent'>): string {
  const low = belowPercent === null ? 'a usage low enough for' : `less than ${belowPercent} % of`;
  return `It is released by the first check of agents that reads ${low} the limit of its agent`;
}

/** Returns the agent whose limit holds a service, as last read; null for none, and where the store does not have it. */
export async function findLimitingAgent(
  { agents }: { agents: { explain(agent: string, options: { panel: string }): Promise<AgentExplained> } },
  { service: { panel }, holds }: Pick<Explanation, 'service' | 'holds'>,
): Promise<LimitingAgent | null> {
  const [named] = holds.flatMap((hold) => (hold.until === null ? (readLimitingAgent(hold) ?? []) : []));
  if (named === undefined) return null;
  try {
    const agent = await agents.explain(named, { panel });
    return { name: agent.name, end: findLimitEnd(agent) };
  } catch {
    return null;
  }
}
