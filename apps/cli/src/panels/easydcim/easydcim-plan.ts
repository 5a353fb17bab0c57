import type { EvidenceRecord, HoldRecord } from '@sluice/state-store';
import type { ItemError } from '../../errors.js';
import type { Desired, Observation, Plan, Step } from '../panel.js';
import { ACTION_TYPES, type EasyDcimState, type OrderState, type PortPrior, type PortState } from './easydcim-state.js';

/** What a hold calls for. */
interface Wants {
  ports: boolean;
  order: boolean;
}

/**
 * A quota hold does the action in force. A billing or manual hold suspends the order, or does the action where the
 * service has no order (cli.md, Provisioning).
 */
function wantsOf(hold: HoldRecord, action: string, hasOrder: boolean): Wants {
  if (hold.reason !== 'quota' && hasOrder) return { ports: false, order: true };
  return { ports: action !== 'suspend-order', order: action !== 'disable-ports' };
}

/**
 * Pure: the steps from what the panel shows to what the holds call for. What somebody else disabled or suspended is
 * never in it; evidence that no hold needs any more is undone, and nothing else is.
 */
export function planEasyDcim(desired: Desired, observation: Observation<EasyDcimState>): Plan {
  const plan: Plan = { steps: [], problems: [], settle: [], moves: [], drift: [] };
  const orderId = desired.service.refs['easydcim_order_id'];
  const portHolds: HoldRecord[] = [];
  const orderHolds: HoldRecord[] = [];
  for (const hold of desired.holds) {
    const wants = wantsOf(hold, desired.action, orderId !== undefined);
    if (wants.ports) portHolds.push(hold);
    if (wants.order) orderHolds.push(hold);
  }
  const portEvidence = desired.evidence.filter((item) => item.kind === 'port');
  const orderEvidence = desired.evidence.filter((item) => item.kind === 'order');
  if (!observation.state) {
    if (desired.holds.length > 0 || desired.evidence.length > 0) {
      plan.problems.push(observation.error ?? { code: 'not_observed', message: 'the panel was not read' });
    }
    return plan;
  }
  const { state } = observation;
  if (portHolds.length > 0 || portEvidence.length > 0) {
    planPorts(plan, desired, state, portHolds, portEvidence);
  }
  if (orderHolds.length > 0 || orderEvidence.length > 0) {
    planOrder(plan, desired, state, orderId ?? null, orderHolds, orderEvidence);
  }
  return plan;
}

function planPorts(
  plan: Plan,
  desired: Desired,
  state: EasyDcimState,
  holds: HoldRecord[],
  evidence: EvidenceRecord[],
) {
  if (state.ports === null) {
    plan.problems.push(state.portsError ?? { code: 'not_observed', message: 'the ports were not read' });
    return;
  }
  const byId = new Map(state.ports.map((port) => [port.id, port]));
  const hold = holds[0];
  const shared = desired.sharedWith.length > 0 && !desired.product.allowSharedPorts;
  if (hold && shared) plan.problems.push(sharedPorts(desired));
  if (hold && !shared) {
    const switchable = state.ports.filter((port) => !port.management);
    if (switchable.length === 0) plan.problems.push(nothingToEnforce(desired));
    for (const port of switchable) {
      const ours = evidence.find((item) => item.target === port.id);
      if (port.adminEnabled === false) continue;
      // A port whose state the panel does not tell was switched already: once is enough.
      if (ours && port.adminEnabled === null) continue;
      if (ours) plan.drift.push(`port ${port.id} (${port.name}) is enabled and should be disabled`);
      plan.steps.push(disableStep(port, hold, ours));
    }
  }
  for (const item of evidence) {
    const port = byId.get(item.target);
    if (hold && !shared) {
      keep(plan, item, holds);
    } else if (!hold) {
      undoPort(plan, item, port);
    }
  }
}

function undoPort(plan: Plan, item: EvidenceRecord, port: PortState | undefined) {
  if (!port) {
    plan.problems.push({
      code: 'port_gone',
      message: `port ${item.target} that was disabled is no longer a port of this service: enable it in EasyDCIM if it should be up`,
    });
  } else if (port.adminEnabled === true) {
    plan.settle.push({ evidence: item.id, outcome: 'dropped' });
  } else if (port.adminEnabled === null && !sawItChange(item)) {
    plan.problems.push({
      code: 'port_state_unknown',
      message: `port ${port.id} (${port.name}): the panel tells neither whether it is enabled nor whether it was before; look at it in EasyDCIM`,
    });
  } else {
    plan.steps.push({
      type: ACTION_TYPES.enablePort,
      target: item.target,
      hold: item.hold,
      prior: priorOf(port),
      payload: null,
      ends: [item.id],
      begins: null,
    });
  }
}

