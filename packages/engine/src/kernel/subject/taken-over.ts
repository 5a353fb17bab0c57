import type { Panel } from '@sluice/panel-kind';
import { type OwnershipRecord, ownershipSubject, type ServiceRecord, type StoreTables } from '@sluice/state-store';

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
}

/** Returns who had the accounts of these services before them, by service; none for accounts that nobody had. Calls no panel. */
export async function findFormer(
  { store }: { store: Pick<StoreTables, 'ownership'> },
  { name, kind, accounts }: Pick<Panel, 'name' | 'kind' | 'accounts'>,
  services: readonly ServiceRecord[],
): Promise<ReadonlyMap<string, Former>> {
  const ref = kind.requiredRef;
  const subjects = new Map(
    services.flatMap(({ id, refs }): [string, string][] => {
      const value = ref === null ? undefined : refs[ref];
      return ref === null || value === undefined ? [] : [[id, ownershipSubject(ref, value)]];
    }),
  );
  if (accounts === undefined || subjects.size === 0) return new Map();
  const periods = await store.ownership.list({ panel: name, subjects: [...new Set(subjects.values())] });
  const bySubject = new Map<string, OwnershipRecord[]>();
  for (const period of periods) bySubject.set(period.subject, [...(bySubject.get(period.subject) ?? []), period]);
  return new Map(
    [...subjects].flatMap(([id, subject]): [string, Former][] => {
      const former = findLast(id, bySubject.get(subject) ?? []);
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
  const before = ended.sort((a, b) => ((a.until ?? '') < (b.until ?? '') ? -1 : 1)).at(-1);
  return own === undefined || before === undefined ? null : { own, before };
}
