import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { FakeWhmcs } from '@sluice/fake-panels';
import type { DashboardBench } from '../test/dashboard-bench.js';
import { openWhmcsShop } from '../test/whmcs-shop.js';
import { whilePanelAnswers } from '../test/while-panel-answers.js';

let at: DashboardBench;
let fake: FakeWhmcs;
beforeEach(async () => {
  ({ at, fake } = await openWhmcsShop());
  fake.addClient({ id: 44, currency: 'EUR', credit: '0.00' });
  await at.addService(2, '44');
  await at.sluice.poll();
});
afterEach(() => at.close());

const statusOf = async (id: string) =>
  (await at.sluice.purchases.list()).purchases.find((purchase) => purchase.id === id)?.status;
const calls = () => fake.server.changingCalls().map(({ endpoint }) => endpoint);

/** Cancels a purchase with a token that is revoked while WHMCS answers; returns the answer and the status that was stored by then. */
async function cancelWhileRevoked(id: string, refund: boolean, skip = 0) {
  const { token, access } = await at.sluice.access.create({ name: `shop-${skip}`, scopes: ['operate'] });
  let stored: string | undefined;
  fake.server.clearCalls();
  const answer = await whilePanelAnswers(
    fake.server,
    () => at.call(`POST /purchases/${id}/cancel`, { token, body: { refund } }),
    async () => {
      stored = await statusOf(id);
      await at.call(`DELETE /tokens/${access.id}`);
    },
    skip,
  );
  return { stored, answer: [answer.status, (answer.json['error'] as { code: string } | undefined)?.code] };
}

it.each([0, 1])('a refund whose token is revoked before it is stored is not begun: WHMCS call %d', async (skip) => {
  const { purchase } = await at.sluice.purchases.create('svc-1', 'extra-50');
  const { stored, answer } = await cancelWhileRevoked(purchase.id, true, skip);
  expect([stored, answer]).toEqual(['paid', [401, 'no_token']]);
  expect([await statusOf(purchase.id), calls(), fake.credit(42)]).toEqual(['paid', [], '95.00']);
});

it('a refund whose token is revoked once it is stored is finished', async () => {
  const { purchase } = await at.sluice.purchases.create('svc-1', 'extra-50');
  const { stored, answer } = await cancelWhileRevoked(purchase.id, true, 2);
  expect([stored, answer]).toEqual(['refunding', [200, undefined]]);
  expect([await statusOf(purchase.id), calls(), fake.credit(42)]).toEqual(['refunded', ['AddCredit'], '100.00']);
});

it('a refund that began earlier is left to the next run', async () => {
  const { purchase } = await at.sluice.purchases.create('svc-1', 'extra-50');
  const before = fake.server.inject({ endpoint: 'GetCredits', when: 'before', times: 9, fault: { kind: 'cut' } });
  const refund = () => at.sluice.purchases.cancel(purchase.id, { refund: true });
  await expect(refund()).rejects.toThrow();
  before();
  const { stored, answer } = await cancelWhileRevoked(purchase.id, true);
  expect([stored, answer, calls()]).toEqual(['refunding', [401, 'no_token'], []]);
  await at.sluice.poll();
  expect([await statusOf(purchase.id), calls(), fake.credit(42)]).toEqual(['refunded', ['AddCredit'], '100.00']);
});

it.each([0, 1, 2, 3])(
  'a pending purchase whose token is revoked while its invoice is read is not cancelled: WHMCS call %d',
  async (skip) => {
    const { purchase } = await at.sluice.purchases.create('svc-2', 'extra-50');
    const { stored, answer } = await cancelWhileRevoked(purchase.id, false, skip);
    expect([stored, answer]).toEqual(['pending', [401, 'no_token']]);
    expect([await statusOf(purchase.id), calls()]).toEqual(['pending', []]);
  },
);
