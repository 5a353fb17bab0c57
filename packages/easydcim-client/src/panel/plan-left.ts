import { staffText } from '@sluice/messages/staff';
import type { Plan, TargetState } from '@sluice/panel-kind';
import type { EvidenceRecord } from '@sluice/quota-core';
import { listServers } from './resources.js';
import { findNewOwner } from './sharing.js';
import {
  type EasyDcimState,
  findMappedService,
  isEnded,
  type LeftObject,
  type OrderState,
  type PortState,
} from './state.js';
import { keep, type Restricted, stateProblem, undoOrder, undoPort } from './undo.js';

/**
 * Plans for ports that were disabled and that the service no longer has, or that must not be switched any more: they are enabled
 * again, whatever its holds. Those that only its list lacks stay disabled while it is held. Pure.
 */
export function planLeftPorts(
  plan: Plan,
  target: TargetState,
  state: EasyDcimState,
  { holds, evidence }: Omit<Restricted, 'keepers'>,
): void {
  const listed = (state.ports ?? []).map((port) => ({ id: port.id, state: port, error: null }));
  for (const item of evidence) {
    const port = findLeft(plan, item, { target, left: [...listed, ...state.leftPorts], code: 'port_gone' });
    if (port === null) continue;
    if (holds.length > 0 && !port.management && isStillOwn(target, state, port)) keep(plan, item, holds);
    else if (!passOn(plan, target, item)) {
      if (holds.length > 0) plan.counts = true;
      undoPort(plan, item, port);
    }
  }
}

/** Plans for orders that were suspended and that the service no longer names, that have ended, or that no longer exist. Pure. */
export function planLeftOrders(
  plan: Plan,
  target: TargetState,
  state: EasyDcimState,
  { holds, evidence }: Omit<Restricted, 'keepers'>,
): void {
  for (const item of evidence) {
    const order = findLeft(plan, item, { target, left: listLeftOrders(state, item), code: 'order_changed' });
    if (order === null || passOn(plan, target, item)) continue;
    const problem = stateProblem(order);
    if (problem) {
      plan.problems.push(problem);
      continue;
    }
    if (holds.length > 0) plan.counts = true;
    undoOrder(plan, item, order);
  }
}

/** Whether an order has lost its service, so that there is nothing to unsuspend: it shows neither a service nor its status. Pure. */
export function isWithoutService({ serviceId, suspended }: OrderState): boolean {
  return serviceId === null && suspended === null;
}

/** An order whose service was named by the mapping alone has not lost it where it names none. */
function listLeftOrders(
  { leftOrders, order, isGone }: EasyDcimState,
  { prior }: Pick<EvidenceRecord, 'prior'>,
): LeftObject<OrderState>[] {
  const isNamed = findMappedService(prior) === undefined;
  const own = order !== null && (isGone || isEnded(order)) ? [{ id: order.id, state: order, error: null }] : [];
  return [...leftOrders, ...own].map((left) =>
    left.state !== null && ((isNamed && isWithoutService(left.state)) || isEnded(left.state))
      ? { ...left, state: null }
      : left,
  );
}

/** Returns the state of an object; without one, ends its evidence with a notice, or adds a problem of this code. */
function findLeft<State>(
  plan: Plan,
  item: EvidenceRecord,
  { target: { service }, left, code }: { target: TargetState; left: readonly LeftObject<State>[]; code: string },
): State | null {
  const { id, kind, target } = item;
  const found = left.find((object) => object.id === target);
  if (found?.state != null) return found.state;
  if (found?.error === null) {
    plan.endedEvidence.push({ evidence: id, outcome: 'dropped' });
    const message =
      kind === 'order'
        ? staffText('staff.easydcim.orderGone', { service: service.id, order: target })
        : staffText('staff.easydcim.portGone', { service: service.id, port: target });
    plan.notices = [...(plan.notices ?? []), { code: GONE, key: `${GONE}:${service.id}:${id}`, message }];
    return null;
  }
  const why = found?.error.message ?? 'it was not read';
  plan.problems.push({
    code,
    message: `${kind} ${target}, which was restricted, does not belong to "${service.id}" any more and could not be read: ${why}`,
  });
  return null;
}

const GONE = 'restriction_gone';

/** Moves evidence to the hold of a service that has the object now. */
function passOn(plan: Plan, { sharers }: TargetState, item: EvidenceRecord): boolean {
  const hold = findNewOwner(sharers, item);
  if (hold !== null) plan.moves.push({ evidence: item.id, hold: hold.id });
  return hold !== null;
}

/** Whether a port belongs to the service's server although its list lacks it. An empty list does not show that it moved. */
function isStillOwn({ service }: TargetState, state: EasyDcimState, { itemId }: PortState): boolean {
  const listed = (state.ports ?? []).flatMap((port) => port.itemId ?? []);
  const known = listServers(service, state);
  const own = listed.filter((id) => known.includes(id));
  // Other devices in the list are foreign where it has the service's server, too.
  const shown = own.length > 0 ? own : listed;
  const servers = shown.length > 0 ? shown : known.slice(-1);
  if (itemId !== null && servers.length > 0) return servers.includes(itemId);
  return (state.ports ?? []).length === 0;
}
