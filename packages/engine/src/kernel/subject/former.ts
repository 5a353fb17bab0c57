import type { Panel } from '@sluice/panel-kind';
import {
  type CycleRecord,
  type OwnershipRecord,
  ownershipSubject,
  type ServiceRecord,
  type StoreTables,
} from '@sluice/state-store';
import { cutByOwner, findForeign } from '../../base/ownership.js';
import { isReadOf } from './source.js';

/**
 * Returns which of these services have an account that was another client's before: what its counters show was used by others.
 * Calls no panel.
 */
export async function findTakenOver(
  on: { store: Pick<StoreTables, 'ownership'> },
  panel: Pick<Panel, 'name' | 'kind' | 'accounts'>,
  services: readonly ServiceRecord[],
): Promise<ReadonlySet<string>> {
  const taken = [...(await findFormer(on, panel, services))].filter(
    ([, { before, own }]) => before.client === null || before.client !== own.client,
  );
  return new Set(taken.map(([id]) => id));
}

/** A period of a service, and the one of the service that had its account last. */
interface Former {
  readonly own: OwnershipRecord;
  readonly before: OwnershipRecord;
  /** All that had the account before, the last one first. */
  readonly earlier: readonly OwnershipRecord[];
}

/** Returns who had the accounts of these services before them, by service; none for accounts that nobody had. Calls no panel. */
export async function findFormer(
  { store }: { store: Pick<StoreTables, 'ownership'> },
  { name, kind, accounts }: Pick<Panel, 'name' | 'kind' | 'accounts'>,
  services: readonly ServiceRecord[],
): Promise<ReadonlyMap<string, Former>> {
  if (accounts === undefined) return new Map();
  const periods = await listPeriods(store, { name, kind }, services);
  return new Map(
    [...periods].flatMap(([id, rows]): [string, Former][] => {
      const former = findLast(id, rows);
      return former === null ? [] : [[id, former]];
    }),
  );
}

/** Returns the last owner before a service; periods are in the order in which they began. */
function findLast(service: string, periods: readonly OwnershipRecord[]): Former | null {
  const at = periods.findIndex((period) => period.service === service);
  const own = periods[at];
  // Another service may have named the account for a while, and given it up before its owner did.
  const ended = periods.slice(0, Math.max(at, 0)).filter((period) => period.until !== null);
  const earlier = ended.sort((a, b) => ((a.until ?? '') < (b.until ?? '') ? -1 : 1)).reverse();
  const [before] = earlier;
  return own === undefined || before === undefined ? null : { own, before, earlier };
}

/**
 * Returns since when the objects of these services belong to no other client any more, by service: a panel with windows would count for
 * them what was used before. Only of services whose object was not read in their cycle yet. Calls no panel.
 */
export async function findObjectsSince(
  { store }: { store: Pick<StoreTables, 'ownership'> },
  panel: Pick<Panel, 'name' | 'kind'>,
  { services, cycles }: { services: readonly ServiceRecord[]; cycles: ReadonlyMap<string, readonly CycleRecord[]> },
): Promise<ReadonlyMap<string, string>> {
  const unread = services.filter((service) => {
    const cycle = cycles.get(service.id)?.[0];
    return cycle === undefined || !isReadOf(panel, service, cycle);
  });
  const periods = await listPeriods(store, panel, unread);
  return new Map(
    unread.flatMap(({ id, client }): [string, string][] => {
      const parts = cutByOwner(periods.get(id) ?? [], { from: null, to: null });
      const end = findForeign(parts, client)?.to ?? null;
      return end === null ? [] : [[id, end]];
    }),
  );
}

/** Lists who had the objects of services, and when, by service. */
async function listPeriods(
  store: Pick<StoreTables, 'ownership'>,
  { name, kind }: Pick<Panel, 'name' | 'kind'>,
  services: readonly ServiceRecord[],
): Promise<Map<string, OwnershipRecord[]>> {
  const ref = kind.requiredRef;
  const subjects = new Map(
    services.flatMap(({ id, refs }): [string, string][] => {
      const value = ref === null ? undefined : refs[ref];
      return ref === null || value === undefined ? [] : [[id, ownershipSubject(ref, value)]];
    }),
  );
  if (subjects.size === 0) return new Map();
  const periods = await store.ownership.list({ panel: name, subjects: [...new Set(subjects.values())] });
  const bySubject = new Map<string, OwnershipRecord[]>();
  for (const period of periods) bySubject.set(period.subject, [...(bySubject.get(period.subject) ?? []), period]);
  return new Map([...subjects].map(([id, subject]) => [id, bySubject.get(subject) ?? []]));
}
