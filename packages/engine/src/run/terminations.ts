import { toItemError } from '@sluice/panel-kind';
import { UNFINISHED } from '../provision/termination.js';
import type { Session } from '../session.js';
import { actionRow } from './journal.js';
import type { Notice } from './notices.js';
import { planSteps } from './plan.js';
import { type Applied, LEASED, type RunOnPanel, withError } from './stages.js';

/**
 * Continues unfinished terminations, regardless of the brake and the product's `terminate`. A dry run lists the remaining steps.
 */
export async function finishTerminations(
  on: RunOnPanel,
  works: readonly Applied[],
  { dryRun }: { dryRun: boolean },
): Promise<Applied[]> {
  const { session, run } = on;
  const done: Applied[] = [];
  for (const work of works) {
    const goesOn = work.termination !== null && work.enforcement.value !== 'observe' && !session.deps.signal.aborted;
    if (!goesOn) done.push(work);
    else if (dryRun) done.push(await showRest({ ...on, scope: 'command' }, work));
    else done.push(await finishOne(session, run, work));
  }
  return done;
}

/** Returns whether a notice may not be true any more at the end of the run: an unfinished termination is finished by it. */
export const mayEnd = ({ code }: Notice): boolean => code === UNFINISHED;

/** Returns the notices without those about terminations that are finished now. */
export function stillTrue(notices: Notice[], works: readonly Applied[]): Notice[] {
  const open = new Set(works.filter((work) => work.termination !== null).map((work) => work.service.id));
  return notices.filter((notice) => !mayEnd(notice) || open.has(notice.service ?? ''));
}

async function showRest(on: RunOnPanel, work: Applied): Promise<Applied> {
  const { session, panel, run, scope } = on;
  const { service } = work;
  const observations = await panel.observe([service], session.deps.signal, { scope, refresh: true });
  const looked = { ...work, observation: observations.get(service.id) ?? null };
  const { plan, drift, problem } = planSteps(on, looked, { verb: 'terminate' });
  const actions = plan.steps.map((step) => actionRow(session, run, work, step));
  return withError({ ...looked, drift, actions }, problem);
}

async function finishOne(session: Session, run: string, work: Applied): Promise<Applied> {
  // Loaded on demand, since few runs need it.
  const { provisionInRun } = await import('../provision/provision.js');
  try {
    const { work: done } = await provisionInRun(session, work.service.id, { verb: 'terminate', run });
    const { actions, service, history } = done;
    const finished = withError({ ...work, actions, service, history }, done.error);
    if (service.status !== 'terminated') return finished;
    return { ...finished, termination: null, skipped: service.status, holds: [] };
  } catch (error) {
    const problem = toItemError(error);
    return withError(problem.code === 'lease_held' ? { ...work, skipped: LEASED } : work, problem);
  }
}
