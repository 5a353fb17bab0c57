import { isPanelError } from '@sluice/panel-http';
import { isInDoubt } from '../client/settle.js';
import { isAgentTrafficError } from '../errors.js';
import type { HiddifyStep, StepHooks, StepResult } from './step.js';

/** One step between its hooks; what the panel or this library objects to becomes its result. */
export async function performStep(
  step: HiddifyStep,
  hooks: StepHooks,
  work: () => Promise<Pick<StepResult, 'state' | 'observed'>>,
): Promise<StepResult> {
  await hooks.before?.(step);
  let result: StepResult;
  try {
    result = { step, ...(await work()), code: null, message: null };
  } catch (error) {
    result = failedStep(step, error);
  }
  await hooks.after?.(step, result);
  return result;
}

export function failedStep(step: HiddifyStep, error: unknown): StepResult {
  if (!isPanelError(error) && !isAgentTrafficError(error)) throw error;
  const state = isInDoubt(error) ? 'in-doubt' : 'failed';
  return { step, state, observed: null, code: error.code, message: error.message };
}
