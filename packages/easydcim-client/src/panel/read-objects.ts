import type { ServiceRecord } from '@sluice/quota-core';
import type { CallOptions, EasyDcimClient, Order, Port } from '../index.js';

/** What reading an order or a port of a service requires. */
export interface ObjectCalls {
  client: EasyDcimClient;
  /** Options of the calls about the service. */
  options: CallOptions;
  service: Pick<ServiceRecord, 'refs'>;
}

/**
 * Reads an order. Where its row does not show whether it is suspended, the state is that of its service, which the row or the
 * mapping names (docs/panels/easydcim.md, 2.6). Every decision about an order asks this.
 *
 * @param mapped the service that the mapping named for an order which the service does not have any more
 */
export async function readOrder(calls: ObjectCalls, id: string, mapped?: string): Promise<Order> {
  // Orders are read without the user, so that a problem with impersonation has no effect here.
  const order = await calls.client.orders.get(id, calls.options);
  if (order.suspended !== null) return order;
  const { easydcim_order_id: ownOrder, easydcim_service_id: ownService } = calls.service.refs;
  const service = order.serviceId ?? (id === ownOrder ? ownService : mapped);
  const status = service === undefined ? null : await readStatus(calls, service);
  if (status === null) return order;
  const suspended = /^suspended$/i.test(status) ? true : /^activ(e|ated)$/i.test(status) ? false : null;
  return { ...order, status, suspended };
}

/** Returns the status of a service; null where it can't be read. That of an old order may be another user's. */
async function readStatus({ client, options }: ObjectCalls, service: string): Promise<string | null> {
  for (const asked of options.impersonate == null ? [options] : [options, { ...options, impersonate: null }]) {
    try {
      return (await client.services.get(service, asked)).status;
    } catch {
      // the state stays unknown, which the plan reports
    }
  }
  return null;
}

/**
 * Reads a port. Where it does not show its administrative state and the list of the service's ports did (`isListed`), the state is
 * that of the list.
 */
export async function readPort(
  { client, options, service }: ObjectCalls,
  id: string,
  isListed: boolean,
): Promise<Port> {
  const port = await client.ports.get(id, options);
  const serviceId = service.refs['easydcim_service_id'];
  if (port.adminEnabled !== null || !isListed || serviceId === undefined) return port;
  for await (const listed of client.ports.list(serviceId, options)) {
    if (listed.id === id) return { ...port, adminEnabled: listed.adminEnabled };
  }
  return port;
}
