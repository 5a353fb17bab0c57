import { itemErrorOf } from '@sluice/panel-kind';
import { UNFINISHED } from '../provision/termination.js';
import type { Session } from '../session.js';
import { actionRow } from './journal.js';
import type { Notice } from './notices.js';
import { planWork } from './plan.js';
import { fail, LEASED, type RunOnPanel, type Work } from './work.js';

/**
 * Goes on with terminations that an operator ordered and that were not finished: neither the brake nor the product's
 * `terminate` counts for them. A dry run shows what remains.
 */
export async function finishTerminations(
  on: RunOnPanel,
  works: Work[],
  { dryRun }: { dryRun: boolean },
): Promise<void> {
  const { session, run } = on;
  for (const work of works) {
    if (work.termination === null || work.enforcement.value === 'observe' || session.deps.signal.aborted) continue;
    if (dryRun) await showRest({ ...on, scope: 'order' }, work);
    else await finishOne(session, run, work);
  }
}

/** What was said of terminations that are finished by now is left out. */
export function stillTrue(notices: Notice[], works: Work[]): Notice[] {
  const open = new Set(works.filter((work) => work.termination !== null).map((work) => work.service.id));
  return notices.filter(({ code, service }) => code !== UNFINISHED || open.has(service ?? ''));
}

async function showRest(on: RunOnPanel, work: Work): Promise<void> {
  const { session, panel, run, scope } = on;
  const seen = await panel.observe([work.service], session.deps.signal, { scope, fresh: true });
  work.observation = seen.get(work.service.id) ?? null;
  const plan = planWork(on, work, { verb: 'terminate' });
  work.actions = plan.steps.map((step) => actionRow(session, run, work, step));
}

async function finishOne(session: Session, run: string, work: Work): Promise<void> {
  // Loaded when it is needed: few runs have one to finish.
  const { finishTermination } = await import('../provision/provision.js');
  try {
    const { work: done } = await finishTermination(session, work.service.id, run);
    work.actions = done.actions;
    work.service = done.service;
    work.remembered = done.remembered;
    if (done.error) fail(work, done.error);
    if (done.service.status !== 'terminated') return;
    work.termination = null;
    work.skipped = done.service.status;
    work.holds = [];
  } catch (error) {
    const problem = itemErrorOf(error);
    if (problem.code === 'lease_held') work.skipped = LEASED;
    fail(work, problem);
  }
}
