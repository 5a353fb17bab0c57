import { isPanelError } from '@sluice/panel-http';
import { toItemError, type ApplyContext, type Clock, type Step, type StepOutcome } from '@sluice/panel-kind';
import type { EasyDcimClient } from '../index.js';
import { ACCEPTED, inDoubt, isRepeat, toOrderOutcome, toPortOutcome } from './resolve.js';
import { ACTION_TYPES, isPortAction } from './state.js';

/** Waits before each reading: a panel may queue changes of ports. */
const READ_BACK_MS = [0, 250, 750, 1500];

type Call = { tag: string; impersonate?: string };

/** What performing a step requires. */
interface StepCalls {
  client: EasyDcimClient;
  clock: Clock;
  /** Options of the calls about the service. */
  call: Call;
}

/**
 * Reads the object, calls the panel once, and reads back. The outcome depends on the readings, not on the answer. What somebody
 * else restricted since the plan is not ours.
 */
export async function performStep(calls: StepCalls, step: Step, context: ApplyContext): Promise<StepOutcome> {
  const { client, clock, call } = calls;
  const before = await readRestricted(calls, step);
  if (before !== null) return restrictedBefore(before, step, context);
  let refused: unknown = null;
  await context.calling();
  try {
    await change(client, step, call);
  } catch (error) {
    refused = error;
  }
  const read = (): Promise<StepOutcome> => readOutcome(client, call, step);
  const onHidden = refused === null ? () => context.accepted(ACCEPTED) : null;
  const outcome = await readBack(clock, read, refused, onHidden);
  if (outcome.state === 'applied' && isRestriction(step.type) && saysAlready(refused))
    return restrictedBefore(outcome, step, context);
  if (refused !== null || outcome.state !== 'in-doubt') return outcome;
  return { ...outcome, observed: { ...(outcome.observed as object | null), ...ACCEPTED } };
}

function isRestriction(type: string): boolean {
  return type === ACTION_TYPES.disablePort || type === ACTION_TYPES.suspendOrder;
}

/** Returns the outcome of a restriction that the panel shows before the call; null where it shows none. */
async function readRestricted({ client, call }: StepCalls, step: Step): Promise<StepOutcome | null> {
  if (!isRestriction(step.type)) return null;
  try {
    // A link that went down does not show that the port was disabled.
    const outcome = await readOutcome(client, call, { ...step, prior: null });
    return outcome.state === 'applied' ? outcome : null;
  } catch {
    return null; // The observation of the plan showed no restriction.
  }
}

/** Only the repeat of a call of ours, which may have arrived late, makes an existing restriction ours. */
async function restrictedBefore(found: StepOutcome, step: Step, { earlier }: ApplyContext): Promise<StepOutcome> {
  return isRepeat(step, await earlier()) ? found : { ...found, state: 'unneeded' };
}

function saysAlready(refused: unknown): boolean {
  return isPanelError(refused) && refused.code === 'PANEL_REJECTED' && /\balready\b/i.test(refused.message);
}

/** Passes no signal: a change that has begun is finished. */
function change(client: EasyDcimClient, step: Step, call: Call): Promise<void> {
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

async function readOutcome(client: EasyDcimClient, call: Call, step: Step): Promise<StepOutcome> {
  const outcome = isPortAction(step.type)
    ? toPortOutcome(step.type, step.prior, await client.ports.get(step.target, call))
    : toOrderOutcome(step.type, await client.orders.get(step.target, call));
  if (outcome.state !== 'failed') return outcome;
  return {
    ...outcome,
    state: 'in-doubt',
    error: {
      code: 'not_yet_visible',
      message: `${step.type} ${step.target}: the panel accepted it but does not show it yet; the next run checks again`,
    },
  };
}
