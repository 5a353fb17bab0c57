import { isLiving } from '../base/lifecycle.js';
import type { Context } from '../context/context.js';
import type { RunRequest } from '../kernel/run/bracket.js';
import { isFallen, mostFellBefore } from './plausible.js';

/**
 * Returns the cycles of a panel whose readings had fallen before a run, if it may accept that: most of the panel had
 * (`readings_fell`), or the operator allows a run over that service alone. A first low reading may be short-lived, and the run be
 * allowed for another reason.
 */
export async function findFallen(
  { store }: Context,
  { allowMass, service }: Pick<RunRequest, 'allowMass' | 'service'>,
  panel: string,
): Promise<ReadonlySet<string>> {
  if (!allowMass) return new Set();
  const services = await store.services.list({ panel, ...(service !== undefined && { ids: [service] }) });
  const cycles = await store.cycles.newest(services.filter(isLiving).map(({ id }) => id));
  if (service === undefined && mostFellBefore(cycles) === null) return new Set();
  return new Set(cycles.filter(isFallen).map(({ id }) => id));
}
