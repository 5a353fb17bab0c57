import { type Order, type OrderState, type PanelSnapshot, type Port, type PortState } from './model.js';
import { isUp, type EasyDcimWorld } from './world.js';

/** A copy of a port's state. */
export function portState(port: Port): PortState {
  return {
    id: port.id,
    serverId: port.server.id,
    name: port.name,
    management: port.management,
    adminState: port.adminState,
    operState: isUp(port) ? 'up' : 'down',
    connected: port.connected,
    changedBy: port.changedBy,
    pending: port.pending?.to ?? null,
  };
}

/** A copy of an order's state. */
export function orderState(order: Order): OrderState {
  return {
    id: order.id,
    serviceId: order.serviceId,
    serverId: order.server.id,
    status: order.status,
    suspension: order.suspension === null ? null : { ...order.suspension },
    pending: order.pending?.to ?? null,
  };
}

/** A copy of the state of all ports and orders. */
export function toSnapshot(world: EasyDcimWorld): PanelSnapshot {
  world.now();
  const ports: Record<string, Pick<PortState, 'adminState' | 'operState'>> = {};
  for (const port of world.ports.values()) {
    const { adminState, operState } = portState(port);
    ports[port.id] = { adminState, operState };
  }
  const orders: Record<string, Pick<OrderState, 'status' | 'suspension'>> = {};
  for (const order of world.orders.values()) {
    const { status, suspension } = orderState(order);
    orders[order.id] = { status, suspension };
  }
  return { ports, orders };
}
