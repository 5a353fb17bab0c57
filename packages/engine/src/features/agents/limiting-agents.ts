import type { Explanation } from '@sluice/contract/documents';
import { type AgentEnd, keepsDisabled, type LimitEnd } from '@sluice/panel-kind';
import type { AgentsAbove, BelowAgents } from './agents-above.js';
import { readLimitingAgent, readSuspendedAgent } from '../../kernel/subject/agent-hold.js';

/** An agent above a service, and what ends that it keeps the service held; `check`: it does not. */
export type LimitingAgent = Pick<AgentEnd, 'name' | 'end'>;

/** What holds a service for agents, as last read. */
export interface LimitingAgents {
  /** Why the hold began. */
  cause: 'limit' | 'suspension';
  /** The agent that it began for; null where that is not stored. */
  named: string | null;
  /** The agents above the service, nearest first. */
  agents: readonly LimitingAgent[];
  /** Whether the last check was stopped before its first change, so that the next one decides again. */
  isStopped: boolean;
}

/** Returns the agents that keep a service held. */
export function listLimiting({ agents }: LimitingAgents): LimitingAgent[] {
  return agents.filter(keepsDisabled);
}

/** Returns whether nothing is known to hold a service but the suspension of the agent that its hold names. */
export function isForSuspensionAlone(found: LimitingAgents | null): boolean {
  if (found === null) return true;
  const [only, ...others] = listLimiting(found);
  return only?.name === found.named && only.end.by === 'suspension' && others.length === 0;
}

/** Returns what of the agents that hold a service is so now, to follow the agent in the note of a hold for a limit. */
export function describeLimitNow(found: LimitingAgents | null): string {
  if (found === null) return 'was over its limit';
  return [describeNamed(found), ...describeOthers(found)].join(', and ');
}

/** Returns what further agents keep a service held, each as in `agent "top" is over its limit`. */
export function describeOthers(found: LimitingAgents): string[] {
  const others = listLimiting(found).filter(({ name }) => name !== found.named);
  return others.map(({ name, end }) => `agent "${name}" ${describeOther(end)}`);
}

function describeNamed(found: LimitingAgents): string {
  const { named, agents } = found;
  const agent = agents.find(({ name }) => name === named);
  if (agent === undefined)
    return named === null ? 'was over its limit' : 'was over its limit, and does not restrict it any more';
  const { end } = agent;
  switch (end.by) {
    case 'usage':
      return end.isOver ? 'is over its limit' : 'was over its limit, and is below it now, but not low enough';
    case 'suspension':
      return 'was over its limit, and is suspended';
    case 'check':
      return 'was over its limit, and is within it now';
    default:
      return 'was over its limit';
  }
}

function describeOther(end: LimitEnd): string {
  switch (end.by) {
    case 'usage':
      return end.isOver ? 'is over its limit' : 'is not low enough below its limit';
    case 'suspension':
      return 'is suspended';
    case 'nothing':
      return 'is not an agent on the panel';
    default:
      return 'may be over its limit';
  }
}

/** Returns what releases the service, as a sentence without its stop: a command can follow it. */
export function describeLimitEnd(found: LimitingAgents): string {
  const limiting = listLimiting(found);
  const only = limiting.length === 1 && limiting[0]?.name === found.named;
  const lows = describeUsages(limiting, only);
  const barred = limiting.flatMap((agent) => describeBar(agent, only) ?? []);
  if (barred.length > 0) {
    const none = `No check of agents releases it while ${barred.join(', or while ')}`;
    return lows === null ? none : `${none}; after that, the first one does that reads ${lows}`;
  }
  if (lows !== null) return `It is released by the first check of agents that reads ${lows}, such as with a higher one`;
  return limiting.length > 0 || found.isStopped
    ? 'The next check of agents decides'
    : 'The next check of agents releases it';
}

/** Returns how low the usage of agents has to be; null where it counts for none. `isNamed`: the only one is that of the hold. */
function describeUsages(limiting: readonly LimitingAgent[], isNamed: boolean): string | null {
  const usages = limiting.flatMap(({ name, end }) => (end.by === 'usage' ? [{ name, end }] : []));
  const [first] = usages;
  if (first === undefined) return null;
  const percent = first.end.belowPercent;
  const low = percent === null ? 'a usage low enough for' : `less than ${percent} % of`;
  const whose = usages.map(({ name }) => (isNamed ? 'its agent' : `agent "${name}"`));
  return `${low} the limit of ${whose.join(` and ${low} that of `)}`;
}

/** Returns while what no check enables the users below an agent; null where one may. */
function describeBar({ name, end }: LimitingAgent, isNamed: boolean): string | null {
  if (end.by === 'suspension') return `${isNamed ? 'the agent' : `agent "${name}"`} is suspended`;
  if (end.by !== 'nothing') return null;
  return `${isNamed ? 'the account' : `account "${name}"`} is not an agent on the panel and has a limit`;
}

/**
 * Returns the agents above a service that is held for one, as last read. Null for a service that is not, and where it is not known who
 * is above it.
 */
export async function findLimitingAgents(
  { agents: api }: { agents: { above(below: BelowAgents): Promise<AgentsAbove> } },
  { service: { id }, holds }: Pick<Explanation, 'service' | 'holds'>,
): Promise<LimitingAgents | null> {
  const hold = holds.find(({ reason, until }) => reason === 'agent-limit' && until === null);
  if (hold === undefined) return null;
  const suspended = readSuspendedAgent(hold);
  const named = suspended ?? readLimitingAgent(hold);
  const above = await api.above({ service: id }).catch(() => null);
  if (above === null || above.agents === null) return null;
  const agents = above.agents.map(({ name, isHeld, end }) => {
    // After a suspension, only a limit that is already held keeps the service.
    const isFree = suspended !== null && end.by === 'nothing' && !isHeld;
    return { name, end: isFree ? ({ by: 'check' } as const) : end };
  });
  return {
    cause: suspended === null ? 'limit' : 'suspension',
    named,
    agents,
    isStopped: above.isStopped,
  };
}
