import {
  type HoldInForce,
  type ItemError,
  newPlan,
  newStep,
  type Observation,
  type Plan,
  type Step,
  type TargetState,
} from '@sluice/panel-kind';
import type { EvidenceRecord } from '@sluice/quota-core';
import { addByOthers, enabledPort, listStops, resumedOrder } from './by-others.js';
import { isWithoutService, planLeftOrders, planLeftPorts } from './plan-left.js';
import { listServers } from './resources.js';
import {
  findHeir,
  hasInnocent,
  listOrderSharers,
  listPortSharers,
  restrictedForOthers,
  findSharedOrder,
  toSharedPorts,
  stillRestricted,
  unknownSharers,
  toHoldTargets,
  type HoldTargets,
} from './sharing.js';
import { ACTION_TYPES, type EasyDcimState, isAbsent, isEnded, type OrderState, type PortState } from './state.js';
import {
  keep,
  type Restricted,
  stateProblem,
  toMappedService,
  toOrderPrior,
  toPrior,
  undoOrder,
  undoPort,
} from './undo.js';

/**
 * Plans the steps from an observation to the restrictions of the holds. Only evidence without a hold is undone: what others have
 * disabled or suspended stays. Pure.
 */
export function planEasyDcim(target: TargetState, observation: Observation<EasyDcimState>): Plan {
  const plan = newPlan();
  if (!observation.state) {
    if (target.holds.length > 0 || target.evidence.length > 0) {
      plan.problems.push(observation.error ?? { code: 'not_observed', message: 'the panel was not read' });
    }
    return plan;
  }
  const { state } = observation;
  const others = restrictedForOthers(target, state, planRestrictions(plan, target, state));
  const stillNotices = stillRestricted(target, others);
  plan.notices = [...(plan.notices ?? []), ...stillNotices];
  const isKnown = (id: string): boolean =>
    [...target.evidence, ...others].some((item) => item.target === id) ||
    // What this run undoes for another service is not stopped by the panel.
    target.sharers.some(({ restricted = [] }) => restricted.includes(id));
  plan.drift.push(...stillNotices.map(({ message }) => message));
  const stops = listStops(state, isKnown);
  plan.stops = stops.map(({ text }) => text);
  // Of a held service, that is what stops it besides.
  if (target.holds.length + target.evidence.length === 0)
    addByOthers(
      plan,
      stops.map(({ change }) => change),
    );
  const isUndone = (id: string): boolean => isKnown(id) && others.every((item) => item.target !== id);
  const isStopped = plan.stops.length + stillNotices.length > 0;
  if (isStopped && servesPart(state, isUndone)) plan.stopsPart = true;
  return plan;
}

/**
 * Plans ports and order: first what the holds require, so that a restriction which they no longer require stays while the other one
 * can't be made. Returns what stays restricted for them.
 */
function planRestrictions(plan: Plan, target: TargetState, state: EasyDcimState): HoldTargets {
  const hasOrder = target.service.refs['easydcim_order_id'] !== undefined;
  const required = target.holds.map((hold) => ({ hold, ...toHoldTargets(hold, target.action, hasOrder) }));
  const restricted: HoldTargets = { ports: false, order: false };
  const parts = [
    { what: 'ports', kind: 'port', planPart: planPorts },
    { what: 'order', kind: 'order', planPart: planOrder },
  ] as const;
  const isRequired = ({ what }: (typeof parts)[number]): boolean => required.some((each) => each[what]);
  for (const part of parts.toSorted((a, b) => Number(isRequired(b)) - Number(isRequired(a)))) {
    const holds = required.filter((each) => each[part.what]).map(({ hold }) => hold);
    const evidence = target.evidence.filter(({ kind }) => kind === part.kind);
    const keepers = holds.length === 0 && plan.problems.length > 0 ? target.holds : holds;
    restricted[part.what] = keepers.length > 0;
    const before = plan.steps.splice(0);
    if (holds.length > 0 || evidence.length > 0) part.planPart(plan, target, state, { holds, keepers, evidence });
    plan.steps = inSequence(before, plan.steps);
  }
  return restricted;
}

/** Returns steps of which the later ones wait for the restrictions before them: what they undo stays if one of those fails. */
function inSequence(before: readonly Step[], after: readonly Step[]): Step[] {
  const isNeeded = ({ type }: Step): boolean => RESTRICTING.has(type);
  if (after.some(isNeeded) || !before.some(isNeeded)) return [...before, ...after];
  const first = before.map((step) => (isNeeded(step) ? { ...step, id: `${step.type} ${step.target}` } : step));
  const needs = first.flatMap(({ id }) => id ?? []);
  return [...first, ...after.map((step) => ({ ...step, needs }))];
}

