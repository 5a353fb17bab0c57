import type { ItemError } from '@sluice/panel-kind';
import type { CycleRecord, HeldLease, ServiceRecord } from '@sluice/state-store';
import { isLiving } from '../base/lifecycle.js';
import { nameFew } from '../base/natural-order.js';
import type { Context } from '../context/context.js';
import type { RunRequest } from '../kernel/run/run-request.js';
import { isOfPanelFall, withPanelFall } from '../kernel/subject/accepted-figures.js';
import type { Decided } from '../kernel/subject/stages.js';
import { distrust } from './decide.js';
import { isFallen, mostFellBefore, READINGS_FELL } from './plausible.js';

/**
 * Returns the cycles of a panel whose readings had fallen before a run that may believe them, if it may accept that: most of the panel had
 * (`readings_fell`), or the operator allows a run over that service alone. A first low reading may be short-lived, and the run be
 * allowed for another reason. What the run can't read, or does not come to, is left for the next one.
 */
export async function findFallen(
  context: Context,
  { service, dryRun }: Pick<RunRequest, 'service' | 'dryRun'>,
  panel: string,
  leases: HeldLease[],
): Promise<ReadonlySet<string>> {
  const services = await context.store.services.list({ panel, ...(service !== undefined && { ids: [service] }) });
  const cycles = await listNewest(context, services);
  const toIds = (isMeant: typeof isLeft): Set<string> => new Set(cycles.filter(isMeant).map(({ id }) => id));
  if (service !== undefined) return toIds(isFallen);
  if ((await findMostFell(context, cycles)) === null) return toIds(isLeft);
  if (!dryRun) await markAll(context, cycles, leases);
  return toIds(isFallen);
}

/** Notes with each cycle that a fall in it may be the panel's, before the first one is accepted. */
async function markAll(context: Context, cycles: readonly CycleRecord[], leases: HeldLease[]): Promise<void> {
  const ids = cycles.map(({ service }) => service);
  await context.write(leases, async (tables) =>
    tables.cycles.put((await tables.cycles.newest(ids)).map(withPanelFall)),
  );
}

/** Returns whether a cycle has fallen as most of its panel had, whose fall a run accepted without this one. */
function isLeft(cycle: Readonly<CycleRecord>): boolean {
  return isOfPanelFall(cycle) && isFallen(cycle);
}

/** Reverts what follows from readings that fell: of all services if most did, else of those that are left of such a fall. */
export function distrustFallen(context: Context, open: readonly Decided[], fell: ItemError | null): Decided[] {
  return open.map((work) => {
    const reason = fell ?? (work.cycle !== null && isLeft(work.cycle) ? describeLeft([work.service.id]) : null);
    return reason === null ? work : distrust(context, work, reason);
  });
}

/** Returns the error of services whose fall is left. */
function describeLeft(services: readonly string[]): ItemError {
  return {
    code: READINGS_FELL,
    message: `the readings of ${nameFew(services)} fell by more than half within their cycle, as those of most services of the panel, which an allowed run has accepted without these: no service is held or released because of them until another allowed run accepts them`,
  };
}

/** Returns an error if most readings of the services of a panel fell, as they were last read, or some are left of that. */
export async function findStoredFall(context: Context, services: readonly ServiceRecord[]): Promise<ItemError | null> {
  const cycles = await listNewest(context, services);
  const left = cycles.filter(isLeft).map(({ service }) => service);
  return (await findMostFell(context, cycles)) ?? (left.length === 0 ? null : describeLeft(left));
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
