import { failedStep, type ItemError, type Panel, type Plan, type Step, type StepOutcome } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/state-store';
import { INTERRUPTED } from '../../base/interruption.js';
import type { Applied } from './stages.js';

/** A service's actions in doubt, and what was observed. */
type Doubts = Pick<Applied, 'unresolved' | 'observation'>;

/** Returns the steps of a plan, without those on objects with an action in doubt. */
export function certainSteps(panel: Panel, doubts: Doubts, { steps }: Plan): Step[] {
  const { unresolved } = doubts;
  const { objects } = panel;
  if (objects === undefined) return steps;
  return steps.filter((step) => {
    const row = unresolved.find((item) => objects.toObjectKey(item) === objects.toObjectKey(step));
    if (row === undefined) return true;
    const outcome = outcomeByReading(panel, doubts, row);
    // A preview resolves nothing: a change that the next run will find done is not planned again.
    if (outcome?.state === 'applied') return row.type !== step.type;
    return outcome !== null;
  });
}

/** Returns the error of a previewed service with an action in doubt; null where it has none. */
export function errorOfDoubt(panel: Panel, doubts: Doubts): ItemError | null {
  const row = doubts.unresolved.find((item) => outcomeByReading(panel, doubts, item) === null);
  return row ? outcomeUnknown(row) : null;
}

/** Returns how an action ended, from the observation; null while that is unknown. */
export function outcomeByReading(
  panel: Pick<Panel, 'resolve'>,
  { observation }: Pick<Doubts, 'observation'>,
  row: ActionRecord,
): StepOutcome | null {
  if (row.calledAt === null) return neverCalled;
  const outcome = observation ? panel.resolve(row, observation) : null;
  return outcome?.state === 'in-doubt' ? null : outcome;
}

/** Returns the error of a service with an action in doubt. */
export function outcomeUnknown(row: ActionRecord): ItemError {
  return {
    code: 'outcome_unknown',
    message: `${row.type} ${row.target}: the panel does not show yet whether it was done (${row.id})`,
  };
}

const neverCalled = failedStep(INTERRUPTED, 'the run ended before the panel was called');
