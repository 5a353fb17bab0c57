import type { ActionRecord } from '@sluice/quota-core';
import { callAgeMs, type Observation, type StepOutcome } from '@sluice/panel-kind';
import {
  ACTION_TYPES,
  isPortAction,
  type Accepted,
  type EasyDcimState,
  type OrderState,
  type PortPrior,
  type PortState,
} from './easydcim-state.js';

/**
 * How long an accepted or unanswered change may still come to pass. After that its absence counts as a failure; an accepted
 * one whose effect the panel does not show counts as done.
 */
const GRACE_MS = 15 * 60_000;

/**
 * The same for a change of an order whose run was broken off. Doing it again would write to the customer again; but it
 * may never have reached the panel, and then has to be done soon.
 */
const BROKEN_OFF_GRACE_MS = 3000;

const ORDER_TYPES: readonly string[] = [ACTION_TYPES.suspendOrder, ACTION_TYPES.unsuspendOrder];

/** Pure: what an observation says about an action that was left planned or in doubt; null when it does not tell. */
export function resolveAction(action: ActionRecord, observation: Observation<EasyDcimState>): StepOutcome | null {
  const { state } = observation;
  if (!state) return null;
  const outcome = outcomeOf(action, state);
  if (outcome === null || action.calledAt === null) return outcome;
  const age = callAgeMs(action.calledAt, Date.parse(observation.at));
  if (outcome.state === 'failed') return age < graceOf(action) ? null : outcome;
  if (outcome.state === 'in-doubt' && wasAccepted(action) && age >= GRACE_MS) {
    // The panel will not show it any more. It said yes: a release has to undo it.
    return { state: 'applied', observed: { ...(outcome.observed as object), ...ACCEPTED }, error: null };
  }
  return outcome;
}

/** Kept with an action whose call the panel answered with success. */
export const ACCEPTED: Accepted = { accepted: true };

function wasAccepted({ observed }: ActionRecord): boolean {
  return (observed as Partial<Accepted> | null)?.accepted === true;
}

function graceOf(action: ActionRecord): number {
  if (action.state === 'in-doubt') return GRACE_MS;
  return ORDER_TYPES.includes(action.type) ? BROKEN_OFF_GRACE_MS : 0;
}

function outcomeOf(action: ActionRecord, state: EasyDcimState): StepOutcome | null {
  if (isPortAction(action.type)) {
    const port = state.ports?.find((item) => item.id === action.target);
    return port ? portOutcome(action.type, action.prior, port) : null;
  }
  const { order } = state;
  return order && order.id === action.target ? orderOutcome(action.type, order) : null;
}

/** What a port shows of a change that should have been made. */
export function portOutcome(
  type: string,
  prior: unknown,
  port: Pick<PortState, 'id' | 'adminEnabled' | 'linkUp'>,
): StepOutcome {
  const wanted = type === ACTION_TYPES.enablePort;
  const observed = { adminEnabled: port.adminEnabled, linkUp: port.linkUp };
  const before = prior as Partial<PortPrior> | null;
  const linkFollowed = before?.linkUp === !wanted && port.linkUp === wanted;
  if (port.adminEnabled === wanted || (port.adminEnabled === null && linkFollowed)) {
    return { state: 'applied', observed, error: null };
  }
  if (port.adminEnabled === null) {
    return {
      state: 'in-doubt',
      observed,
      error: { code: 'outcome_unknown', message: `port ${port.id}: the panel does not tell whether it is enabled` },
    };
  }
  return {
    state: 'failed',
    observed,
    error: { code: 'not_done', message: `port ${port.id} is still ${wanted ? 'disabled' : 'enabled'}` },
  };
}

/** What an order shows of a change that should have been made. */
export function orderOutcome(type: string, order: Pick<OrderState, 'id' | 'status' | 'suspended'>): StepOutcome {
  const wanted = type === ACTION_TYPES.suspendOrder;
  const observed = { status: order.status, suspended: order.suspended };
  if (order.suspended === wanted) return { state: 'applied', observed, error: null };
  if (order.suspended === null) {
    return {
      state: 'in-doubt',
      observed,
      error: { code: 'outcome_unknown', message: `order ${order.id}: the status "${order.status}" does not tell` },
    };
  }
  return {
    state: 'failed',
    observed,
    error: { code: 'not_done', message: `order ${order.id} is still ${wanted ? 'active' : 'suspended'}` },
  };
}
