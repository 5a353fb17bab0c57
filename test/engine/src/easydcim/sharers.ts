import { type EasyDcimBench, startEasyDcimBench } from '../bench/easydcim-bench.js';

/** A service of the panel and of the store, without a server id in the store unless one is given. */
export interface Sharer {
  id: string;
  number: number;
  ports: number[];
  /** Default: one of its own. */
  server?: number;
  product?: string;
  order?: number;
  values?: Record<string, string>;
}

const PRODUCTS = `
  open: { panel: dcim, quota: { total: 100GB }, action: disable-ports, allowSharedPorts: true }
  ordered: { panel: dcim, quota: { total: 100GB }, action: suspend-order }
`;

/** Starts a bench with a product that may share ports, and one that suspends orders. */
export async function startSharing(): Promise<EasyDcimBench> {
  const at = await startEasyDcimBench();
  await at.bench.edit(/\nproducts:/, `\nproducts:${PRODUCTS}`);
  return at;
}

/** Adds a service that may share its order with another. */
export async function addSharer(
  at: EasyDcimBench,
  { id, number, server = number, ports, product = 'ports', order, values = {} }: Sharer,
): Promise<void> {
  at.panel.addService({
    id: number,
    orderId: number + 400,
    serverId: server,
    user: 10,
    ports: ports.map((port) => ({ id: port, name: `eth${port}` })),
  });
  const own = order === undefined ? {} : { easydcim_order_id: String(order) };
  const due = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
  const texts = { panel: 'dcim', product, ...due, easydcim_service_id: String(number), ...own, ...values };
  await at.sluice.services.add(id, texts, { allowDuplicateRefs: true });
}

/** The panel does not say any more whose order it is. */
export function hideOwners({ panel: { answers } }: EasyDcimBench): void {
  Object.assign(answers.orders, { style: 'flat', suspendedIn: 'order' });
  answers.orders.rename = { service_id: 'x1', related_id: 'x2', server_id: 'x3' };
}
