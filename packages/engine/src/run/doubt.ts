import type { ItemError, Panel, Plan, Step, StepOutcome } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/state-store';
import type { Applied } from './stages.js';

/** What is known of a service's actions without a known outcome. */
type Doubts = Pick<Applied, 'unsettled' | 'observation'>;

/** Returns the steps of a plan but those on objects whose last change has no known outcome yet. */
export function certainSteps(panel: Panel, doubts: Doubts, { steps }: Plan): Step[] {
  const { unsettled } = doubts;
  const { objects } = panel;
  if (unsettled.length === 0 || objects === undefined) return steps;
  return steps.filter((step) => {
    const row = unsettled.find((item) => objects.objectOf(item) === objects.objectOf(step));
    if (row === undefined) return true;
    const outcome = outcomeByReading(panel, doubts, row);
    // In a preview nothing was settled: what the next run finds done is not done again.
    if (outcome?.state === 'applied') return row.type !== step.type;
    return outcome !== null;
  });
}

/** The error of a service that is only previewed and has an action without a known outcome; null where it has none. */
export function errorOfDoubt(panel: Panel, doubts: Doubts): ItemError | null {
  const row = doubts.unsettled.find((item) => outcomeByReading(panel, doubts, item) === null);
  return row ? outcomeUnknown(row) : null;
}

/** Returns how an action ended by what was observed; null while that can't be told. */
export function outcomeByReading(
  panel: Panel,
  { observation }: Pick<Doubts, 'observation'>,
  row: ActionRecord,
): StepOutcome | null {
  if (row.calledAt === null) return neverCalled;
  const outcome = observation ? panel.resolve(row, observation) : null;
  return outcome?.state === 'in-doubt' ? null : outcome;
}

/** The error of a service with an action whose outcome is unknown. */
export function outcomeUnknown(row: ActionRecord): ItemError {
  return {
    code: 'outcome_unknown',
    message: `${row.type} ${row.target}: the panel does not show yet whether it was done (${row.id})`,
  };
}

/** An error that says that an outcome is unknown, with the id of its action. */
export function withAction(error: ItemError | null, id: string): ItemError | null {
  if (error?.code !== 'outcome_unknown') return error;
  return { ...error, message: `${error.message.replace(/\.$/, '')} (${id})` };
}

const neverCalled: StepOutcome = {
  state: 'failed',
  observed: null,
  error: { code: 'interrupted', message: 'the run ended before the panel was called' },
};
