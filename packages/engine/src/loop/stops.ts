import type { HeldLease } from '@sluice/state-store';
import { isLiving } from '../base/lifecycle.js';
import { readEnforcements } from '../context/enforcement.js';
import { trustedNow } from '../context/panel-answers.js';
import { noteAlarms } from '../kernel/run/alarms.js';
import { saysStopped, toRead, unapplied, unplanned } from '../kernel/subject/to-stage.js';
import type { Applied, RunOnPanel } from '../kernel/subject/stages.js';
import { undecided } from './decide.js';
import { load } from './load.js';
import { observe, observeAgain } from './observe.js';
import { planOne, planSteps, withStopsNow } from './plan.js';
import { findSharers, loadHoldsOfSharers } from './sharing.js';

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

/**
 * Reads the services that share objects with those that a run has changed, and stores which of them the panel stops by now: what is
 * shut for one is shut for all.
 */
export async function noteStopsOfSharers(
  { context, panel, run, scope }: RunOnPanel,
  changed: readonly Applied[],
  fences: HeldLease[],
): Promise<void> {
  // What the run meant for those that it changed is not meant for these.
  const on: RunOnPanel = { context, panel, run, scope, resources: new Map() };
  const { store, config, deps } = context;
  const ids = listSharers(changed);
  if (ids.length === 0 || deps.signal.aborted) return;
  const services = (await store.services.list({ ids })).filter(isLiving);
  const enforcements = await readEnforcements(config, store);
  const now = trustedNow(context, panel.name, await store.clock.confirmed());
  const loaded = await load(context, panel, services, { enforcements, now });
  const observations = await observe(on, loaded, { refresh: true });
  const seen = loaded.map((one) => {
    return { ...unplanned(undecided(toRead(one))), observation: observations.get(one.service.id) ?? null };
  });
  const planned: Applied[] = [];
  // Each by itself: what is still to be undone for one of them stops the others until it is.
  for (const one of seen) {
    const [work = one] = await findSharers(on, [one]);
    planned.push(unapplied(await planOne(on, work)));
  }
  await context.write(fences, async (tables) => {
    const now = new Map((await tables.services.list({ ids })).map((service) => [service.id, service.updatedAt]));
    const unchanged = planned.filter(({ service }) => now.get(service.id) === service.updatedAt);
    await noteAlarms({ context, panel, scope, decides: saysStopped }, tables, unchanged);
  });
}

/** Returns the ids of the sharers of services that were changed, also of those that the run planned before it changed the others. */
function listSharers(changed: readonly Applied[]): string[] {
  const made = changed.filter(({ actions }) =>
    actions.some(({ state }) => state === 'applied' || state === 'in-doubt'),
  );
  return [...new Set(made.flatMap((work) => work.sharers.map(({ service }) => service.id)))];
}
