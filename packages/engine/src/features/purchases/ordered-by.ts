import type { PurchaseRecord, StoreTables } from '@sluice/state-store';
import type { Loaded, Stage } from '../../kernel/subject/stages.js';

/** The reading by which a package was ordered, in its cycle. */
type OrderedBy = Pick<NonNullable<Loaded['cycle']>, 'id' | 'start' | 'inBytes' | 'outBytes' | 'totalBytes' | 'readAt'>;

const toKey = (purchase: string): string => `ordered_by:${purchase}`;

/** Stores the reading by which auto-buy orders a package: that of its cycle is stored after the charge, unless the run is killed. */
export async function noteOrderedBy(
  { conditions }: Pick<StoreTables, 'conditions'>,
  { id, at }: PurchaseRecord,
  { cycle }: Pick<Loaded<Stage>, 'cycle'>,
): Promise<void> {
  if (cycle === null) return;
  const { id: cycleId, start, inBytes, outBytes, totalBytes, readAt } = cycle;
  const details: OrderedBy = { id: cycleId, start, inBytes, outBytes, totalBytes, readAt };
  await conditions.put({ key: toKey(id), since: at, runs: 1, details });
}

/** Returns a service with the reading by which a package was ordered, where its run did not store it. */
export async function withOrderedBy(
  { conditions }: Pick<StoreTables, 'conditions'>,
  { id }: Pick<PurchaseRecord, 'id'>,
  loaded: Loaded,
): Promise<Loaded> {
  const { cycle } = loaded;
  const ordered = ((await conditions.get(toKey(id)))?.details ?? null) as OrderedBy | null;
  if (cycle === null || ordered === null || ordered.id !== cycle.id || ordered.start !== cycle.start) return loaded;
  return (cycle.readAt ?? '') >= (ordered.readAt ?? '') ? loaded : { ...loaded, cycle: { ...cycle, ...ordered } };
}

/** Forgets the reading by which a package was ordered, once its purchase is not open any more. */
export async function endOrderedBy({ conditions }: Pick<StoreTables, 'conditions'>, purchase: string): Promise<void> {
  await conditions.end(toKey(purchase));
}
