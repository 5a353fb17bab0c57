import type { ItemError, Panel, Plan, StepOutcome } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/state-store';
import { fail, type Work } from './work.js';

/** Leaves out the steps of a plan on objects whose last change has no known outcome yet. */
export function leaveOutDoubtful(panel: Panel, work: Work, plan: Plan): void {
  const { objects } = panel;
  if (work.unsettled.length === 0 || objects === undefined) return;
  plan.steps = plan.steps.filter((step) => {
    const row = work.unsettled.find((item) => objects.objectOf(item) === objects.objectOf(step));
    if (row === undefined) return true;
    const outcome = outcomeByReading(panel, work, row);
    // In a preview nothing was settled: what the next run finds done is not done again.
    if (outcome?.state === 'applied') return row.type !== step.type;
    return outcome !== null;
  });
}

/** Notes the first action without a known outcome as the error of a service that is only previewed. */
export function failForDoubt(panel: Panel, work: Work): void {
  const row = work.unsettled.find((item) => outcomeByReading(panel, work, item) === null);
  if (row) fail(work, outcomeUnknown(row));
}

/** Returns how an action ended by what was observed; null while that can't be told. */
export function outcomeByReading(
  panel: Pick<Panel, 'resolve'>,
  work: Pick<Work, 'observation'>,
  row: ActionRecord,
): StepOutcome | null {
  if (row.calledAt === null) return neverCalled;
  const outcome = work.observation ? panel.resolve(row, work.observation) : null;
  return outcome?.state === 'in-doubt' ? null : outcome;
}

/** The error of a service with an action whose outcome is unknown. */
export function outcomeUnknown(row: ActionRecord): ItemError {
  return {
    code: 'outcome_unknown',
    message: `${row.type} ${row.target}: whether it was done can't be told from the panel yet; ${remedyOfDoubt(row.id)}`,
  };
}

/** What to do about an action whose outcome can't be read. */
export function remedyOfDoubt(id: string): string {
  return `the next run looks again. If the panel never shows it, look at the object yourself and say "sluice action resolve ${id} --done" or "--not-done"`;
}

/** An error that says that an outcome is unknown, with what to do about it. */
export function withRemedy(error: ItemError | null, id: string): ItemError | null {
  if (error?.code !== 'outcome_unknown') return error;
  return { ...error, message: `${error.message.replace(/\.$/, '')}; ${remedyOfDoubt(id)}` };
}

const neverCalled: StepOutcome = {
  state: 'failed',
  observed: null,
  error: { code: 'interrupted', message: 'the run ended before the panel was called' },
};
