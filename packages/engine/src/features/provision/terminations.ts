import { toItemError } from '@sluice/panel-kind';
import type { Context } from '../../context/context.js';
import { readEnforcements } from '../../context/enforcement.js';
import { actionRow } from '../../kernel/changes/journal.js';
import { load } from '../../loop/load.js';
import { observeServices, openRows } from '../../loop/observe.js';
import { planSteps } from '../../loop/plan.js';
import { foreseeResolved } from '../../loop/resolve.js';
import type { PanelRun, PartHooks } from '../../loop/run-part.js';
import { findSharers } from '../../loop/sharing.js';
import type { Applied, RunOnPanel } from '../../kernel/subject/stages.js';
import { toTermination } from './earlier-creation.js';
import { LEASED, withError } from '../../kernel/subject/to-stage.js';

/** Unfinished terminations, which a run continues, regardless of the brake and the product's `terminate`. */
export function beginTerminations(run: PanelRun): PartHooks {
  return { afterApply: (subjects) => finishTerminations(run, subjects) };
}

/** A dry run lists the remaining steps. */
async function finishTerminations(on: PanelRun, subjects: readonly Applied[]): Promise<Applied[]> {
  const { context, run, request } = on;
  const done: Applied[] = [];
  for (const work of subjects) {
    const goesOn = work.termination !== null && work.enforcement.value !== 'observe' && !context.deps.signal.aborted;
    if (!goesOn) done.push(work);
    else if (request.dryRun) done.push(await showRest({ ...on, scope: 'command' }, work));
    else done.push(await finishOne(context, run, work));
  }
  return done;
}

async function showRest(on: RunOnPanel, work: Applied): Promise<Applied> {
  const { context, panel, run } = on;
  const { service } = work;
  const command = await toTermination(context, service.id);
  const observations = await observeServices(on, [service], { refresh: true, command, open: openRows([work]) });
  const observed = { ...work, observation: observations.get(service.id) ?? null };
  const enforcements = await readEnforcements(context.config, context.store);
  // With what the command did before, which a run does not load.
  const [{ history } = work] = await load(context, panel, [service], { enforcements, ordered: true });
  const found = await foreseeResolved(on, { ...observed, history }, command);
  const [shared = found] = await findSharers(on, [found], new Set([service.id]));
  const { plan, drift, problem } = planSteps(on, shared, command);
  const actions = plan.steps.map((step) => actionRow(context, run, work, step));
  return withError({ ...observed, drift, actions }, problem);
}

async function finishOne(context: Context, run: string, work: Applied): Promise<Applied> {
  // Loaded on demand, since few runs need it.
  const { provisionInRun } = await import('./provision.js');
  try {
    const { work: done } = await provisionInRun(context, work.service.id, { verb: 'terminate', run });
    const { actions, service, history } = done;
    const finished = withError({ ...work, actions, service, history }, done.error);
    if (service.status !== 'terminated') return finished;
    return { ...finished, termination: null, skipped: service.status, holds: [] };
  } catch (error) {
    const problem = toItemError(error);
    return withError(problem.code === 'lease_held' ? { ...work, skipped: LEASED } : work, problem);
  }
}
