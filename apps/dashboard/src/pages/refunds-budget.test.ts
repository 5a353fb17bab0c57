import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { FakeWhmcs } from '@sluice/fake-panels';
import type { DashboardBench } from '../test/dashboard-bench.js';
import { openWhmcsShop } from '../test/whmcs-shop.js';

let at: DashboardBench;
let fake: FakeWhmcs;
beforeAll(async () => {
  ({ at, fake } = await openWhmcsShop());
});
afterAll(() => at.close());

it('spends no more with a link than its maximum while a refund is not made', async () => {
  // As the pages of a link with `--max-amount 5.00` do.
  const budget = { refs: 'tok-1:', amount: '5.00' };
  const buy = (key: string) =>
    at.sluice.purchases.create('svc-1', 'extra-50', { ref: `tok-1:${key}`, client: '42', budget });
  const first = (await buy('first')).purchase;
  expect([fake.credit(42), await at.sluice.purchases.budgetLeft(budget)]).toEqual(['95.00', '0.00']);
  const mend = fake.server.inject({ endpoint: 'GetCredits', when: 'before', times: 99, fault: { kind: 'cut' } });
  await at.sluice.purchases.cancel(first.id, { refund: true }).catch(() => null);
  const [row] = (await at.sluice.purchases.list({ service: 'svc-1' })).purchases;
  const left = await at.sluice.purchases.budgetLeft(budget);
  const second = await buy('second').then(
    ({ purchase }) => purchase.status,
    (error: unknown) => (error as { code: string }).code,
  );
  // Staff cancels the first invoice, so that its refund is refused: the purchase stays paid.
  mend();
  fake.setInvoiceStatus(Number(first.invoice), 'Cancelled');
  at.clock.advance(3_600_000);
  await at.sluice.poll();
  const after = (await at.sluice.purchases.list({ service: 'svc-1' })).purchases.map(({ status }) => status);
  expect({ refund: row?.refund, left, second, credit: fake.credit(42), after }).toEqual({
    ...{ refund: 'waiting', left: '0.00', second: 'over_budget', credit: '95.00' },
    after: ['paid'],
  });
});
