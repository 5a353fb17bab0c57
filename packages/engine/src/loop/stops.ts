import { saysStopped } from '../kernel/subject/to-stage.js';
import type { Applied, RunOnPanel } from '../kernel/subject/stages.js';
import { observeAgain } from './observe.js';
import { planSteps, withStopsNow } from './plan.js';
import { loadHoldsOfSharers } from './sharing.js';

/**
 * Returns the service with what stops it now, where its plan is not carried out. `asNow` are the services whose plans are not carried
 * out either; none in a dry run, which shows what a run would leave. A service whose own hold would end is held now.
 */
export async function withStopsShown(on: RunOnPanel, work: Applied, asNow: ReadonlySet<string>): Promise<Applied> {
  const isMeant = (id: string): boolean => asNow.has(id);
  const isAsPlanned = work.closes.length > 0 || !listAwaited(work).some(({ service }) => isMeant(service));
  return withStopsNow(isAsPlanned ? work : await withoutUndoing(on, work, isMeant));
}

/**
 * Returns the service with what stops it still after all changes of the run: what was to be undone for a service that shares
 * with it may have failed.
 */
export async function withStopsLeft(on: RunOnPanel, work: Applied): Promise<Applied> {
  const awaited = listAwaited(work);
  if (awaited.length === 0 || work.changedMeanwhile || work.plan === null) return work;
  const open = await on.context.store.evidence.open({ services: awaited.map(({ service }) => service) });
  const isLeft = open.some(({ service, target }) =>
    awaited.some((one) => one.service === service && one.targets.includes(target)),
  );
  if (!isLeft) return work;
  const observation = await observeAgain(on, work);
  const isRead = observation?.state != null && observation.error === null;
  // What can't be read is as it was before the change that failed.
  const found = await withoutUndoing(on, isRead ? { ...work, observation } : work, () => true);
  return { ...found, observation: work.observation };
}

/** Lists the objects whose restrictions were to be undone for the sharers of a service. */
function listAwaited({ sharers }: Pick<Applied, 'sharers'>): { service: string; targets: readonly string[] }[] {
  return sharers.flatMap(({ service, restricted: targets = [] }) =>
    targets.length === 0 ? [] : [{ service: service.id, targets }],
  );
}

/** Plans again as if nothing were undone for these sharers, and returns the service with what stops it by that. */
async function withoutUndoing(on: RunOnPanel, work: Applied, isMeant: (service: string) => boolean): Promise<Applied> {
  const sharers = work.sharers.map((sharer) => (isMeant(sharer.service.id) ? { ...sharer, restricted: [] } : sharer));
  const [current = work] = await loadHoldsOfSharers(on, [{ ...work, sharers }]);
  const { plan, drift } = planSteps(on, current);
  if (work.plan === null) return work;
  const others = (work.plan.notices ?? []).filter((notice) => !saysStopped(notice));
  const notices = [...others, ...(plan.notices ?? []).filter(saysStopped)];
  return {
    ...work,
    plan: { ...work.plan, stops: plan.stops ?? [], notices },
    drift: [...new Set([...work.drift, ...drift])],
  };
}
