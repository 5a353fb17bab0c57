import type { AgentExplained, Explanation } from '@sluice/contract/documents';
import { findLimitEnd, type LimitEnd } from '@sluice/panel-kind';
import { readLimitingAgent } from '../../kernel/subject/agent-hold.js';

/** The agent whose limit holds a service, and what ends that. */
export interface LimitingAgent {
  name: string;
  /** Whether it stands above the agent that the hold names. */
  isAbove: boolean;
  end: LimitEnd;
}

/** Returns what the limit of an agent that holds a service is now, as in `is over its limit`. */
export function describeLimitNow(agent: LimitingAgent | null): string {
  if (agent === null) return 'was over its limit';
  const { name, isAbove, end } = agent;
  if (isAbove) return `was over its limit, and agent "${name}" above it ${describeAbove(end)}`;
  if (end.by === 'usage')
    return end.isOver ? 'is over its limit' : 'was over its limit, and is below it now, but not low enough';
  return end.by === 'check' ? 'was over its limit, and is within it now' : 'was over its limit';
}

function describeAbove(end: LimitEnd): string {
  if (end.by === 'suspension') return 'is suspended';
  if (end.by !== 'usage') return 'may be over its own';
  return end.isOver ? 'is over its own' : 'is not low enough below its own';
}

/** Returns what releases the service, as a sentence without its stop: a command can follow it. */
export function describeLimitEnd({ name, isAbove, end }: LimitingAgent): string {
  switch (end.by) {
    case 'usage': {
      const low = end.belowPercent === null ? 'a usage low enough for' : `less than ${end.belowPercent} % of`;
      const whose = isAbove ? `agent "${name}"` : 'its agent';
      return `It is released by the first check of agents that reads ${low} the limit of ${whose}, such as with a higher one`;
    }
    case 'suspension':
      return 'No check of agents releases it while the agent is suspended';
    case 'nothing':
      return 'No check of agents releases it while the account is not an agent on the panel';
    case 'doubt':
      return 'The next check of agents decides';
    case 'check':
      return 'The next check of agents releases it';
  }
}

/**
 * Returns the agent whose limit holds a service, as last read: the one that its hold names, or the nearest above it which keeps the
 * users of that one disabled. Null for none, and where the store does not have it.
 */
export async function findLimitingAgent(
  { agents }: { agents: { explain(agent: string, options: { panel: string }): Promise<AgentExplained> } },
  { service: { panel }, holds, brake }: Pick<Explanation, 'service' | 'holds' | 'brake'>,
): Promise<LimitingAgent | null> {
  const [named] = holds.flatMap((hold) => (hold.until === null ? (readLimitingAgent(hold) ?? []) : []));
  if (named === undefined) return null;
  const explain = (agent: string): Promise<AgentExplained> => agents.explain(agent, { panel });
  try {
    const agent = await explain(named);
    const found = { name: agent.name, isAbove: false, end: findLimitEnd(agent) };
    if (found.end.by !== 'check') return found;
    const above = await findAbove(explain, agent);
    if (above !== null) return above;
    // A check that the brake stopped decides again.
    return brake?.subjects === 'agents' ? { ...found, end: { by: 'doubt' } } : found;
  } catch {
    return null;
  }
}

/** Returns the nearest agent above one that keeps its users disabled; null where none does. */
async function findAbove(
  explain: (agent: string) => Promise<AgentExplained>,
  { ancestors }: AgentExplained,
): Promise<LimitingAgent | null> {
  for (const { uuid } of ancestors) {
    if (uuid === null) return null;
    const above = await explain(uuid);
    const end = findLimitEnd(above);
    if (end.by === 'usage' || end.by === 'suspension' || end.by === 'doubt')
      return { name: above.name, isAbove: true, end };
  }
  return null;
}
