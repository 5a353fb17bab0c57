import { type MovedError, TOO_SHORT } from '../base/errors.js';
import { isInterrupted } from '../base/interruption.js';
import { endStops } from '../kernel/changes/store-copy.js';
import { type BrakeError, isBrakeError, noteBrake } from '../kernel/run/brake-state.js';
import { type FinishedWorks, record, showOnly } from '../kernel/run/report.js';
import type { Decided, Read } from '../kernel/subject/stages.js';
import { leftUnfinished } from '../kernel/subject/to-stage.js';
import { undecided } from './decide.js';
import type { PanelRun, ToTreatment } from './run-part.js';

/** Reports services that an interrupted run did not read, and returns the others. */
export function leaveUnread(run: PanelRun, reads: readonly Read[]): readonly Read[] {
  const { context } = run;
  if (!context.deps.signal.aborted) return reads;
  const isLeft = ({ answer, error }: Read): boolean =>
    isInterrupted(error) || (answer?.reading.known === false && isInterrupted(answer.reading));
  leaveUnfinished(run, reads.filter(isLeft).map(undecided));
  return reads.filter((read) => !isLeft(read));
}

/** Reports services that an interrupted run leaves as they are stored. */
export function leaveUnfinished(run: PanelRun, decided: readonly Decided[]): void {
  showOnly(run, { subjects: decided.map(leftUnfinished), treatment: treatmentIn(run, false), notices: [] });
}

/** Stores the decisions and what the run was stopped by; a dry run only shows them. */
export async function recordFinished(
  run: PanelRun,
  finished: FinishedWorks,
  stop: MovedError | BrakeError | null,
): Promise<void> {
  const { context, panel, request, leases } = run;
  if (request.dryRun) {
    showOnly(run, finished);
    return;
  }
  if (finished.subjects.length + finished.notices.length > 0) {
    await context.write(leases.held, async (tables) => {
      await record(run, tables, finished);
      if (isBrakeError(stop)) await noteBrake(tables, 'services', { run: run.run, at: context.now(), error: stop });
    });
  }
  if (stop === null && request.service === undefined && wasRead(run)) await endStops(context, panel.name);
}

/** Returns whether the run could decide: a panel that answers for no service ends nothing. */
export function wasRead({ context, panel, read, unread }: PanelRun): boolean {
  return (context.panelFailures().get(panel.name) ?? null) === null && (read > 0 || unread === 0);
}

/** Counts a service whose reading failed. */
export function noteUnread(run: PanelRun, { error, answer }: Pick<Read, 'error' | 'answer'>): void {
  run.unread++;
  const reading = answer?.reading;
  const problem = error ?? (reading?.known === false ? reading : null);
  if (problem !== null && TOO_SHORT.includes(problem.code)) {
    run.ignored ??= { code: problem.code, message: problem.message };
  }
}

/** Returns how a run, stopped by the brake or not, treats services. */
export function treatmentIn({ request }: PanelRun, stopped: boolean): ToTreatment {
  return ({ enforcement }) => {
    const observing = enforcement.value === 'observe';
    return { previewOnly: request.dryRun || stopped || observing, observing };
  };
}
