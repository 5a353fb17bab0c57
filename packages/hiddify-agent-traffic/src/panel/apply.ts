import { isPanelError } from '@sluice/panel-http';
import {
  type AgentBudget,
  type ApplyContext,
  type Clock,
  failedStep,
  isoNow,
  SluiceError,
  type Step,
  type StepOutcome,
  toFailure,
  type UserCreation,
} from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { AgentStepPayload } from '../account/user-actions.js';
import {
  ACTION_TYPES,
  type CreatePayload,
  isTouchedSince,
  type ObservedUser,
  toObservedUser,
  toOutcome,
  type UpdatePayload,
  withReadUser,
} from '../account/user-actions.js';
import { shows } from '../client/compare-user.js';
import { type HiddifyUser, SELF } from '../client/records.js';
import type { HiddifyClient, HiddifyUserChange, NewHiddifyUser } from '../client/types.js';
import { isAgentTrafficError } from '../errors.js';
import { type Lift, toRaise } from './product.js';
import { USER_REF } from './settings.js';

/** What steps are performed with. */
interface StepTools {
  client: HiddifyClient;
  clock: Clock;
}

/** A step on the user of a service. */
interface ServiceStep {
  service: ServiceRecord;
  step: Step;
  context: ApplyContext;
}

/**
 * Performs one step: reads the user again, calls the panel where the step is still due, and returns what the panel shows
 * afterwards. A changing call has no signal: a change that was begun is finished.
 */
export async function performStep(
  tools: StepTools,
  service: ServiceRecord,
  step: Step,
  context: ApplyContext,
): Promise<StepOutcome> {
  const subject = { service, step, context };
  try {
    if (step.type === ACTION_TYPES.create) return await create(tools, subject);
    if (step.type === ACTION_TYPES.delete) {
      await context.calling();
      await tools.client.users.remove(step.target, { tag: service.id });
      return toOutcome('applied', null, { refs: { [USER_REF]: null } });
    }
    const seen = await tools.client.users.get(step.target, { tag: service.id });
    if (seen === null) {
      return failedStep('user_gone', 'the panel does not have this user any more; nothing was changed');
    }
    return await (step.type === ACTION_TYPES.update ? update(tools, subject, seen) : switchUser(tools, subject, seen));
  } catch (error) {
    return toStepFailure(error);
  }
}

async function create({ client, clock }: StepTools, { service, step, context }: ServiceStep): Promise<StepOutcome> {
  const { wanted } = step.payload as CreatePayload;
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
  const refs = { [USER_REF]: wanted.uuid };
  if (how === 'existed') return toOutcome('unneeded', user, { refs });
  const shown = { inBytes: user.usedBytes, outBytes: 0 };
  return toOutcome('applied', user, { refs, zeroed: { at: isoNow(clock), inBytes: null, outBytes: null, shown } });
}

async function update(
  { client, clock }: StepTools,
  { service, step, context }: ServiceStep,
  seen: HiddifyUser,
): Promise<StepOutcome> {
  const { change, zero } = step.payload as UpdatePayload;
  const lift = { lifted: step.raises?.lifted === true, soldBytes: step.raises?.limitBytes ?? null };
  const { user, how, usedBefore } = await updateWithin(context.budget, { seen, change, lift }, async () => {
    await context.calling();
    return client.users.update(step.target, change, { tag: service.id, seen });
  });
  const state = how === 'unneeded' ? 'unneeded' : 'applied';
  if (zero === undefined) return toOutcome(state, user);
  return toOutcome(state, null, {
    observed: { ...toObservedUser(user), usedBefore },
    // What the panel had written back was counted before.
    zeroed: { at: isoNow(clock), inBytes: Math.max(0, usedBefore - zero.counted), outBytes: 0 },
  });
}

async function switchUser(
  { client }: StepTools,
  { service, step, context }: ServiceStep,
  seen: HiddifyUser,
): Promise<StepOutcome> {
  const enabled = step.type === ACTION_TYPES.enable;
  // A switch that another tool made is not Sluice's to undo.
  if (seen.enabled === enabled) return toOutcome('unneeded', seen);
  await context.calling();
  return toOutcome('applied', (await client.users.update(step.target, { enabled }, { tag: service.id, seen })).user);
}

/** The codes that all panels share. */
const SHARED_CODES: Record<string, string> = { user_exists: 'account_exists', unknown_user: 'user_gone' };

function toStepFailure(error: unknown): StepOutcome {
  const isRefused = error instanceof SluiceError && error.kind === 'panel';
  if (!isRefused && !isPanelError(error) && !isAgentTrafficError(error)) throw error;
  return toFailure(error, (code) => SHARED_CODES[code] ?? code);
}

