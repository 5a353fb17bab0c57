import type { PanelKind } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import type { Context } from '../../context/context.js';
import { findRemovedPanels, PANEL_REMOVED } from '../../kernel/run/left-elsewhere.js';
import { readEnforcements } from '../../context/enforcement.js';
import type { Rename } from '../../context/panel-addresses.js';
import { describeFormer, readStoredNames } from '../../context/stored-names.js';
import { nameFew } from '../../base/natural-order.js';
import { describeDuplicate, storedDuplicates } from './duplicate-refs.js';

/** A problem of stored services with the config or with each other. */
export interface StoredProblem {
  /** Code of the remedy (docs/errors.md). */
  code:
    | 'unknown_product'
    | 'unknown_panel'
    | 'duplicate_ref'
    | 'switch_of_removed_panel'
    | 'panel_removed'
    | 'panel_renamed';
  /** The product, panel or service that the problem is about. */
  object: string;
  message: string;
  /** Objects that the remedy names. */
  details?: Record<string, string>;
}

/** Returns what is wrong with stored services; equal problems of several services are one problem. */
export function findStoredProblems(
  known: { config: Config; kinds: readonly PanelKind[] },
  services: readonly ServiceRecord[],
): StoredProblem[] {
  const living = services.filter(({ status }) => status !== 'terminated' && status !== 'vanished');
  return [
    ...missing('panel', living, known.config.panels),
    ...missing('product', living, known.config.products),
    ...storedDuplicates(known, living).map((duplicate) => ({
      code: 'duplicate_ref' as const,
      object: duplicate.service,
      message: `"${duplicate.service}": ${describeDuplicate(duplicate)}`,
      details: { stored: duplicate.service, ref: duplicate.ref },
    })),
  ];
}

/** Reads a store for what does not fit between it and the config. */
export async function readStoredProblems(
  { config: named, kinds }: Parameters<typeof findStoredProblems>[0],
  store: Context['store'],
): Promise<StoredProblem[]> {
  const { config, renames } = await readStoredNames(named, store);
  const panels = (await findRemovedPanels({ config, store })).filter(
    ({ agents, limited }) => agents.length + limited.length > 0,
  );
  const removed = (await readEnforcements(config, store)).listRemoved();
  return [
    ...renames.map(formerName),
    ...findStoredProblems({ config, kinds }, await store.services.list()),
    ...panels.map(({ panel, message }): StoredProblem => ({
      code: PANEL_REMOVED,
      object: panel,
      message,
      details: { panel },
    })),
    ...removed.map(removedSwitch),
  ];
}

/** Returns what to know of a panel that still has its former name in the store. */
export function formerName(rename: Rename): StoredProblem {
  return { code: 'panel_renamed', object: rename.from, message: describeFormer(rename) };
}

/** Returns the problem of a panel that has a switch and is not in the config. */
export function removedSwitch(panel: string): StoredProblem & { code: 'switch_of_removed_panel' } {
  return {
    code: 'switch_of_removed_panel',
    object: panel,
    message: `"observe" or "enforce" was set for panel "${panel}", which is not in the config: that does not apply to a panel with another name before its services move there`,
    details: { panel },
  };
}

function missing(
  key: 'panel' | 'product',
  services: readonly ServiceRecord[],
  known: Readonly<Record<string, unknown>>,
): StoredProblem[] {
  const groups = new Map<string, string[]>();
  for (const service of services) {
    if (findEntry(known, service[key]) !== undefined) continue;
    const ids = groups.get(service[key]);
    if (ids) ids.push(service.id);
    else groups.set(service[key], [service.id]);
  }
  return [...groups].map(([name, ids]) => {
    const who = ids.length === 1 ? `1 service has the ${key}` : `${ids.length} services have the ${key}`;
    return {
      code: `unknown_${key}`,
      object: name,
      message: `${who} "${name}", which is not in the config: ${nameFew(ids)}`,
    };
  });
}
