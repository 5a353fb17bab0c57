import { type PanelEntry, toPanelEntry } from '@sluice/panel-kind';
import type { CallOptions, EasyDcimClient, Order, PanelService } from '../index.js';

/**
 * Returns the services of the panel, each with its order, and the orders without one. The list of orders is the administrator's; that of
 * services has those of the user on whose behalf it is read, so that other services are known by their orders alone.
 */
export async function listEntries(
  { orders, services }: Pick<EasyDcimClient, 'orders' | 'services'>,
  options: CallOptions,
): Promise<PanelEntry[]> {
  const listed: PanelService[] = [];
  for await (const service of services.list(options)) listed.push(service);
  const all: Order[] = [];
  for await (const order of orders.list(options)) all.push(order);
  return toEntries(listed, all);
}

function toEntries(services: readonly PanelService[], orders: readonly Order[]): PanelEntry[] {
  const left = new Map(orders.map((order) => [order.id, order]));
  const byService = new Map(orders.map((order) => [order.serviceId, order]));
  const known = services.map((service) => {
    const own = left.get(service.orderId ?? '') ?? byService.get(service.id) ?? null;
    const order = own !== null && (own.serviceId ?? service.id) === service.id ? own : null;
    if (order !== null) left.delete(order.id);
    return toService(service, order);
  });
  const shown = new Set(services.map(({ id }) => id));
  const others = [...left.values()].map((order) => {
    const { serviceId } = order;
    if (serviceId === null || shown.has(serviceId)) return toOrder(order);
    shown.add(serviceId);
    return toService({ id: serviceId, orderId: order.id, serverId: null, addresses: [] }, order);
  });
  return [...known, ...others];
}

type ShownService = Pick<PanelService, 'id' | 'orderId' | 'serverId' | 'addresses'> & Partial<PanelService>;

function toService(service: ShownService, order: Order | null): PanelEntry {
  const { id, orderId, serverId, serverLabel, addresses, status, clientEmail } = service;
  return toPanelEntry(
    {
      object: 'service',
      id,
      refs: {
        easydcim_service_id: id,
        easydcim_order_id: order?.id ?? orderId,
        easydcim_server_id: serverId ?? order?.serverId ?? null,
      },
    },
    {
      name: serverLabel ?? order?.serverLabel ?? null,
      addresses,
      state: status ?? toStatus(order),
      clientEmail: clientEmail ?? order?.clientEmail ?? null,
    },
  );
}

function toOrder(order: Order): PanelEntry {
  const { id, serviceId, serverId, serverLabel: name, clientEmail } = order;
  const refs = { easydcim_service_id: serviceId, easydcim_order_id: id, easydcim_server_id: serverId };
  return toPanelEntry({ object: 'order', id, refs }, { name, state: toStatus(order), clientEmail });
}

function toStatus(order: Order | null): string | null {
  return order === null || order.status === '' ? null : order.status;
}
