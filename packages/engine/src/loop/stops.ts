import { saysStopped } from '../kernel/subject/to-stage.js';
import type { Applied, RunOnPanel } from '../kernel/subject/stages.js';
import { observeAgain } from './observe.js';
import { planSteps, withStopsNow } from './plan.js';
import { loadHoldsOfSharers } from './sharing.js';

/**
 * Returns the service with what stops it now, where neither its plan is carried out nor those of the services that share with it. A
 * dry run shows what a run would leave; a service whose own hold would end is held now.
 */
export async function withStopsShown(on: RunOnPanel, work: Applied, isDryRun: boolean): Promise<Applied> {
  const isAsPlanned = isDryRun || work.closes.length > 0 || listAwaited(work).length === 0;
  return withStopsNow(isAsPlanned ? work : await withStopsOfSharers(on, work));
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
  return observation?.state == null ? work : withStopsOfSharers(on, work, observation);
}

/** Lists the objects whose restrictions were to be undone for the sharers of a service. */
function listAwaited({ sharers }: Pick<Applied, 'sharers'>): { service: string; targets: readonly string[] }[] {
  return sharers.flatMap(({ service, restricted: targets = [] }) =>
    targets.length === 0 ? [] : [{ service: service.id, targets }],
  );
}

/** Plans again as if nothing were undone for others, and returns the service with what stops it by that. */
async function withStopsOfSharers(on: RunOnPanel, work: Applied, observation = work.observation): Promise<Applied> {
  const sharers = work.sharers.map((sharer) => ({ ...sharer, restricted: [] }));
  const [current = work] = await loadHoldsOfSharers(on, [{ ...work, observation, sharers }]);
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
