import { isPanelError } from '@sluice/panel-http';
import { inDoubt, toItemError, type ApplyContext, type Clock, type Step, type StepOutcome } from '@sluice/panel-kind';
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
export async function performStep(calls: StepCalls, step: Step, context: ApplyContext): Promise<StepOutcome> {
  const { clock } = calls;
  const before = await readRestricted(calls, step);
  if (before !== null) return restrictedBefore(before, step, context);
  let refused: unknown = null;
  await context.calling();
  try {
    await change(calls, step);
  } catch (error) {
    refused = error;
  }
  const read = (): Promise<StepOutcome> => readOutcome(calls, step, step.prior);
  const onHidden = refused === null ? () => context.accepted(ACCEPTED) : null;
  const outcome = await readBack(clock, read, refused, onHidden);
  // Whether the panel shows it or not: what it refuses as done was not done by this call.
  if (outcome.state !== 'failed' && isRestriction(step.type) && saysAlready(refused))
    return restrictedBefore(outcome, step, context);
  if (refused !== null || outcome.state !== 'in-doubt') return outcome;
  return { ...outcome, observed: { ...(outcome.observed as object | null), ...ACCEPTED } };
}

function isRestriction(type: string): boolean {
  return type === ACTION_TYPES.disablePort || type === ACTION_TYPES.suspendOrder;
}

/** Returns the outcome of a restriction that the panel shows before the call; null where it shows none. */
async function readRestricted(calls: StepCalls, step: Step): Promise<StepOutcome | null> {
  if (!isRestriction(step.type)) return null;
  try {
    // A link that went down does not show that the port was disabled.
    const outcome = await readOutcome(calls, step, null);
    return outcome.state === 'applied' ? outcome : null;
  } catch {
    return null; // The observation of the plan showed no restriction.
  }
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

/** Reads a few times; `onHidden` is awaited once, when the first reading does not show the change. */
async function readBack(
  clock: Clock,
  read: () => Promise<StepOutcome>,
  refused: unknown,
  onHidden: (() => Promise<void>) | null,
): Promise<StepOutcome> {
  const definite = refused !== null && !(isPanelError(refused) && refused.outcomeUnknown);
  let last = inDoubt('the panel could not be read back', null);
  for (const [index, wait] of (definite ? [0] : READ_BACK_MS).entries()) {
    if (index === 1) await onHidden?.();
    if (wait > 0) await clock.sleep(wait);
    try {
      last = await read();
    } catch (error) {
      const { code, message } = toItemError(refused ?? error);
      last = inDoubt(`${code}: ${message}`, null);
      continue;
    }
    if (last.state === 'applied') return last;
  }
  if (refused === null) return last;
  const { observed, error } = last;
  const refusal = toItemError(refused);
  if (definite && error?.code !== 'outcome_unknown') return { state: 'failed', observed, error: refusal };
  return inDoubt(refusal.message, observed);
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
