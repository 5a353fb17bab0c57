import type { StoreTables } from '@sluice/state-store';
import type { RunOnPanel } from './stages.js';

/** Stores the resources that this run observed. */
export async function saveResources({ resources }: RunOnPanel, tables: StoreTables): Promise<void> {
  const seen = [...resources.values()];
  resources.clear();
  if (seen.length > 0) await tables.resources.put(seen);
}
