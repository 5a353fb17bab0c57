import { isPanelError } from '@sluice/panel-http';
import type { HiddifyUser } from '../client/records.js';
import { isInDoubt } from '../client/settle.js';
import type { CallOptions, HiddifyClient } from '../client/types.js';
import { isAgentTrafficError } from '../errors.js';
import type { HiddifyStep, StepHooks, StepResult } from './step.js';

/**
 * Performs steps one after the other, calling the hooks around each. The steps of one service build on each other, so the first
 * one that does not succeed ends the run; those after it are `skipped` with `not-reached`. A lost answer is settled by looking
 * before a step is given up.
 *
 * Rejects only with what a hook rejects with, or with an error that is neither the panel's nor this library's.
 */
export async function executeUserSteps(
  client: HiddifyClient,
  steps: readonly HiddifyStep[],
  { hooks = {}, ...call }: { hooks?: StepHooks } & CallOptions = {},
): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const step of steps) {
    if (results.some(({ state }) => state !== 'applied' && state !== 'unneeded')) {
      results.push({ step, state: 'skipped', observed: null, code: 'not-reached', message: null });
      continue;
    }
    results.push(await performStep(step, hooks, () => doStep(client, step, call)));
  }
  return results;
}

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

async function doStep(
  client: HiddifyClient,
  step: HiddifyStep,
  call: CallOptions,
): Promise<{ state: 'applied' | 'unneeded'; observed: HiddifyUser | null }> {
  const { users } = client;
  switch (step.type) {
    case 'create-user': {
      const { user, how } = await users.create(step.wanted, call);
      return { state: how === 'existed' ? 'unneeded' : 'applied', observed: user };
    }
    case 'delete-user':
      return { state: (await users.remove(step.target, call)) === 'gone' ? 'unneeded' : 'applied', observed: null };
    case 'update-user':
    case 'disable-user':
    case 'enable-user': {
      const change = step.type === 'update-user' ? step.change : { enabled: step.type === 'enable-user' };
      const { user, how } = await users.update(step.target, change, call);
      return { state: how === 'unneeded' ? 'unneeded' : 'applied', observed: user };
    }
  }
}
