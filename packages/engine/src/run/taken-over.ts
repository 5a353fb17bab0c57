import type { Panel } from '@sluice/panel-kind';
import { type OwnershipRecord, ownershipSubject, type ServiceRecord, type StoreTables } from '@sluice/state-store';

/**
 * Returns which of these services have an account that was another client's before: what its counters show was used by others.
 * Calls no panel.
 */
export async function findTakenOver(
  { store }: { store: Pick<StoreTables, 'ownership'> },
  { name, kind, accounts }: Pick<Panel, 'name' | 'kind' | 'accounts'>,
  services: readonly ServiceRecord[],
): Promise<ReadonlySet<string>> {
  const ref = kind.requiredRef;
  const subjects = new Map(
    services.flatMap(({ id, refs }): [string, string][] => {
      const value = ref === null ? undefined : refs[ref];
      return ref === null || value === undefined ? [] : [[id, ownershipSubject(ref, value)]];
    }),
  );
  if (accounts === undefined || subjects.size === 0) return new Set();
  const periods = await store.ownership.list({ panel: name, subjects: [...new Set(subjects.values())] });
  const bySubject = new Map<string, OwnershipRecord[]>();
  for (const period of periods) bySubject.set(period.subject, [...(bySubject.get(period.subject) ?? []), period]);
  const taken = [...subjects].filter(([id, subject]) => wasOfAnother(id, bySubject.get(subject) ?? []));
  return new Set(taken.map(([id]) => id));
}

/** Whether the last owner before a service was a service of another client; periods are in the order in which they began. */
function wasOfAnother(service: string, periods: readonly OwnershipRecord[]): boolean {
  const own = periods.findIndex((period) => period.service === service);
  const before = periods.slice(0, Math.max(own, 0)).findLast((period) => period.until !== null);
  if (before === undefined) return false;
  return before.client === null || before.client !== periods[own]?.client;
}
