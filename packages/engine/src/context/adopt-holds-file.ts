import type { EvidenceRecord, HoldRecord, ServiceRecord, StoreTables } from '@sluice/state-store';

/** All open holds with their evidence and services: enough to release everything without the store. */
export interface HoldsFile {
  about: string;
  at: string;
  services: ServiceRecord[];
  holds: HoldRecord[];
  evidence: EvidenceRecord[];
}

/** Stores the services, holds and evidence of the file that the store lacks; an open hold of the same reason stands for one of the file. */
export async function adoptHoldsFile(file: HoldsFile, tables: StoreTables): Promise<void> {
  const known = new Set((await tables.services.list({ ids: file.services.map((row) => row.id) })).map((row) => row.id));
  await tables.services.put(file.services.filter((row) => !known.has(row.id)));
  const holds = new Set((await tables.holds.all()).map((row) => row.id));
  const open = new Map((await tables.holds.open()).map((row) => [toReasonKey(row), row.id]));
  const standsFor = new Map<string, string>();
  for (const hold of file.holds) {
    const other = hold.until === null ? open.get(toReasonKey(hold)) : undefined;
    if (other !== undefined) standsFor.set(hold.id, other);
    else if (!holds.has(hold.id)) await tables.holds.add(hold);
  }
  const ids = [...file.holds.map((row) => row.id), ...standsFor.values()];
  const evidence = new Set((await tables.evidence.ofHolds(ids)).map((row) => row.id));
  const applied = new Set((await tables.evidence.open()).map(toAppliedKey));
  for (const item of file.evidence) {
    if (evidence.has(item.id) || applied.has(toAppliedKey(item))) continue;
    await tables.evidence.add({ ...item, hold: standsFor.get(item.hold) ?? item.hold });
  }
}

function toReasonKey({ service, reason }: Pick<HoldRecord, 'service' | 'reason'>): string {
  return JSON.stringify([service, reason]);
}

function toAppliedKey({ service, panel, kind, target }: EvidenceRecord): string {
  return JSON.stringify([service, panel, kind, target]);
}
