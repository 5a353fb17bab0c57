import { findEntry } from '../config/find-entry.js';
import type { PassRequest } from '../run/request.js';
import type { Session } from '../session.js';
import { panelsWithAgents } from './open-agents.js';

/** Returns the panels whose agents `reconcile` runs over after their services: those with limits of agents, or with something left of them. */
export async function limitedPanels(session: Session, request: PassRequest): Promise<string[]> {
  if (!request.observeAll || request.service !== undefined) return [];
  const limited: string[] = [];
  for (const name of panelsWithAgents(session)) {
    if (request.panel !== undefined && request.panel !== name) continue;
    if (await hasLimits(session, name)) limited.push(name);
  }
  return limited;
}

async function hasLimits({ store, config }: Session, name: string): Promise<boolean> {
  const settings = findEntry(config.panels, name)?.['agents'] as { addon?: unknown } | undefined;
  if ((settings?.addon ?? false) !== false) return true;
  const agents = await store.agents.list(name);
  return (
    agents.some(({ limitBytes }) => limitBytes !== null) ||
    (await store.holds.open({ agentsOf: name })).length > 0 ||
    (await store.evidence.open({ agentsOf: name })).length > 0 ||
    (await store.holds.open({ panel: name, reason: 'agent-limit' })).length > 0
  );
}

/** Returns the panels, or that one, with users that are disabled for their agents. */
export async function panelsWithDisabled(session: Session, panel: string | undefined): Promise<string[]> {
  const names: string[] = [];
  for (const name of panelsWithAgents(session)) {
    if (panel !== undefined && panel !== name) continue;
    if ((await session.store.evidence.open({ agentsOf: name })).length > 0) names.push(name);
  }
  return names;
}
