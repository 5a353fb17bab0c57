import type { ItemError } from '@sluice/panel-kind';
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
  const cycles = await listNewest(context, services);
  if (service === undefined && (await findMostFell(context, cycles)) === null) return new Set();
  return new Set(cycles.filter(isFallen).map(({ id }) => id));
}

/** Returns an error if most readings of the services of a panel fell, as they were last read. */
export async function findStoredFall(context: Context, services: readonly ServiceRecord[]): Promise<ItemError | null> {
  return findMostFell(context, await listNewest(context, services));
}

function listNewest({ store }: Context, services: readonly ServiceRecord[]): Promise<CycleRecord[]> {
  return store.cycles.newest(services.filter(isLiving).map(({ id }) => id));
}

/** Compares the services that were read at their last decision: what others have is of a reading before it. */
async function findMostFell({ store }: Context, cycles: readonly CycleRecord[]): Promise<ItemError | null> {
  const decisions = await store.decisions.latest(cycles.map(({ service }) => service));
  const read = new Set(decisions.flatMap(({ service, readAt }) => (readAt === null ? [] : [service])));
  return mostFellBefore(cycles.filter(({ service }) => read.has(service)));
}
