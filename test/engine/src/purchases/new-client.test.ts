import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { errorOf } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { AUTO, listStatuses } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);

const NEXT = 78;

/** A service whose client has bought this often, with tax, before another one got it, who is exempt from tax. */
async function moveAfter(purchases: number): Promise<void> {
  await open({ product: AUTO, taxRate: '20.000' });
  at.whmcs.addCredit(CLIENT, '100.00');
  await at.use(85);
  for (let more = 1; more < purchases; more++) await at.use(50);
  expect(await listStatuses(at)).toEqual(Array.from({ length: purchases }, () => 'paid'));
  at.whmcs.addClient({ id: NEXT, currency: 'EUR', credit: '5.00', taxExempt: true });
  at.whmcs.service(1).clientId = NEXT;
  expect((await at.sync()).run.outcome).toBe('done');
}

const countBought = async (): Promise<number | null> =>
  (await at.sluice.autoBuy.show({ service: 'whmcs-1', owner: String(NEXT) })).autoBuy.bought;

it('auto-buy of a new client is not refused for the tax of the former one', async () => {
  await moveAfter(1);
  const polled = await at.use(50);
  expect([polled.totals.purchased, polled.totals.held, at.whmcs.credit(NEXT)]).toEqual([1, 0, '0.00']);
});

it('auto-buy of a new client has a maximum of its own, and shows what this client bought', async () => {
  await moveAfter(2);
  expect(await countBought()).toBe(0);
  const polled = await at.use(50);
  expect([polled.totals.purchased, polled.totals.held, await countBought()]).toEqual([1, 0, 1]);
});

it('the reference of a former client buys nothing for the next one, and says nothing of his purchase', async () => {
  await open();
  at.whmcs.addCredit(CLIENT, '100.00');
  await at.use(10);
  const { purchase } = await at.sluice.purchases.create('whmcs-1', 'extra', { ref: 'order-1' });
  at.whmcs.addClient({ id: NEXT, currency: 'EUR', credit: '50.00' });
  at.whmcs.service(1).clientId = NEXT;
  await at.sync();
  const asked = await errorOf(at.sluice.purchases.create('whmcs-1', 'extra', { ref: 'order-1' }));
  expect(asked).toMatchObject({ code: 'ref_used', message: expect.not.stringContaining(purchase.id) });
  expect(at.whmcs.credit(NEXT)).toBe('50.00');
});
