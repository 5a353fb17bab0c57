import type { EasyDcimClient } from '../index.js';
import { isPanelError } from '@sluice/panel-http';
import { type ApplyContext, type Clock, itemErrorOf, type Step, type StepOutcome } from '@sluice/panel-kind';
import { ACTION_TYPES, isPortAction } from './easydcim-state.js';
import { ACCEPTED, orderOutcome, portOutcome } from './easydcim-resolve.js';

/** Waits before each look: a panel may put a switch command into a queue. */
const LOOKS_MS = [0, 250, 750, 1500];

type Call = { tag: string; impersonate?: string };

/** What a step is performed with. */
interface StepCalls {
  client: EasyDcimClient;
  clock: Clock;
  /** Options of the calls about the service. */
  call: Call;
}

/** Calls the panel once, then reads back; what is read decides, not what was answered. */
export async function performStep(
  { client, clock, call }: StepCalls,
  step: Step,
  context: ApplyContext,
): Promise<StepOutcome> {
  let refused: unknown = null;
  await context.calling();
  try {
    await change(client, step, call);
  } catch (error) {
    refused = error;
  }
  const look = (): Promise<StepOutcome> => lookAt(client, call, step);
  const onHidden = refused === null ? () => context.accepted(ACCEPTED) : null;
  const outcome = await readBack(clock, look, refused, onHidden);
  if (refused !== null || outcome.state !== 'in-doubt') return outcome;
  return { ...outcome, observed: { ...(outcome.observed as object | null), ...ACCEPTED } };
}

/** No signal is handed to a changing call: a change that was begun is finished. */
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

/** Looks a few times; `onHidden` is awaited once, when the first look does not show the change. */
async function readBack(
  clock: Clock,
  look: () => Promise<StepOutcome>,
  refused: unknown,
  onHidden: (() => Promise<void>) | null,
): Promise<StepOutcome> {
  const definite = refused !== null && !(isPanelError(refused) && refused.outcomeUnknown);
  let last: StepOutcome | null = null;
  for (const [index, wait] of (definite ? [0] : LOOKS_MS).entries()) {
    if (index === 1) await onHidden?.();
    if (wait > 0) await clock.sleep(wait);
    try {
      last = await look();
    } catch (error) {
      const { code, message } = itemErrorOf(refused ?? error);
      last = { state: 'in-doubt', observed: null, error: { code: 'outcome_unknown', message: `${code}: ${message}` } };
      continue;
    }
    if (last.state === 'applied') return last;
  }
  const observed = last?.observed ?? null;
  if (definite && last?.error?.code !== 'outcome_unknown')
    return { state: 'failed', observed, error: itemErrorOf(refused) };
  if (refused !== null) {
    const { message } = itemErrorOf(refused);
    return { state: 'in-doubt', observed, error: { code: 'outcome_unknown', message } };
  }
  return (
    last ?? {
      state: 'in-doubt',
      observed,
      error: { code: 'outcome_unknown', message: 'the panel could not be read back' },
    }
  );
}

async function lookAt(client: EasyDcimClient, call: Call, step: Step): Promise<StepOutcome> {
  const outcome = isPortAction(step.type)
    ? portOutcome(step.type, step.prior, await client.ports.get(step.target, call))
    : orderOutcome(step.type, await client.orders.get(step.target, call));
  if (outcome.state !== 'failed') return outcome;
  return {
    ...outcome,
    state: 'in-doubt',
    error: {
      code: 'not_yet_visible',
      message: `${step.type} ${step.target}: the panel accepted it but does not show it yet; the next run looks again`,
    },
  };
}
