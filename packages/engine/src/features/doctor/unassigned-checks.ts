import type { Check } from '@sluice/contract/documents';
import { type ContractReport, type PanelEntry, toItemError } from '@sluice/panel-kind';
import { toChecks } from '../../base/check.js';
import type { Context } from '../../context/context.js';
import { findUnassigned, readInventory } from '../panels/unassigned.js';

/**
 * Counts what the panel has that no service names, by the lists of the check of its contract where that has read them. That is not a problem:
 * a panel may have more than Sluice manages.
 */
export async function unassignedChecks(
  context: Context,
  panel: string,
  entries: ContractReport['entries'],
): Promise<Check[]> {
  const check = toChecks('unassigned', panel);
  if ((await context.panel(panel)).inventory === undefined) return [];
  if (entries === null)
    return [check('skipped', 'not known, since a list of the panel could not be read whole: the check of it says why')];
  try {
    const all = entries ?? (await readInventory(context, panel));
    const found = (await findUnassigned(context, panel, all)).map(({ entry }) => entry);
    if (found.length === 0) return [check('ok', 'services name all that the panel has')];
    const verb = found.length === 1 ? 'is' : 'are';
    const message = `${countObjects(found)} of the panel ${verb} named by no service`;
    return [{ ...check('ok', message, 'unassigned'), details: { panel } }];
  } catch (error) {
    const { code, message } = toItemError(error);
    return [check('warning', `not known, since the panel could not be read: ${code}: ${message}`, code)];
  }
}

/** Returns `3 services and 1 order`. */
function countObjects(entries: readonly PanelEntry[]): string {
  const counts = new Map<string, number>();
  for (const { object } of entries) counts.set(object, (counts.get(object) ?? 0) + 1);
  const parts = [...counts].map(([object, count]) => {
    const word = object === 'did' ? 'DID' : object;
    return `${count} ${word}${count === 1 ? '' : 's'}`;
  });
  return [...(parts.length > 1 ? [parts.slice(0, -1).join(', ')] : []), parts.at(-1)].join(' and ');
}
