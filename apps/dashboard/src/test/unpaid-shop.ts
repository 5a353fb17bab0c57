import { expect } from '@jest/globals';
import { type FakeWhmcs, manualClock, startFakeWhmcs } from '@sluice/fake-panels';
import { whmcs } from '@sluice/whmcs-client/billing';
import { type BenchOptions, type DashboardBench, startBench } from './dashboard-bench.js';

/** Where clients reach WHMCS. */
export const PUBLIC = 'https://billing.example.com/whmcs';

/** A dashboard over WHMCS with the clients 42 and 43, and the service `whmcs-71` of the first, which is suspended there. */
export interface UnpaidShop {
  at: DashboardBench;
  fake: FakeWhmcs;
  /** Adds a service to the panel and to WHMCS, syncs and polls: number 1 is `whmcs-71`. A suspended one is held for its bill. */
  add(number: number, client: number, status: 'Active' | 'Suspended'): Promise<void>;
  /** Adds an unpaid invoice with a line of the service of this number. */
  invoice(number: number, amount: string, client?: number): number;
}

export async function openUnpaidShop(
  billing: 'whmcs' | 'ledger',
  { config, ...options }: Pick<BenchOptions, 'config' | 'channels'> = {},
): Promise<UnpaidShop> {
  const fake = await startFakeWhmcs({ now: manualClock('2026-11-20T12:00:00Z').now });
  const { url, identifier, secret } = fake;
  const at = await startBench({
    ...options,
    fakes: [fake],
    billing: [whmcs],
    products: { synced: { panel: 'dcim', quota: { total: '100GB' }, whmcs: { productIds: ['10'] } } },
    config: { ...config, billing, whmcs: { url, publicUrl: PUBLIC, identifier, secret, allowHttp: true } },
  });
  for (const id of [42, 43]) fake.addClient({ id, currency: 'EUR', email: `client${id}@example.com` });
  const names = ['service', 'order', 'server'].map((ref) => `easydcim_${ref}_id`);
  fake.addProduct({ id: 10, name: 'Ports', groupId: 1, fields: names });
  const shop: UnpaidShop = {
    at,
    fake,
    add: async (number, client, status) => {
      const [id, orderId, serverId] = [500 + number, 900 + number, 300 + number];
      at.panel.addService({ id, orderId, serverId, user: 10 + number, ports: [{ id: 7000 + number, name: 'eth0' }] });
      const fields: Record<string, string> = {};
      for (const [index, ref] of [id, orderId, serverId].entries()) fields[names[index] ?? ''] = String(ref);
      const due = { billingCycle: 'Monthly', nextDueDate: '2026-12-15' };
      fake.addService({ id: 70 + number, client, product: 10, status, fields, ...due });
      expect(await at.sluice.services.sync()).toMatchObject({ problems: [] });
      await at.sluice.poll({ allowMass: true });
    },
    invoice: (number, amount, client = 42) =>
      fake.addInvoice({ client, items: [{ description: 'Ports', amount, service: 70 + number }] }),
  };
  await shop.add(1, 42, 'Suspended');
  return shop;
}
