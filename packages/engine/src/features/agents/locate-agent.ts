import type { Context } from '../../context/context.js';
import { findPresentUuid } from './meant-agents.js';
import { panelsWithAgents } from './open-agents.js';

/** An agent and the panel that it is on. */
export interface LocatedAgent {
  panel: string;
  uuid: string;
  name: string;
}

/** Returns which agent has or had a uuid, as last read; null for none, and where several panels have it. Calls no panel. */
export async function locateAgent(context: Context, uuid: string): Promise<LocatedAgent | null> {
  const { store } = context;
  const found: LocatedAgent[] = [];
  for (const panel of panelsWithAgents(context)) {
    const present = await findPresentUuid(store, panel, uuid.toLowerCase());
    const agent = (await store.agents.list(panel)).find((each) => each.uuid === present && !each.gone);
    if (agent !== undefined) found.push({ panel, uuid: present, name: agent.name });
  }
  const [only = null] = found;
  return found.length === 1 ? only : null;
}