/** Creates a service's user within the limits of its agent and those above. */
function createWithin<T>(
  budget: AgentBudget | undefined,
  wanted: NewHiddifyUser & { uuid: string },
  work: UserCreation<T>,
): Promise<T> {
  const { owner } = wanted;
  if (budget === undefined || owner === undefined || owner === SELF) return work.make();
  return budget.create(owner, wanted, work);
}

/** Changes a service's user; what it reserves more than before is reserved first. */
function updateWithin<T>(
  budget: AgentBudget | undefined,
  { seen, change, lift }: { seen: HiddifyUser; change: HiddifyUserChange; lift: Lift },
  work: () => Promise<T>,
): Promise<T> {
  const raise = toRaise(seen, change, lift);
  return budget === undefined || raise === null ? work() : budget.raise(raise, work);
}

/**
 * Performs one step on an agent's user. A user to be switched is read again, and stays as it is where another tool has changed it
 * since.
 */
export async function performAgentStep(
  client: HiddifyClient,
  step: Step,
  { calling }: ApplyContext,
): Promise<StepOutcome> {
  const { target, type } = step;
  try {
    switch (type) {
      case ACTION_TYPES.create: {
        const { wanted } = step.payload as { wanted: NewHiddifyUser };
        await calling();
        // The owner was in the list of accounts when the figures were read.
        const { user, how } = await client.users.create(wanted, { ownerKnown: true });
        return toOutcome(how === 'existed' ? 'unneeded' : 'applied', user);
      }
      case ACTION_TYPES.update:
        return await updateAgentUser(client, step, calling);
      case ACTION_TYPES.delete:
        await calling();
        await client.users.remove(target);
        return toOutcome('applied', null);
      default:
        return await switchAgentUser(client, step, calling);
    }
  } catch (error) {
    if (!isPanelError(error) && !isAgentTrafficError(error)) throw error;
    return { ...toFailure(error), error: toAgentError(step, error) };
  }
}

async function updateAgentUser(
  client: HiddifyClient,
  { target, payload, prior }: Step,
  calling: ApplyContext['calling'],
): Promise<StepOutcome> {
  const { change, owner } = payload as { change: HiddifyUserChange; owner?: string | null };
  if (owner === undefined) {
    await calling();
    return toOutcome('applied', (await client.users.update(target, change)).user);
  }
  const seen = await client.users.get(target);
  if (seen === null) return failedStep('user_gone', 'the panel does not have this user any more; nothing was changed');
  const { limitBytes, packageDays } = prior as ObservedUser;
  const isAsRead = seen.limitBytes === limitBytes && seen.packageDays === packageDays;
  if (seen.owner !== owner || (!isAsRead && !shows(seen, change)))
    return failedStep('changed_meanwhile', 'the user was changed on the panel meanwhile; nothing was changed');
  await calling();
  return toOutcome('applied', (await client.users.update(target, change, { seen })).user);
}

async function switchAgentUser(
  client: HiddifyClient,
  { type, target, payload, begins }: Step,
  calling: ApplyContext['calling'],
): Promise<StepOutcome> {
  const enabled = type === ACTION_TYPES.enable;
  const { owner, ...known } = payload as AgentStepPayload;
  const seen = await client.users.get(target);
  if (seen === null || seen.enabled === enabled || seen.owner !== owner) return toOutcome('unneeded', seen);
  if (isTouchedSince(seen, known)) return toOutcome('unneeded', seen);
  await calling(withReadUser(begins, seen));
  return toOutcome('applied', (await client.users.update(target, { enabled }, { seen })).user);
}

function toAgentError(
  step: Step,
  error: Error & { code: string; outcomeUnknown: boolean },
): NonNullable<StepOutcome['error']> {
  const { code, message } = error;
  if (step.type !== ACTION_TYPES.create || !isPanelError(error) || !error.outcomeUnknown) return { code, message };
  const { name } = (step.payload as { wanted: NewHiddifyUser }).wanted;
  return {
    code,
    message: `${error.statement} It is not known whether user "${name}" was created: run the same command again, which continues with the same user.`,
  };
}

const PAUSE_MS = 50;

/** Runs changes one after the other with a pause between them, because each starts an apply run on the panel. */
export class WriteTurn {
  #last: Promise<unknown> = Promise.resolve();
  #used = false;

  constructor(private readonly clock: Clock) {}

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(async () => {
      if (this.#used) await this.clock.sleep(PAUSE_MS);
      this.#used = true;
      return work();
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
