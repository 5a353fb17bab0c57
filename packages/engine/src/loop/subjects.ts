import type { Panel } from '@sluice/panel-kind';
import type { MovedError } from '../base/errors.js';
import { refuseWrongClock } from '../context/clock-guard.js';
import type { Context } from '../context/context.js';
import type { Moment } from '../context/panel-answers.js';
import { mayChange } from '../kernel/changes/store-copy.js';
import type { BrakeError } from '../kernel/run/brake-state.js';

/** Why a run changes nothing on a panel: a copy of the store changes it, or the brake. */
export type RunStop = MovedError | BrakeError;

/** What is planned, or what the run ends with where nothing can be decided, or it was interrupted. */
type Planning<Planned, Result> = { planned: Planned } | { ended: Result };

/**
 * What a run restricts on one panel: its services, or its agents with their users. Facts, decisions and steps are theirs; in which
 * order they follow each other, and what keeps the panel from being changed, is the same for all.
 */
export interface Subjects<Planned, Applied, Result> {
  /**
   * Decides and plans.
   *
   * @param guard throws where the clock has turned out wrong: called before anything is stored by the present time
   */
  plan(guard: () => void): Promise<Planning<Planned, Result>>;
  /** Whether carrying out the plan would change the panel. */
  changesPanel(planned: Planned): boolean;
  /** Returns why the plan would change too many at once; null where it would not, or the run has no brake. */
  askBrake(planned: Planned): BrakeError | null;
  /** Stores what was decided, then makes the changes; with a stop, and in a preview, only lists them. */
  apply(planned: Planned, stop: RunStop | null): Promise<Applied>;
  /** Stores how it ended, and reports it. */
  end(applied: Applied, stop: RunStop | null): Promise<Result>;
}

/** A run over one panel. */
interface RunOverPanel {
  readonly context: Context;
  readonly panel: Panel;
  readonly request: { readonly dryRun: boolean };
  readonly start: Moment;
}

/**
 * Runs over the subjects of one panel: decides and plans, asks what forbids the changes, and makes them.
 *
 * @throws SluiceError `clock_wrong` if the clock turned out wrong until then: nothing was changed
 */
export async function runSubjects<Planned, Applied, Result>(
  { context, panel, request, start }: RunOverPanel,
  subjects: Subjects<Planned, Applied, Result>,
): Promise<Result> {
  const guard = (): void => {
    refuseWrongClock(context, panel.name, start);
  };
  const planning = await subjects.plan(guard);
  if ('ended' in planning) return planning.ended;
  guard();
  const { planned } = planning;
  const { dryRun } = request;
  const moved = subjects.changesPanel(planned) ? await mayChange(context, panel, { dryRun }) : null;
  const stop = moved ?? subjects.askBrake(planned);
  return subjects.end(await subjects.apply(planned, stop), stop);
}
