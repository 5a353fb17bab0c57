import type { Session } from '../session.js';
import { type AgentDetail, agentDetails } from './agent-views.js';
import { matches, panelsWithAgents } from './open-agents.js';
import { loadStoredAgents } from './read-agents.js';

/**
 * Returns the agents that a client is, by `agents.clients` of the panels, as last read; calls no panel. An agent that was never
 * read is left out.
 */
export async function agentsOfClient(session: Session, client: string): Promise<AgentDetail[]> {
  const found: AgentDetail[] = [];
  for (const name of panelsWithAgents(session)) {
    const settings = session.config.panels[name];
    const agent = settings === undefined ? null : (session.kindOf(name)?.agentOf?.(settings, client) ?? null);
    if (agent === null) continue;
    const { agents } = await session.panel(name);
    if (agents === undefined) continue;
    const own = matches(agents.describe(await loadStoredAgents(session, name)), agent);
    // An ambiguous name must not show another client's agent.
    if (own.length === 1) found.push(...agentDetails({ name, agents }, own));
  }
  return found;
}
