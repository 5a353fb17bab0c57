import { isPanelError } from '@sluice/panel-http';
import {
  type ApplyContext,
  type ChangeEnd,
  type Clock,
  failedStep,
  inDoubt,
  performChange,
  type Step,
  type StepOutcome,
  toItemError,
} from '@sluice/panel-kind';
import { type ObjectCalls, readOrder, readPort } from './read-objects.js';
import { ACCEPTED, isRepeat, toOrderOutcome, toPortOutcome } from './resolve.js';
import { ACTION_TYPES, findMappedService, isPortAction, type PortPrior } from './state.js';

/** Waits before each reading: a panel may queue changes of ports. */
const READ_BACK_MS = [0, 250, 750, 1500];

/** What performing a step requires. */
interface StepCalls extends ObjectCalls {
  clock: Clock;
}

/**
 * Reads the object, calls the panel once, and reads back. The outcome depends on the readings, not on the answer. What somebody
 * else restricted since the plan is not ours.
 */
export function performStep(calls: StepCalls, step: Step, context: ApplyContext): Promise<StepOutcome> {
  return performChange<StepOutcome>(
    {
      before: () => readRestricted(calls, step, context),
      call: async () => change(calls, step),
      read: () => readOutcome(calls, step, step.prior),
      isDone: ({ state }) => state === 'applied',
      waitsMs: ({ isRefused }) => (isRefused ? [0] : READ_BACK_MS),
      onHidden: () => context.accepted(ACCEPTED),
      end: (end) => toOutcome(end, step, context),
    },
    { clock: calls.clock, calling: () => context.calling() },
  );
}

async function toOutcome(end: ChangeEnd<StepOutcome>, step: Step, context: ApplyContext): Promise<StepOutcome> {
  const { failure, seen, unreadable } = end;
  const found = seen ?? toDoubt(failure ?? unreadable);
  const outcome = failure === null ? found : afterFailure(end, found);
  // Whether the panel shows it or not: what it refuses as done was not done by this call.
  if (outcome.state !== 'failed' && isRestriction(step.type) && saysAlready(failure))
    return restrictedBefore(outcome, step, context);
  if (failure !== null || outcome.state !== 'in-doubt') return outcome;
  return { ...outcome, observed: { ...(outcome.observed as object | null), ...ACCEPTED } };
}

function toDoubt(error: unknown): StepOutcome {
  const { code, message } = toItemError(error);
  return inDoubt(`${code}: ${message}`);
}

function afterFailure({ failure, isRefused, isDone }: ChangeEnd<StepOutcome>, found: StepOutcome): StepOutcome {
  if (isDone) return found;
  const { code, message } = toItemError(failure);
  const isShown = found.error?.code !== 'outcome_unknown';
  return isRefused && isShown ? failedStep(code, message, found.observed) : inDoubt(message, found.observed);
}

function isRestriction(type: string): boolean {
  return type === ACTION_TYPES.disablePort || type === ACTION_TYPES.suspendOrder;
}

/** Returns the outcome of a restriction that the panel shows before the call; null where it shows none. */
async function readRestricted(calls: StepCalls, step: Step, context: ApplyContext): Promise<StepOutcome | null> {
  if (!isRestriction(step.type)) return null;
  // A link that went down does not show that the port was disabled; the observation of the plan showed no restriction.
  const outcome = await readOutcome(calls, step, null).catch(() => null);
  return outcome?.state === 'applied' ? restrictedBefore(outcome, step, context) : null;
}

/** Only the repeat of a call of ours, which may have arrived late, makes an existing restriction ours. */
async function restrictedBefore(found: StepOutcome, step: Step, { earlier }: ApplyContext): Promise<StepOutcome> {
  return isRepeat(step, await earlier()) ? found : { ...found, state: 'unneeded', error: null };
}

function saysAlready(refused: unknown): boolean {
  return isPanelError(refused) && refused.code === 'PANEL_REJECTED' && /\balready\b/i.test(refused.message);
}

function change({ client, options: call }: StepCalls, step: Step): Promise<void> {
  switch (step.type) {
    case ACTION_TYPES.disablePort:
      return client.ports.disable(step.target, call);
    case ACTION_TYPES.enablePort:
      return client.ports.enable(step.target, call);
    case ACTION_TYPES.suspendOrder:
      return client.orders.suspend(step.target, call);
    case ACTION_TYPES.unsuspendOrder:
      return client.orders.unsuspend(step.target, call);
    default:
      return Promise.reject(new Error(`unknown action ${step.type}`));
  }
}

/** Reads what the observation of the plan read. `prior`: the state that a link is compared with; null: a link shows nothing. */
async function readOutcome(
  calls: StepCalls,
  { type, target, prior: planned }: Step,
  prior: unknown,
): Promise<StepOutcome> {
  const isListed = typeof (planned as Partial<PortPrior> | null)?.adminEnabled === 'boolean';
  const outcome = isPortAction(type)
    ? toPortOutcome(type, prior, await readPort(calls, target, isListed))
    : toOrderOutcome(type, await readOrder(calls, target, findMappedService(planned)));
  if (outcome.state !== 'failed') return outcome;
  return {
    ...outcome,
    state: 'in-doubt',
    error: {
      code: 'not_yet_visible',
      message: `${type} ${target}: the panel accepted it but does not show it yet; the next run checks again`,
    },
  };
}
