import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FakeWhmcs, manualClock, startFakeWhmcs } from '@sluice/fake-panels';
import { whmcs } from '@sluice/whmcs-client/billing';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';
import { whilePanelAnswers } from '../test/while-panel-answers.js';

let at: DashboardBench;
let shop: FakeWhmcs;

const addService = (id: number) => {
  const fields = { easydcim_service_id: String(500 + id) };
  shop.addService({ id, client: 77, product: 10, status: 'Active', nextDueDate: '2026-12-15', fields });
};
const stored = async () =>
  (await at.sluice.services.list()).services.map(
    ({ id, lifecycle, nextDueDate }) => `${id} ${lifecycle} ${nextDueDate}`,
  );

/** Syncs with a token that is revoked while WHMCS is read; returns the status and the error. */
async function syncRevoked(body: object): Promise<unknown> {
  const { token, access } = await at.sluice.access.create({ name: `t-${at.clock.now()}`, scopes: ['operate'] });
  at.clock.advance(1000);
  const { status, json } = await whilePanelAnswers(
    shop.server,
    () => at.call('POST /services/sync', { token, body }),
    () => at.call(`DELETE /tokens/${access.id}`),
  );
  return [status, (json['error'] as { code: string } | undefined)?.code];
}

beforeAll(async () => {
  shop = await startFakeWhmcs({ now: manualClock('2026-11-20T12:00:00Z').now });
  const { url, identifier, secret } = shop;
  at = await startBench({
    fakes: [shop],
    billing: [whmcs],
    config: { billing: 'whmcs', whmcs: { url, identifier, secret, allowHttp: true } },
    products: { synced: { panel: 'dcim', whmcs: { productIds: [10] } } },
  });
  shop.addClient({ id: 77, firstName: 'Ana', currency: 'EUR' });
  shop.addProduct({ id: 10, name: 'Server', fields: ['easydcim_service_id'] });
  addService(1);
  expect((await at.call('POST /services/sync', { body: {} })).status).toBe(200);
});
afterAll(() => at.close());

it('a sync whose token was revoked while WHMCS was read stores nothing', async () => {
  const before = await stored();
  expect(before).toEqual(['whmcs-1 active 2026-12-15']);
  addService(2);
  expect(await syncRevoked({})).toEqual([401, 'no_token']);
  Object.assign(shop.service(1), { status: 'Suspended', nextDueDate: '2027-02-15' });
  expect(await syncRevoked({ service: '1' })).toEqual([401, 'no_token']);
  expect(await syncRevoked({})).toEqual([401, 'no_token']);
  expect(await stored()).toEqual(before);
  expect((await at.call('POST /services/sync', { body: {} })).status).toBe(200);
  expect(await stored()).toHaveLength(2);
});
