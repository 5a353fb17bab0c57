import { findReversals } from '../kernel/changes/reversals.js';
import { shownNotice } from '../kernel/run/notice.js';
import type { Decided, Planned } from '../kernel/subject/stages.js';
import { apply, type AppliedServices, isAccepted, type Verdict } from './apply.js';
import { askBrake, brakeNotice, countChanges } from './brake.js';
import { noteChanges } from './due-panel.js';
import { listReleases, stillTrue } from './decision-notices.js';
import { planAgain, planAll, withCheckpoint } from './plan.js';
import { distrustFallen, mostFell } from './plausible.js';
import { type LeftOut, leaveUnfinished, recordFinished, treatmentIn } from './record.js';
import { isLeftOut } from '../kernel/subject/to-stage.js';
import type { PanelRun, RunHooks } from './run-part.js';
import { noteStopsOfSharers } from './stops.js';
import type { RunStop, Subjects } from './subjects.js';

/** The services of a run over one panel that need more than a reading. Ends with those that commands kept the run from. */
export function openServices(run: PanelRun, hooks: RunHooks): Subjects<readonly Planned[], AppliedServices, LeftOut> {
  const { context, request } = run;
  const { signal } = context.deps;
  const fell = request.allowMass ? null : mostFell(run.count);
  const open = distrustFallen(context, run.open, fell);
  return {
    async plan(guard) {
      const decided = fell ? open : await hooks.beforePlan(open);
      const planned = signal.aborted ? [] : await hooks.afterPlan(await planAll(run, decided));
      if (signal.aborted) return { ended: leaveAll(run, open) };
      guard();
      return { planned: await withoutReversed(run, planned) };
    },
    changesPanel: (wanted) => wanted.some(isChange),
    askBrake(wanted) {
      const isFree = request.allowMass || wanted.length + run.doubted.size === 0;
      return isFree ? null : askBrake(context.config, run, wanted, run.earlier);
    },
    async apply(wanted, stop) {
      const verdict = toVerdict(run, stop);
      const applied = await apply(run, await hooks.afterBrake(wanted, verdict), verdict);
      if (run.due !== null && stop === null) await noteChanges(run, countChanges(context.config, run, wanted));
      return { ...applied, subjects: await hooks.afterApply(applied.subjects, verdict.treatment) };
    },
    end: (applied, stop) => finish(run, hooks, applied, { stop, mayDecide: stop === null && fell === null }),
  };
}

/** Returns what a run that was interrupted before its first change ends with. */
function leaveAll(run: PanelRun, open: readonly Decided[]): LeftOut {
  leaveUnfinished(run, open);
  return { run, subjects: run.left, treatment: treatmentIn(run, false), mayDecide: false };
}

const toVerdict = (run: PanelRun, stop: RunStop | null): Verdict => ({
  stopped: stop !== null,
  treatment: treatmentIn(run, stop !== null),
});

/** Returns the services with plans that leave alone what something else keeps undoing on the panel. */
async function withoutReversed(run: PanelRun, planned: readonly Planned[]): Promise<readonly Planned[]> {
  const { found, reversed, notices } = await findReversals(run, planned, run.request);
  run.notices.push(...notices);
  return planAgain(run, planned, found).map((work) => withReversed(work, reversed));
}

/** Returns a service with those of its holds that something else keeps off the panel. */
function withReversed(work: Planned, reversed: ReadonlyMap<string, string>): Planned {
  const own = work.holds.filter(({ id }) => reversed.has(id) && !work.toRestrict.has(id));
  if (own.length === 0) return work;
  const noted = own.map(({ id, service }) => [id, { service, since: reversed.get(id) ?? '' }] as const);
  return { ...work, toRestrict: new Map([...work.toRestrict, ...noted]) };
}

function isChange({ enforcement, plan, opens, closes, more, termination }: Planned): boolean {
  if (enforcement.value !== 'on') return false;
  const isPlanned = opens.length + closes.length + (plan?.steps.length ?? 0) > 0;
  return isPlanned || more?.changesPanel === true || termination !== null;
}

/** Stores how the services ended, with the notices of the run. */
async function finish(
  run: PanelRun,
  hooks: RunHooks,
  applied: AppliedServices,
  { stop, mayDecide }: { stop: RunStop | null; mayDecide: boolean },
): Promise<LeftOut> {
  const { context, request, report } = run;
  const verdict = toVerdict(run, stop);
  const { treatment } = verdict;
  if (applied.subjects.some((work) => work.enforcement.value === 'observe')) noteObserving(run);
  const after = applied.subjects.map((work) => withCheckpoint(run, work, isAccepted(verdict, work)));
  const subjects = after.filter((work) => !isLeftOut(work));
  report.notices.push(...applied.stored.map(shownNotice));
  const braked = stop === null ? [] : [brakeNotice(run, stop, run.context.now())];
  const releases = subjects.flatMap((work) => listReleases(context, work, report.run));
  const notices = stillTrue([...run.notices, ...applied.notices, ...releases, ...braked], after);
  await recordFinished(run, { subjects, treatment, notices }, stop);
  const isShared = subjects.some(({ sharers }) => sharers.length > 0);
  if (isShared && !request.dryRun) await noteStopsOfSharers(run, subjects, run.leases.held);
  hooks.finished(subjects);
  await hooks.end(verdict);
  return { run, subjects: [...run.left, ...after.filter(isLeftOut)], treatment, mayDecide };
}

/** Notes that a panel is under `observe`, or a product on it. */
export function noteObserving({ panel, report }: PanelRun): void {
  const { observing } = report.run;
  if (!observing.includes(panel.name)) observing.push(panel.name);
}
