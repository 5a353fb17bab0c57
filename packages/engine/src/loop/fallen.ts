import type { CycleRecord, ServiceRecord } from '@sluice/state-store';
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
  context: Context,
  { allowMass, service }: Pick<RunRequest, 'allowMass' | 'service'>,
  panel: string,
): Promise<ReadonlySet<string>> {
  if (!allowMass) return new Set();
  const services = await context.store.services.list({ panel, ...(service !== undefined && { ids: [service] }) });
  if (service === undefined && mostFellBefore(await readLast(context, services)) === null) return new Set();
  const cycles = await context.store.cycles.newest(services.filter(isLiving).map(({ id }) => id));
  return new Set(cycles.filter(isFallen).map(({ id }) => id));
}

/** Returns the cycles of the services that were read at their last decision: what others have is of a reading before it. */
export async function readLast({ store }: Context, services: readonly ServiceRecord[]): Promise<CycleRecord[]> {
  const living = services.filter(isLiving).map(({ id }) => id);
  const decisions = await store.decisions.latest(living);
  const read = decisions.flatMap(({ service, readAt }) => (readAt === null ? [] : [service]));
  return store.cycles.newest(read);
}
