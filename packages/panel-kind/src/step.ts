import { toItemError } from './errors.js';
import type { Plan, Step, StepOutcome } from './plan.js';

/** Returns a step; what `rest` does not state is empty. */
export function newStep(type: string, target: string, rest: Partial<Step> = {}): Step {
  return { type, target, hold: null, prior: null, payload: null, ends: [], begins: null, ...rest };
}

/** Returns a plan without steps; what `rest` does not state is empty. */
export function newPlan(rest: Partial<Plan> = {}): Plan {
  return { steps: [], problems: [], endedEvidence: [], moves: [], drift: [], ...rest };
}

/** Returns an outcome; what `rest` does not state is empty. */
export function toOutcome(state: StepOutcome['state'], rest: Partial<StepOutcome> = {}): StepOutcome {
  return { state, observed: null, error: null, ...rest };
}

/** Returns the outcome of a step that was not done, or was refused. */
export function failedStep(code: string, message: string, observed: unknown = null): StepOutcome {
  return { state: 'failed', observed, error: { code, message } };
}

/** Returns the outcome of a step of which the panel shows that it was not done. */
export function notDone(message: string, observed: unknown = null): StepOutcome {
  return failedStep('not_done', message, observed);
}

/** Returns the outcome of a step that may have been done. */
export function inDoubt(message: string, observed: unknown = null): StepOutcome {
  return { state: 'in-doubt', observed, error: { code: 'outcome_unknown', message } };
}

/** Returns the outcome of a step whose call failed: in doubt where the panel may have done it all the same. */
export function toFailure(error: unknown, toCode = (code: string): string => code): StepOutcome {
  const { code, message } = toItemError(error);
  return isOutcomeUnknown(error) ? inDoubt(`${code}: ${message}`) : failedStep(toCode(code), message);
}

/** Returns whether a failed call may have been made all the same: its error says so. */
export function isOutcomeUnknown(error: unknown): boolean {
  return (error as { outcomeUnknown?: unknown } | null)?.outcomeUnknown === true;
}
