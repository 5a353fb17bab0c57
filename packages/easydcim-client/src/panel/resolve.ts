import { callAgeMs, inDoubt, notDone, type Observation, type StepOutcome } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import {
  ACTION_TYPES,
  isPortAction,
  type EasyDcimState,
  isEnded,
  type LeftObject,
  type OrderState,
  type PortPrior,
  type PortState,
  toObjectKey,
} from './state.js';

/**
 * How long an accepted or unanswered change may still happen. Later its absence counts as a failure, and an accepted change
 * whose effect the panel can't show counts as done.
 */
const GRACE_MS = 15 * 60_000;

/**
 * The same for a change in an interrupted run. The panel may still make it after the run that reverses it, and the repeat for an
 * order would send another mail to the customer. But it may never have reached the panel, and must then be made soon.
 */
const BROKEN_OFF_GRACE_MS = 3000;

/** Returns the outcome of an action that is planned or in doubt, by an observation; null while it is unknown. Pure. */
export function resolveAction(action: ActionRecord, observation: Observation<EasyDcimState>): StepOutcome | null {
  const { state } = observation;
  if (!state) return null;
  const outcome = findOutcome(action, state);
  if (outcome === null) return outcome;
  const age = callAgeMs(action, Date.parse(observation.at));
  if (outcome.state === 'failed') return age < toGraceMs(action) ? null : outcome;
  if (outcome.state !== 'in-doubt' || age < GRACE_MS) return outcome;
  if (wasAccepted(action)) {
    // The panel accepted the change and can't show it: a release has to undo it.
    return { state: 'applied', observed: { ...(outcome.observed as object), ...ACCEPTED }, error: null };
  }
  // An order without its service is neither active nor suspended.
  return state.isGone ? goneOutcome(action.type, action.target) : outcome;
}

/** Stored with an action that the panel accepted. */
export const ACCEPTED = { accepted: true };

function wasAccepted({ observed }: ActionRecord): boolean {
  return (observed as Partial<typeof ACCEPTED> | null)?.accepted === true;
}

function toGraceMs({ state }: ActionRecord): number {
  return state === 'in-doubt' ? GRACE_MS : BROKEN_OFF_GRACE_MS;
}

function findOutcome(action: ActionRecord, state: EasyDcimState): StepOutcome | null {
  const { type, target, prior } = action;
  const isPort = isPortAction(type);
  const left = (isPort ? state.leftPorts : state.leftOrders).find((item) => item.id === target);
  if (left && left.state === null) return left.error === null ? goneOutcome(type, target) : null;
  if (isPort) {
    const port = [...(state.ports ?? []), ...listStates(state.leftPorts)].find((item) => item.id === target);
    return port ? toPortOutcome(type, prior, port) : null;
  }
  const order = [state.order, ...listStates(state.leftOrders)].find((item) => item?.id === target);
  return order ? toOrderOutcome(type, order) : null;
}

function listStates<State>(left: readonly LeftObject<State>[]): State[] {
  return left.flatMap(({ state }) => state ?? []);
}

/** What has ended or no longer exists is not restricted any more. */
function goneOutcome(type: string, target: string): StepOutcome {
  const isUndone = type === ACTION_TYPES.enablePort || type === ACTION_TYPES.unsuspendOrder;
  if (isUndone) return { state: 'applied', observed: null, error: null };
  return notDone(`${type} ${target}: the object has ended or no longer exists on the panel`);
}

/** Whether a change repeats the last one of its object, whose answer was lost and which the panel did not show. Pure. */
export function isRepeat({ type, target }: Pick<ActionRecord, 'type' | 'target'>, earlier: ActionRecord[]): boolean {
  const key = toObjectKey({ type, target });
  const last = earlier.findLast((row) => row.calledAt !== null && toObjectKey(row) === key);
  return last?.type === type && (last.endedAt === null || last.errorCode === NOT_DONE);
}

/** Returns the outcome of a change of a port. */
export function toPortOutcome(
  type: string,
  prior: unknown,
  port: Pick<PortState, 'id' | 'adminEnabled' | 'linkUp'>,
): StepOutcome {
  const target = type === ACTION_TYPES.enablePort;
  const observed = { adminEnabled: port.adminEnabled, linkUp: port.linkUp };
  const before = prior as Partial<PortPrior> | null;
  const linkFollowed = before?.linkUp === !target && port.linkUp === target;
  return toOutcome(port.adminEnabled ?? (linkFollowed ? target : null), target, {
    observed,
    unknown: `port ${port.id}: the panel does not show whether it is enabled`,
    undone: `port ${port.id} is still ${target ? 'disabled' : 'enabled'}`,
  });
}

/** Returns the outcome of a change of an order. */
export function toOrderOutcome(
  type: string,
  { id, status, suspended }: Pick<OrderState, 'id' | 'status' | 'suspended'>,
): StepOutcome {
  if (isEnded({ status, suspended })) return goneOutcome(type, id);
  const target = type === ACTION_TYPES.suspendOrder;
  return toOutcome(suspended, target, {
    observed: { status, suspended },
    unknown: `order ${id}: the status "${status}" does not show whether it is suspended`,
    undone: `order ${id} is still ${target ? 'active' : 'suspended'}`,
  });
}

/** The panel shows that a change was not made. */
const NOT_DONE = 'not_done';

function toOutcome(
  shown: boolean | null,
  target: boolean,
  { observed, unknown, undone }: { observed: unknown; unknown: string; undone: string },
): StepOutcome {
  if (shown === null) return inDoubt(unknown, observed);
  if (shown === target) return { state: 'applied', observed, error: null };
  return notDone(undone, observed);
}
