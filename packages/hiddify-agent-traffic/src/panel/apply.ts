import { isPanelError } from '@sluice/panel-http';
import {
  AGENT_STEPS,
  type AgentBudget,
  type ApplyContext,
  type Clock,
  isoNow,
  type ItemError,
  itemErrorOf,
  SluiceError,
  type Step,
  type StepOutcome,
  type UserCreation,
} from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { AgentStepPayload } from '../account/plan-users.js';
import {
  ACTION_TYPES,
  type CreatePayload,
  fingerprintOf,
  observedOf,
  type UpdatePayload,
  USER_REF,
} from '../account/user-actions.js';
import { type HiddifyUser, SELF } from '../client/records.js';
import { isInDoubt } from '../client/lost-answers.js';
import type { HiddifyClient, HiddifyUserChange, NewHiddifyUser } from '../client/types.js';
import { isAgentTrafficError } from '../errors.js';

/** What steps are performed with. */
export interface Hands {
  client: HiddifyClient;
  clock: Clock;
}

/**
 * Performs one step: the user is read again, the call is made where it is still right, and what the panel shows afterwards
 * decides. No signal is handed to a changing call: a change that was begun is finished.
 */
export async function performStep(
  hands: Hands,
  service: ServiceRecord,
  step: Step,
  context: ApplyContext,
): Promise<StepOutcome> {
  try {
    switch (step.type) {
      case ACTION_TYPES.create:
        return await create(hands, service, step.payload as CreatePayload, context);
      case ACTION_TYPES.delete:
        return await remove(hands, service, step, context);
      case ACTION_TYPES.update:
        return await update(hands, service, step, context);
      default:
        return await flip(hands, service, step, context);
    }
  } catch (error) {
    return failed(error);
  }
}

async function create(
  { client }: Hands,
  service: ServiceRecord,
  { wanted }: CreatePayload,
  context: ApplyContext,
): Promise<StepOutcome> {
  const tag = service.id;
  const { user, how } = await createWithin(context.budget, wanted, {
    make: async () => {
      await context.calling();
      return client.users.create(wanted, { tag });
    },
    remove: async () => {
      await context.calling();
      return client.users.remove(wanted.uuid, { tag });
    },
  });
  const state = how === 'existed' ? 'unneeded' : 'applied';
  return { state, observed: observedOf(user), error: null, refs: { [USER_REF]: wanted.uuid } };
}

async function remove(
  { client }: Hands,
  service: ServiceRecord,
  step: Step,
  context: ApplyContext,
): Promise<StepOutcome> {
  await context.calling();
  await client.users.remove(step.target, { tag: service.id });
  return { state: 'applied', observed: null, error: null, refs: { [USER_REF]: null } };
}

async function update(
  { client, clock }: Hands,
  service: ServiceRecord,
  step: Step,
  context: ApplyContext,
): Promise<StepOutcome> {
  const tag = service.id;
  const { change, zero } = step.payload as UpdatePayload;
  const seen = await client.users.get(step.target, { tag });
  if (seen === null) return userGone();
  const work = async () => {
    await context.calling();
    return client.users.update(step.target, change, { tag, seen });
  };
  const { user, how } = await updateWithin(context.budget, { seen, change }, work);
  const state = how === 'unneeded' ? 'unneeded' : 'applied';
  if (zero === undefined) return { state, observed: observedOf(user), error: null };
  const usedBefore = seen.usedBytes;
  return {
    state,
    observed: { ...observedOf(user), usedBefore },
    error: null,
    // What the panel had written back was counted before.
    zeroed: { at: isoNow(clock), inBytes: Math.max(0, usedBefore - zero.counted), outBytes: 0 },
  };
}

async function flip(
  { client }: Hands,
  service: ServiceRecord,
  step: Step,
  context: ApplyContext,
): Promise<StepOutcome> {
  const tag = service.id;
  const enabled = step.type === ACTION_TYPES.enable;
  const seen = await client.users.get(step.target, { tag });
  if (seen === null) return userGone();
  // Somebody else was quicker: then it is not ours to undo.
  if (seen.enabled === enabled) return { state: 'unneeded', observed: observedOf(seen), error: null };
  await context.calling();
  const { user } = await client.users.update(step.target, { enabled }, { tag, seen });
  return { state: 'applied', observed: observedOf(user), error: null };
}

function userGone(): StepOutcome {
  return {
    state: 'failed',
    observed: null,
    error: { code: 'user_gone', message: 'the panel has no such user any more; nothing was changed' },
  };
}

function failed(error: unknown): StepOutcome {
  const { code, message } = itemErrorOf(error);
  if (error instanceof SluiceError && error.kind === 'panel')
    return { state: 'failed', observed: null, error: { code, message } };
  if (!isPanelError(error) && !isAgentTrafficError(error)) throw error;
  if (error.outcomeUnknown) {
    return { state: 'in-doubt', observed: null, error: { code: 'outcome_unknown', message: `${code}: ${message}` } };
  }
  return { state: 'failed', observed: null, error: { code: codeOf(code), message } };
}

/** The words of this library under the names that all panels share. */
function codeOf(code: string): ItemError['code'] {
  if (code === 'user_exists') return 'account_exists';
  return code === 'unknown_user' ? 'user_gone' : code;
}

/** Runs changes one after the other with a pause between: each starts an apply run on the panel. */
export class WriteTurn {
  readonly #clock: Clock;
  readonly #pauseMs: number;
  #last: Promise<unknown> = Promise.resolve();
  #used = false;

  constructor(clock: Clock, pauseMs = 50) {
    this.#clock = clock;
    this.#pauseMs = pauseMs;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(async () => {
      if (this.#used) await this.#clock.sleep(this.#pauseMs);
      this.#used = true;
      return work();
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Makes a service's user: it counts against the limits of its agent and those above like any other. */
export function createWithin<T>(
  budget: AgentBudget | undefined,
  wanted: NewHiddifyUser & { uuid: string },
  work: UserCreation<T>,
): Promise<T> {
  const { owner } = wanted;
  if (budget === undefined || owner === undefined || owner === SELF) return work.make();
  return budget.create(owner, wanted, work);
}

/** Changes a service's user: what that reserves more than before is taken from the budget first. */
export function updateWithin<T>(
  budget: AgentBudget | undefined,
  { seen, change }: { seen: HiddifyUser; change: HiddifyUserChange },
  work: () => Promise<T>,
): Promise<T> {
  const owner = change.owner ?? seen.owner;
  const limitBytes = change.limitBytes ?? seen.limitBytes;
  const more = owner === seen.owner ? limitBytes - seen.limitBytes : limitBytes;
  const { uuid } = seen;
  if (budget === undefined || owner === null || owner === SELF || uuid === null || more <= 0) return work();
  return budget.raise({ user: { ...seen, uuid }, owner, limitBytes }, work);
}

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