const RESTRICTING: ReadonlySet<string> = new Set([ACTION_TYPES.disablePort, ACTION_TYPES.suspendOrder]);

/** Whether a part of a service without a hold is certainly served: its order is active, and one of its ports enabled, or will be. */
function servesPart({ order, orderError, ports }: EasyDcimState, isUndone: (target: string) => boolean): boolean {
  const isActive = order === null ? orderError === null : order.suspended === false || isUndone(order.id);
  const isServed = ({ id, management, adminEnabled }: PortState): boolean =>
    !management && (adminEnabled === true || isUndone(id));
  return isActive && (ports ?? []).some(isServed);
}

function planPorts(plan: Plan, target: TargetState, state: EasyDcimState, { holds, keepers, evidence }: Restricted) {
  const [hold] = holds;
  const isKept = keepers.length > 0;
  if (state.ports === null && (hold || !state.isGone)) {
    plan.problems.push(state.portsError ?? { code: 'not_observed', message: 'the ports were not read' });
  }
  if (state.ports === null && !isAbsent(state)) return;
  const switchable = state.ports?.filter((port) => !port.management) ?? [];
  const byId = new Map(switchable.map((port) => [port.id, port]));
  const left = evidence.filter((item) => !byId.has(item.target));
  planLeftPorts(plan, target, state, { holds: keepers, evidence: left });
  const sharers = listPortSharers(target, left);
  const isShared = sharers.length > 0 && !target.product.allowSharedPorts;
  if (hold && isShared) plan.problems.push(toSharedPorts(target, sharers));
  const unknown = hold ? unknownServer(target, state) : null;
  if (unknown) plan.problems.push(unknown);
  else if (hold && !isShared && state.ports !== null) planDisabling(plan, target, state.ports, hold);
  // A service that was added later may lose its connection by ports that were disabled before.
  if (isKept && evidence.length > left.length && target.unread === null && !target.product.allowSharedPorts)
    plan.needsSharers = true;
  for (const item of evidence) {
    const port = byId.get(item.target);
    if (port === undefined) continue;
    const heir = isKept ? null : findHeir(sharers, item, 'ports');
    const isLost = !hold && port.adminEnabled === true;
    if (isKept && !isLost && !(isShared && hasInnocent(sharers, item))) {
      keep(plan, item, keepers);
    } else if (heir) {
      plan.moves.push({ evidence: item.id, hold: heir.hold.id });
    } else {
      // A port of a service without a hold is enabled again. That counts for the brake: a wrong import would release many.
      if (isKept) plan.counts = true;
      undoPort(plan, item, port);
    }
  }
}

/** Returns the error of an order that could not be read, where only it shows which of several devices is the service's. */
function unknownServer({ service }: TargetState, state: EasyDcimState): ItemError | null {
  const { orderError, ports } = state;
  // The service's own device may be that of a management port, and the others an uplink of a switch.
  const devices = new Set(ports?.flatMap(({ itemId }) => itemId ?? []));
  if (orderError === null || devices.size < 2 || listServers(service, state).length > 0) return null;
  const { code, message } = orderError;
  return { code, message: `${message} Ports of several devices are listed, and only the order names the service's.` };
}

function planDisabling(plan: Plan, target: TargetState, ports: PortState[], hold: HoldInForce) {
  const switchable = ports.filter((port) => !port.management);
  if (switchable.length === 0) plan.problems.push(nothingToEnforce(target));
  const steps: Step[] = [];
  for (const port of switchable) {
    const ours = target.evidence.find((item) => item.kind === 'port' && item.target === port.id);
    if (port.adminEnabled === false) continue;
    // A port without a visible state was switched already.
    if (ours && port.adminEnabled === null) continue;
    if (ours) {
      plan.drift.push(`port ${port.id} (${port.name}) is enabled and should be disabled`);
      addByOthers(plan, [enabledPort(port)]);
    }
    const evidence = { kind: 'port', target: port.id, prior: toPrior(port) };
    steps.push(restrictStep(ACTION_TYPES.disablePort, evidence, hold, ours));
  }
  const { unread, product } = target;
  if (steps.length === 0 || product.allowSharedPorts || unread?.length === 0) {
    plan.steps.push(...steps);
  } else if (unread === null) {
    plan.steps.push(...steps);
    plan.needsSharers = true;
  } else {
    plan.problems.push(unknownSharers(target, unread));
  }
}

