import { type EasyDcimAnswers, type OrderStyle, type PortStyle, type ServiceStyle } from './answers.js';
import { type Order, type Port, type Service } from './model.js';
import { type Traffic } from './traffic-meter.js';
import { isUp } from './world.js';

/** A port seen from the server's side. */
export function portRow(port: Port, style: PortStyle, traffic?: Traffic): object {
  const up = isUp(port);
  const enabled = port.adminState === 'up';
  const figures = traffic === undefined ? {} : { traffic: { ...traffic, total: traffic.in + traffic.out } };
  switch (style) {
    case 'admin-oper':
      return {
        id: port.id,
        name: port.name,
        description: port.description,
        admin_state: port.adminState,
        oper_state: up ? 'up' : 'down',
        ...figures,
        speed: port.speed,
        item_id: port.server.id,
        ...farSide(port),
      };
    case 'camel':
      return {
        portId: port.id,
        label: port.name,
        adminState: port.adminState,
        operState: up ? 'up' : 'down',
        ...figures,
      };
    case 'status-word': {
      const status = enabled ? (up ? 'connected' : 'not connected') : 'disabled';
      return { port_id: String(port.id), label: port.name, status, is_up: up, ...figures };
    }
    case 'enabled-word':
      return { id: port.id, if_name: port.name, status: enabled ? 'enabled' : 'disabled', ...figures };
    case 'status-number':
      return { id: port.id, user_label: port.name, status: up ? 1 : -1, ...figures };
    case 'link-only':
      return { id: port.id, name: port.name, link_up: up ? 1 : 0, ...figures };
    case 'stateless':
      return { id: port.id, name: port.name, description: port.description, ...figures, speed: port.speed };
  }
}

/** The switch's port on the other side of a server's port: it is switched with it. */
export function switchPortRow(port: Port): object {
  return {
    id: port.switchPortId,
    name: switchPortName(port),
    description: '',
    admin_state: port.adminState,
    oper_state: isUp(port) ? 'up' : 'down',
    speed: port.speed,
    item_id: switchId,
    connected_port: { id: port.id, name: port.name },
    connected_item: { id: port.server.id, label: port.server.label },
  };
}

/** A service. */
export function serviceRow(service: Service, style: ServiceStyle, words: EasyDcimAnswers['words']): object {
  const { id, order, server, user } = service;
  const status = words[order.status];
  switch (style) {
    case 'related':
      return {
        id,
        order_id: order.id,
        status,
        related_id: server.id,
        related: { ip_addresses: [{ address: server.ip }] },
        client: { email: user.email },
      };
    case 'nested':
      return { service_id: id, order: { id: order.id }, server_id: server.id, ip: server.ip, status };
    case 'camel':
      return { id, orderId: order.id, device_id: server.id, state: status };
    case 'item':
      return { id, order_id: order.id, item_id: server.id };
    case 'bare':
      return { id, order_id: order.id };
  }
}

/** The states that an order's row shows, in the panel's words. */
function statuses(order: Order, { orders, words }: EasyDcimAnswers): { order: string; service: string } {
  const suspended = order.status === 'suspended';
  const own = order.status === 'active' || (suspended && orders.suspendedIn === 'service');
  const hidden = suspended && orders.suspendedIn === 'order';
  return { order: own ? words.accepted : words[order.status], service: hidden ? words.active : words[order.status] };
}

/** An order in full. */
export function orderDetails(order: Order, answers: EasyDcimAnswers): object {
  if (answers.orders.style !== 'nested') return orderRow(order, answers);
  const { id, serviceId, service, server, user } = order;
  const status = statuses(order, answers);
  return {
    id,
    status: status.order,
    service: service === undefined ? null : { id: serviceId, status: status.service, related_id: server.id },
    client: { id: user.id, email: user.email, name: `Client ${user.id}` },
    related_id: server.id,
    related: {
      id: server.id,
      label: server.label,
      ip_addresses: [{ address: server.ip }],
      ports: server.ports.map((port) => portRow(port, answers.ports.style)),
    },
  };
}

/** An order in a list. */
export function orderRow(order: Order, answers: EasyDcimAnswers): object {
  const { id, service, server, user } = order;
  const status = statuses(order, answers);
  const serviceId = service === undefined ? null : service.id;
  const rows: Record<OrderStyle, () => object> = {
    nested: () => ({
      id,
      service_id: serviceId,
      related_id: server.id,
      status: status.order,
      service: service === undefined ? null : { id: serviceId, status: status.service },
    }),
    flat: () => ({
      id,
      service_id: serviceId,
      server_id: server.id,
      status: status.order,
      client_email: user.email,
    }),
    camel: () => ({
      orderId: id,
      serviceId,
      related: { id: server.id },
      status: status.order,
      owner: { email: user.email },
    }),
  };
  return rows[answers.orders.style]();
}

const switchId = 88;

function farSide(port: Port): object {
  if (!port.connected) return { connected_port: null, connected_item: null };
  return {
    connected_port: port.switchPortId === undefined ? null : { id: port.switchPortId, name: switchPortName(port) },
    connected_item: { id: switchId, label: 'sw-01' },
  };
}

function switchPortName(port: Port): string {
  return `Gi1/0/${String(port.switchPortId)}`;
}
