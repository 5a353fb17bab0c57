import { entryOf } from '../config/entry-of.js';
import type { PassRequest } from '../run/request.js';
import type { Session } from '../session.js';
import { hiddifyPanels } from './desk.js';

/** Panels that `reconcile` sweeps after their services: those with limits of agents, or with something left of them. */
export async function limitedPanels(session: Session, request: PassRequest): Promise<string[]> {
  if (!request.observeAll || request.service !== undefined) return [];
  const limited: string[] = [];
  for (const name of hiddifyPanels(session)) {
    if (request.panel !== undefined && request.panel !== name) continue;
    if (await hasLimits(session, name)) limited.push(name);
  }
  return limited;
}

async function hasLimits({ store, config }: Session, name: string): Promise<boolean> {
  const settings = entryOf(config.panels, name)?.['agents'] as { addon?: unknown } | undefined;
  if ((settings?.addon ?? false) !== false) return true;
  const agents = await store.agents.list(name);
  return (
    agents.some(({ limitBytes, heldSince }) => limitBytes !== null || heldSince !== null) ||
    (await store.agentDisabled.open(name)).length > 0 ||
    (await store.holds.open({ panel: name, reason: 'agent-limit' })).length > 0
  );
}

/** Hiddify panels, or that one, with users that the sweep disabled for their agents. */
export async function panelsWithDisabled(session: Session, panel: string | undefined): Promise<string[]> {
  const names: string[] = [];
  for (const name of hiddifyPanels(session)) {
    if (panel !== undefined && panel !== name) continue;
    if ((await session.store.agentDisabled.open(name)).length > 0) names.push(name);
  }
  return names;
}