/** Returns the step of a restriction. It begins evidence unless there is evidence of an earlier one. */
function restrictStep(
  type: string,
  evidence: NonNullable<Step['begins']>,
  hold: HoldInForce,
  ours: EvidenceRecord | undefined,
): Step {
  const { target, prior } = evidence;
  return newStep(type, target, { hold: hold.id, prior, begins: ours ? null : evidence });
}

function planOrder(plan: Plan, target: TargetState, state: EasyDcimState, { holds, keepers, evidence }: Restricted) {
  const [hold] = holds;
  const orderId = target.service.refs['easydcim_order_id'];
  const isGone = state.isOrderGone || (state.isGone && state.order !== null && isWithoutService(state.order));
  const hasEnded = state.order !== null && isEnded(state.order);
  const isLeft = (item: EvidenceRecord): boolean => item.target !== orderId || hasEnded || (!hold && isGone);
  planLeftOrders(plan, target, state, { holds, evidence: evidence.filter(isLeft) });
  const own = evidence.filter((item) => !isLeft(item));
  if (hold && orderId === undefined) plan.problems.push(noOrder(target));
  if (orderId === undefined || (!hold && own.length === 0)) return;
  const { order } = state;
  if (!order) {
    plan.problems.push(state.orderError ?? { code: 'not_observed', message: 'the order was not read' });
    return;
  }
  const problem =
    (hold ? mappingProblem(target, order) : null) ?? (hasEnded ? endedOrder(target, order) : stateProblem(order));
  if (problem) {
    plan.problems.push(problem);
  } else if (hold) {
    if (!order.suspended) planSuspension(plan, target, order, { hold, ours: own[0] });
    for (const item of own) keep(plan, item, holds);
  } else {
    for (const item of own) {
      const heir = findHeir(listOrderSharers(target, item.target), item, 'order');
      if (keepers.length > 0 && order.suspended === true) keep(plan, item, keepers);
      else if (heir) plan.moves.push({ evidence: item.id, hold: heir.hold.id });
      else undoOrder(plan, item, order);
    }
  }
}

function planSuspension(
  plan: Plan,
  target: TargetState,
  order: OrderState,
  { hold, ours }: { hold: HoldInForce; ours: EvidenceRecord | undefined },
) {
  const refused = findSharedOrder(target, order.id, listOrderSharers(target, order.id));
  if (refused) {
    plan.problems.push(refused);
    return;
  }
  if (ours) {
    plan.drift.push(`order ${order.id} is active and should be suspended`);
    addByOthers(plan, [resumedOrder(order)]);
  }
  const prior = toOrderPrior(order, toMappedService(target.service, order));
  const evidence = { kind: 'order', target: order.id, prior };
  plan.steps.push(restrictStep(ACTION_TYPES.suspendOrder, evidence, hold, ours));
}

/** Returns how the order's own data contradict the service's mapping, which prevents a suspension. */
function mappingProblem(target: TargetState, order: OrderState): ItemError | null {
  const { refs, id } = target.service;
  const pairs: [string, string | null, string | undefined][] = [
    ['service', order.serviceId, refs['easydcim_service_id']],
    ['server', order.serverId, refs['easydcim_server_id']],
  ];
  for (const [what, theirs, ours] of pairs) {
    if (theirs !== null && ours !== undefined && theirs !== ours) {
      return {
        code: 'mapping_mismatch',
        message: `order ${order.id} belongs to ${what} ${theirs}, but "${id}" names ${what} ${ours}: nothing was done; correct easydcim_order_id or easydcim_${what}_id`,
      };
    }
  }
  return null;
}

function noOrder({ service }: TargetState): ItemError {
  return {
    code: 'no_order',
    message: `"${service.id}" has no easydcim_order_id, so its order can't be suspended`,
  };
}

function endedOrder({ service }: TargetState, { id, status }: OrderState): ItemError {
  return {
    code: 'no_order',
    message: `order ${id} of "${service.id}" is "${status}", so it can't be suspended; correct easydcim_order_id`,
  };
}

function nothingToEnforce(target: TargetState): ItemError {
  return {
    code: 'nothing_to_enforce',
    message: `the panel lists no port of "${target.service.id}" that can be switched: the hold has no effect; check easydcim_service_id or use action suspend-order`,
  };
}
