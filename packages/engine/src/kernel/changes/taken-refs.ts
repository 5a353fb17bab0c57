import type { ItemError, PanelKind } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { hasEnded } from '../../base/lifecycle.js';
import { listClaims } from './claims.js';

/**
 * Returns why a service may not name objects of its panel: another service in the store names one that only one may have, whatever the
 * panel says of it. Null where it may. Read in the transaction that stores the refs.
 */
export async function findTaken(
  tables: StoreTables,
  kind: Pick<PanelKind, 'refs' | 'confirmedBy'>,
  service: Pick<ServiceRecord, 'id' | 'panel' | 'status' | 'refs'>,
  refs: Readonly<Record<string, string | null>>,
): Promise<ItemError | null> {
  const had = new Set(listClaims(kind, service).map(({ key }) => key));
  const wanted = listClaims(kind, { ...service, refs }).filter(({ exclusive, key }) => exclusive && !had.has(key));
  if (wanted.length === 0) return null;
  // Another one may name it by its username, and not have read its id yet.
  const { confirmedBy = null } = kind;
  for (const other of await tables.services.list({ panel: service.panel })) {
    if (other.id === service.id || hasEnded(other)) continue;
    const claimed = new Set(listClaims(kind, other).map(({ key }) => key));
    const named = confirmedBy !== null && refs[confirmedBy] != null && other.refs[confirmedBy] === refs[confirmedBy];
    const taken = wanted.find(({ key }) => claimed.has(key))?.ref ?? (named ? confirmedBy : null);
    if (taken === null) continue;
    const message = `"${service.id}" can't take over ${taken} ${refs[taken] ?? ''}: it is that of service "${other.id}"; nothing was changed`;
    return { code: 'line_conflict', message };
  }
  return null;
}
