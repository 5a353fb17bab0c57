import { isPanelError } from '@sluice/panel-http';
import { AGENT_STEPS, type ApplyContext, type Step, type StepOutcome } from '@sluice/panel-kind';
import type { HiddifyUser } from '../client/records.js';
import { isInDoubt } from '../client/settle.js';
import type { HiddifyClient, HiddifyUserChange, NewHiddifyUser } from '../client/types.js';
import { isAgentTrafficError } from '../errors.js';
import { ACTION_TYPES, observedOf } from '../steps/user-actions.js';
import { fingerprintOf } from '../traffic/fingerprint.js';
import type { AgentStepPayload } from '../traffic/plan-users.js';

/**
 * Performs one step on an agent's user: a user that is switched is read again, and left as it is where somebody else has dealt
 * with it since.
 */
export async function performAgentStep(
  client: HiddifyClient,
  step: Step,
  { calling }: ApplyContext,
): Promise<StepOutcome> {
  const { target, type } = step;
  try {
    if (type === AGENT_STEPS.create) return await create(client, step, calling);
    if (type === AGENT_STEPS.delete) {
      await calling();
      await client.users.remove(target);
      return applied(null);
    }
    if (type === ACTION_TYPES.update) {
      await calling();
      const { change } = step.payload as { change: HiddifyUserChange };
      return applied((await client.users.update(target, change)).user);
    }
    return await flip(client, step, calling);
  } catch (error) {
    if (!isPanelError(error) && !isAgentTrafficError(error)) throw error;
    return { ...applied(null), state: isInDoubt(error) ? 'in-doubt' : 'failed', error: errorOf(step, error) };
  }
}

async function create(client: HiddifyClient, step: Step, calling: () => Promise<void>): Promise<StepOutcome> {
  const { wanted } = step.payload as { wanted: NewHiddifyUser };
  await calling();
  // The owner was in the list of accounts when the figures were read.
  const { user, how } = await client.users.create(wanted, { ownerKnown: true });
  return { ...applied(user), state: how === 'existed' ? 'unneeded' : 'applied' };
}

async function flip(client: HiddifyClient, step: Step, calling: () => Promise<void>): Promise<StepOutcome> {
  const enabled = step.type === AGENT_STEPS.enable;
  const { owner, fingerprint } = step.payload as AgentStepPayload;
  const seen = await client.users.get(step.target);
  const isTouched = seen !== null && fingerprint !== undefined && fingerprintOf(seen) !== fingerprint;
  if (seen === null || seen.enabled === enabled || seen.owner !== owner || isTouched)
    return { ...applied(seen), state: 'unneeded' };
  await calling();
  return applied((await client.users.update(step.target, { enabled }, { seen })).user);
}

function applied(user: HiddifyUser | null): StepOutcome {
  return { state: 'applied', observed: user === null ? null : observedOf(user), error: null };
}

function errorOf(step: Step, error: Error & { code: string; outcomeUnknown: boolean }): StepOutcome['error'] {
  const { code, message } = error;
  if (step.type !== AGENT_STEPS.create || !isPanelError(error) || !error.outcomeUnknown) return { code, message };
  const { name } = (step.payload as { wanted: NewHiddifyUser }).wanted;
  return {
    code,
    message: `${error.statement} Whether user "${name}" was made is open: run the same command again, it goes on with the same user.`,
  };
}
