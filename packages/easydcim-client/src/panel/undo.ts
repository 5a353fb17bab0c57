import { type HoldInForce, type ItemError, newStep, type Plan, type Step } from '@sluice/panel-kind';
import type { EvidenceRecord, ServiceRecord } from '@sluice/quota-core';
import {
  ACTION_TYPES,
  findMappedService,
  type OrderPrior,
  type OrderState,
  type PortPrior,
  type PortState,
} from './state.js';

/** The holds that require one kind of restriction, and the open evidence of that kind. */
export interface Restricted {
  holds: HoldInForce[];
  /** The holds that keep the evidence: these, or all while what they require instead can't be made. */
  keepers: HoldInForce[];
  evidence: EvidenceRecord[];
}

/** Moves evidence of an ended hold to a hold that still needs it. */
export function keep(plan: Plan, item: EvidenceRecord, holds: HoldInForce[]): void {
  const first = holds[0];
  if (first && !holds.some((hold) => hold.id === item.hold)) plan.moves.push({ evidence: item.id, hold: first.id });
}

/** Plans to enable a port again. */
export function undoPort(plan: Plan, item: EvidenceRecord, port: PortState): void {
  if (port.adminEnabled === true) {
    plan.endedEvidence.push({ evidence: item.id, outcome: 'dropped' });
  } else {
    // Evidence exists only for ports that were not known to be disabled before: those are enabled even without a visible state.
    plan.steps.push(undoStep(ACTION_TYPES.enablePort, item, toPrior(port)));
  }
}

/** Plans to unsuspend an order again. */
export function undoOrder(plan: Plan, item: EvidenceRecord, order: OrderState): void {
  if (order.suspended === true)
    plan.steps.push(undoStep(ACTION_TYPES.unsuspendOrder, item, toOrderPrior(order, findMappedService(item.prior))));
  else plan.endedEvidence.push({ evidence: item.id, outcome: 'dropped' });
}

function undoStep(type: string, { id, target, hold }: EvidenceRecord, prior: unknown): Step {
  return newStep(type, target, { hold, prior, ends: [id] });
}

/** Returns the state of a port before its change. */
export function toPrior({ name, adminEnabled, linkUp }: PortState): PortPrior {
  return { name, adminEnabled, linkUp, ...(adminEnabled === null ? { state: 'unknown' } : {}) };
}

/** Returns the state of an order before its change. */
export function toOrderPrior({ status, suspended }: OrderState, mappedService?: string): OrderPrior {
  return { status, suspended, ...(mappedService !== undefined && { mappedService }) };
}

/** Returns the service that shows the state of an order: that of the mapping, where the order itself names none. */
export function toMappedService({ refs }: Pick<ServiceRecord, 'refs'>, order: OrderState): string | undefined {
  return order.serviceId === null ? refs['easydcim_service_id'] : undefined;
}

/** Returns the problem with an order whose status is unknown; null where it is known. */
export function stateProblem(order: OrderState): ItemError | null {
  if (order.suspended !== null) return null;
  return {
    code: 'order_state_unknown',
    message: `order ${order.id}: the status "${order.status}" does not show whether it is suspended; nothing was done`,
  };
}
