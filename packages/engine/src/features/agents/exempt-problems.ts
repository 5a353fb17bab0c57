import type { AgentTraffic } from '@sluice/panel-kind';
import { maskUuids } from '@sluice/panel-http/printable';
import type { Context } from '../../context/context.js';
import type { Notice } from '../../kernel/run/notice.js';
import { describeMissing, listExemptEntries, loadMeant, UUID } from './meant-agents.js';
import { matches } from './open-agents.js';

/** An agent as documents show it. */
type Shown = Pick<AgentTraffic, 'uuid' | 'name'> & { rule?: string | null };

/** What is wrong with an entry. */
interface Problem {
  message: string;
  /** Position of the entry. */
  at: number;
  /** Uuids of agents that have its name and are not exempt by it. */
  others: readonly string[];
}

/** Returns what is wrong with the entries of the config that exempt agents, as last read. */
export async function listExemptProblems(
  context: Context,
  panel: string,
  agents: readonly Shown[],
): Promise<Problem[]> {
  const meant = await loadMeant(context.store, panel);
  return listExemptEntries(context, panel).flatMap((entry, at) => {
    const problem = findProblem(entry, agents, meant);
    return problem === null ? [] : [{ ...problem, at }];
  });
}

function findProblem(
  entry: string,
  agents: readonly Shown[],
  meant: ReadonlyMap<string, string>,
): Omit<Problem, 'at'> | null {
  const to = meant.get(UUID.test(entry) ? entry.toLowerCase() : entry);
  const exempt = agents.find(({ uuid, rule }) => uuid === to && rule !== 'missing');
  const say = (message: string): Omit<Problem, 'at'> => ({ message, others: [] });
  if (UUID.test(entry)) {
    if (exempt !== undefined)
      return say(`agent "${exempt.name}" has another uuid now, and is exempt by its former one`);
    return matches(agents, entry).length > 0
      ? null
      : say(`nobody is exempt by this entry: ${describeMissing(entry, agents)}`);
  }
  const others = agents.filter(({ uuid, name, rule }) => name === entry && uuid !== to && rule !== 'missing');
  const uuids = others.map(({ uuid }) => uuid).sort();
  const shown = uuids.map(maskUuids).join(', ');
  if (exempt !== undefined && others.length > 0)
    return {
      message: `agent ${maskUuids(exempt.uuid)} is exempt by this name, which it had first; others that have it are not: ${shown}`,
      others: uuids,
    };
  if (exempt !== undefined && exempt.name !== entry)
    return say(`agent "${exempt.name}", which had this name before, is exempt by this entry`);
  if (exempt !== undefined) return null;
  if (to !== undefined)
    return {
      message: `nobody is exempt by this entry: the agent that had the name "${entry}" is not on the panel any more`,
      others: uuids,
    };
  if (others.length === 1) return null;
  if (others.length === 0) return say(`nobody is exempt by this entry: ${describeMissing(entry, agents)}`);
  return {
    message: `nobody is exempt by this entry: ${others.length} agents are called "${entry}" (${shown})`,
    others: uuids,
  };
}

/** Returns the notices of names in the config that exempt agents and that several have, as last read. */
export async function listUnclearExempt(context: Context, panel: string, agents: readonly Shown[]): Promise<Notice[]> {
  const wrong = await listExemptProblems(context, panel, agents);
  return wrong.flatMap(({ message, at, others }) => {
    if (others.length === 0) return [];
    const code = 'agent_exempt_unclear';
    const key = [panel, code, at, ...others].join(':');
    return [{ code, key, panel, service: null, message: `panels.${panel}.agents.exempt.${at}: ${message}` }];
  });
}