/** Whether our own write was seen to switch the port off. */
function sawItChange(item: EvidenceRecord): boolean {
  const prior = item.prior as Partial<PortPrior> | null;
  return item.adopted || prior?.adminEnabled === true || prior?.linkUp === true;
}

function disableStep(port: PortState, hold: HoldRecord, ours: EvidenceRecord | undefined): Step {
  return {
    type: ACTION_TYPES.disablePort,
    target: port.id,
    hold: hold.id,
    prior: priorOf(port),
    payload: null,
    ends: [],
    begins: ours ? null : { kind: 'port', target: port.id, prior: priorOf(port) },
  };
}

function priorOf(port: PortState): PortPrior {
  return { name: port.name, adminEnabled: port.adminEnabled, linkUp: port.linkUp };
}

/** Evidence of a hold that has ended passes to one that still needs it. */
function keep(plan: Plan, item: EvidenceRecord, holds: HoldRecord[]) {
  const first = holds[0];
  if (first && !holds.some((hold) => hold.id === item.hold)) plan.moves.push({ evidence: item.id, hold: first.id });
}

function planOrder(
  plan: Plan,
  desired: Desired,
  state: EasyDcimState,
  orderId: string | null,
  holds: HoldRecord[],
  evidence: EvidenceRecord[],
) {
  const hold = holds[0];
  if (hold && orderId === null) {
    plan.problems.push({
      code: 'no_order',
      message: `"${desired.service.id}" has no easydcim_order_id, so its order can't be suspended: set it with "sluice service set ${desired.service.id} easydcim_order_id=ID"`,
    });
  }
  if (orderId === null && evidence.length === 0) return;
  const { order } = state;
  if (!order) {
    plan.problems.push(state.orderError ?? { code: 'not_observed', message: 'the order was not read' });
    return;
  }
  const wrong = hold ? mappingProblem(desired, order) : null;
  if (wrong) {
    plan.problems.push(wrong);
    return;
  }
  if (order.suspended === null) {
    plan.problems.push({
      code: 'order_state_unknown',
      message: `order ${order.id}: the status "${order.status}" does not tell whether it is suspended; nothing was done`,
    });
    return;
  }
  const ours = evidence.find((item) => item.target === order.id);
  if (hold) {
    if (!order.suspended) {
      if (ours) plan.drift.push(`order ${order.id} is active and should be suspended`);
      plan.steps.push(suspendStep(order, hold, ours));
    }
    for (const item of evidence) keep(plan, item, holds);
    return;
  }
  for (const item of evidence) {
    if (item.target !== order.id) {
      plan.problems.push({
        code: 'order_changed',
        message: `order ${item.target} was suspended, but the service now names order ${order.id}: unsuspend ${item.target} in EasyDCIM or set easydcim_order_id back`,
      });
    } else if (!order.suspended) {
      plan.settle.push({ evidence: item.id, outcome: 'dropped' });
    } else {
      plan.steps.push({
        type: ACTION_TYPES.unsuspendOrder,
        target: order.id,
        hold: item.hold,
        prior: { status: order.status, suspended: order.suspended },
        payload: null,
        ends: [item.id],
        begins: null,
      });
    }
  }
}

function suspendStep(order: OrderState, hold: HoldRecord, ours: EvidenceRecord | undefined): Step {
  const prior = { status: order.status, suspended: order.suspended };
  return {
    type: ACTION_TYPES.suspendOrder,
    target: order.id,
    hold: hold.id,
    prior,
    payload: null,
    ends: [],
    begins: ours ? null : { kind: 'order', target: order.id, prior },
  };
}

/** An order is suspended only when its own data do not contradict the service's mapping. */
function mappingProblem(desired: Desired, order: OrderState): ItemError | null {
  const { refs, id } = desired.service;
  const pairs: [string, string | null, string | undefined][] = [
    ['service', order.serviceId, refs['easydcim_service_id']],
    ['server', order.serverId, refs['easydcim_server_id']],
  ];
  for (const [what, told, ours] of pairs) {
    if (told !== null && ours !== undefined && told !== ours) {
      return {
        code: 'mapping_mismatch',
        message: `order ${order.id} belongs to ${what} ${told}, but "${id}" names ${what} ${ours}: nothing was done; correct easydcim_order_id or easydcim_${what}_id`,
      };
    }
  }
  return null;
}

function sharedPorts(desired: Desired): ItemError {
  return {
    code: 'shared_ports',
    message: `"${desired.service.id}" shares its server or ports with ${desired.sharedWith.join(', ')}: disabling them would hit both; use action suspend-order, or allowSharedPorts: true in the product`,
  };
}

function nothingToEnforce(desired: Desired): ItemError {
  return {
    code: 'nothing_to_enforce',
    message: `the panel lists no port of "${desired.service.id}" that may be switched: the hold has no effect; check easydcim_service_id or use action suspend-order`,
  };
}
