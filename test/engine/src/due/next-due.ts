import type { EngineBench } from '../bench/engine-bench.js';

/**
 * Returns whether something planned is due now by what is stored: a run of what is due would read nothing otherwise, where nothing was
 * added since.
 */
export async function isAnythingDue({ store, clock }: EngineBench, panel: string): Promise<boolean> {
  const first = await store.nextReadings.first(panel);
  return first === null || Date.parse(first.dueAt || '1970-01-01') <= clock.now();
}
