import type { ItemError, PanelKind, Plan } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { hasEnded, isLiving } from '../../base/lifecycle.js';
import { listClaims } from './claims.js';

/** What a plan names of its panel. */
type Naming = Pick<Plan, 'refs' | 'hasReference'>;

/**
 * Returns why a service may not name objects of its panel: another service in the store names one that only one may have, whatever the
 * panel says of it. Null where it may. Read in a preview, and in the transaction that stores the refs.
 */
export async function findTaken(
  tables: Pick<StoreTables, 'services'>,
  kind: Pick<PanelKind, 'refs' | 'confirmedBy'>,
  service: Pick<ServiceRecord, 'id' | 'panel' | 'status' | 'refs'>,
  { refs = {}, hasReference = false }: Naming,
): Promise<ItemError | null> {
  const had = new Set(listClaims(kind, service).map(({ key }) => key));
  const wanted = listClaims(kind, { ...service, refs }).filter(({ exclusive, key }) => exclusive && !had.has(key));
  if (wanted.length === 0) return null;
  // Another one may name it by its username, and not have read its id yet.
  const { confirmedBy = '' } = kind;
  const username = hasReference ? null : (refs[confirmedBy] ?? null);
  for (const other of await tables.services.list({ panel: service.panel })) {
    if (other.id === service.id || hasEnded(other)) continue;
    const claimed = new Set(listClaims(kind, other).map(({ key }) => key));
    const taken = wanted.find(({ key }) => claimed.has(key));
    const refuse = (why: string): ItemError => ({
      code: 'line_conflict',
      message: `"${service.id}" can't take over ${why}; nothing was changed`,
    });
    if (taken !== undefined) return refuse(`${taken.ref} ${taken.value}: it is that of service "${other.id}"`);
    if (username !== null && isLiving(other) && other.refs[confirmedBy] === username) {
      const found = wanted.map(({ ref, value }) => `${ref} ${value}`).join(', ');
      return refuse(
        `${found}, found by ${confirmedBy} ${username}: service "${other.id}" has the same one. Change that of the service whose line it is not`,
      );
    }
  }
  return null;
}
