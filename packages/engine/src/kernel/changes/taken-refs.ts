import type { ItemError, PanelKind } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { hasEnded } from '../../base/lifecycle.js';

/**
 * Returns why a service may not name objects of its panel: another service in the store names one that only one may have, whatever the
 * panel says of it. Null where it may. Read in the transaction that stores the refs.
 */
export async function findTaken(
  tables: StoreTables,
  { refs: known, confirmedBy }: Pick<PanelKind, 'refs' | 'confirmedBy'>,
  { id, panel, refs: own }: Pick<ServiceRecord, 'id' | 'panel' | 'refs'>,
  refs: Readonly<Record<string, string | null>>,
): Promise<ItemError | null> {
  const added = known.filter(
    ({ name, exclusive }) => exclusive === true && refs[name] != null && refs[name] !== own[name],
  );
  if (added.length === 0) return null;
  // Another one may name it by its username, and not have read its id yet.
  const names = [...added.map(({ name }) => name), ...(confirmedBy === undefined ? [] : [confirmedBy])];
  for (const other of await tables.services.list({ panel })) {
    if (other.id === id || hasEnded(other)) continue;
    const taken = names.find((name) => refs[name] != null && other.refs[name] === refs[name]);
    if (taken === undefined) continue;
    const message = `"${id}" can't take over ${taken} ${refs[taken] ?? ''}: it is that of service "${other.id}"; nothing was changed`;
    return { code: 'line_conflict', message };
  }
  return null;
}
