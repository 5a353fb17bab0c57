import type { Check } from '@sluice/contract/documents';
import { toChecks } from '../../base/check.js';
import { findEntry } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { findEntryProblem } from './entry-problems.js';
import { loadMeant } from './meant-agents.js';
import { panelsWithAgents } from './open-agents.js';
import { storedAgents } from './show-agents.js';

/** An agent by the id that programs written for an add-on know it by. */
export interface AddonId {
  panel: string;
  id: number;
  uuid: string;
}

/** Returns the ids that the config states, with the uuids that the agents have now. Calls no panel. */
export async function listAddonIds(context: Context): Promise<AddonId[]> {
  const found: AddonId[] = [];
  for (const panel of panelsWithAgents(context)) {
    const ids = listStated(context, panel);
    if (ids.length === 0) continue;
    const meant = await loadMeant(context.store, panel);
    for (const { id, uuid } of ids) found.push({ panel, id: Number(id), uuid: meant.get(uuid) ?? uuid });
  }
  return found;
}

function listStated(context: Pick<Context, 'config' | 'findKind'>, panel: string): { id: string; uuid: string }[] {
  const settings = findEntry(context.config.panels, panel);
  const ids = settings === undefined ? {} : (context.findKind(panel)?.addonIds?.(settings) ?? {});
  return Object.entries(ids).map(([id, uuid]) => ({ id, uuid: uuid.toLowerCase() }));
}

/** Checks that each id of the config is of an agent of the panel, as last read. Calls no panel. */
export async function addonIdChecks(context: Context, panel: string): Promise<Check[]> {
  const stated = listStated(context, panel);
  if (stated.length === 0) return [];
  const agents = await storedAgents(context, panel);
  const check = toChecks('id of an agent', panel);
  if (agents.length === 0) return [check('skipped', 'no agent of the panel has been read yet')];
  const meant = await loadMeant(context.store, panel);
  const wrong = stated.flatMap(({ id, uuid }) => {
    const words = { is: 'is found by this id', nobody: 'nobody is found by this id' };
    const problem = findEntryProblem(uuid, { agents, meant }, words);
    if (problem === null) return [];
    const object = `panels.${panel}.agents.addonIds.${id}`;
    return [{ ...toChecks('id of an agent', object)('warning', problem.message, 'addon_id'), details: { panel } }];
  });
  return wrong.length === 0 ? [check('ok', '')] : wrong;
}
