import type { AgentTraffic } from '@sluice/panel-kind';
import { maskUuids } from '@sluice/panel-http/printable';
import { describeMissing, UUID } from './meant-agents.js';
import { matches } from './open-agents.js';

/** An agent as documents show it. */
export type Shown = Pick<AgentTraffic, 'uuid' | 'name'> & { rule?: string | null };

/** What is wrong with an entry of the config that names an agent. */
export interface EntryProblem {
  message: string;
  /** Uuids of agents that have its name and are not meant by it. */
  others: readonly string[];
}

/** What an entry is for, in messages: `is exempt`, and `nobody is exempt by this entry`. */
export interface EntryWords {
  is: string;
  nobody: string;
}

/** Returns the uuid that an entry of the config means by what is stored; undefined where nothing is. */
function meantUuid(entry: string, meant: ReadonlyMap<string, string>): string | undefined {
  return meant.get(UUID.test(entry) ? entry.toLowerCase() : entry);
}

/** Returns the agents that an entry of the config names, as last read; a name means the one that is bound to it, if any is. */
export function findNamed<T extends Shown>(
  entry: string,
  agents: readonly T[],
  meant: ReadonlyMap<string, string>,
): T[] {
  const to = meantUuid(entry, meant);
  if (UUID.test(entry)) return matches(agents, to ?? entry);
  return agents.filter(
    (agent) => agent.rule !== 'missing' && (to === undefined ? agent.name === entry : agent.uuid === to),
  );
}

/** Returns what is wrong with an entry of the config that names an agent, as last read. */
export function findEntryProblem(
  entry: string,
  { agents, meant }: { agents: readonly Shown[]; meant: ReadonlyMap<string, string> },
  { is, nobody }: EntryWords,
): EntryProblem | null {
  const to = meantUuid(entry, meant);
  const found = agents.find(({ uuid, rule }) => uuid === to && rule !== 'missing');
  const say = (message: string): EntryProblem => ({ message, others: [] });
  if (UUID.test(entry)) {
    if (found !== undefined) return say(`agent "${found.name}" has another uuid now, and ${is} by its former one`);
    return findNamed(entry, agents, meant).length > 0 ? null : say(`${nobody}: ${describeMissing(entry, agents)}`);
  }
  const others = agents.filter(({ uuid, name, rule }) => name === entry && uuid !== to && rule !== 'missing');
  const uuids = others.map(({ uuid }) => uuid).sort();
  const shown = uuids.map(maskUuids).join(', ');
  if (found !== undefined && others.length > 0)
    return {
      message: `agent ${maskUuids(found.uuid)} ${is} by this name, which it had first; others that have it are not: ${shown}`,
      others: uuids,
    };
  if (found !== undefined && found.name !== entry)
    return say(`agent "${found.name}", which had this name before, ${is} by this entry`);
  if (found !== undefined) return null;
  if (to !== undefined)
    return {
      message: `${nobody}: the agent that had the name "${entry}" is not on the panel any more`,
      others: uuids,
    };
  if (others.length === 1) return null;
  if (others.length === 0) return say(`${nobody}: ${describeMissing(entry, agents)}`);
  return {
    message: `${nobody}: ${others.length} agents are called "${entry}" (${shown})`,
    others: uuids,
  };
}
