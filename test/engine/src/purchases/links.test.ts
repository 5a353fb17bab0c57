import { describe, expect, it } from '@jest/globals';
import { during } from '../bench/during.js';
import { toIds } from '../bench/easydcim-bench.js';
import { useOpened } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';

const [at, open] = useOpened(openWhmcsShop);

const OTHER = 78;

/** Makes a link that may spend the price of one package. */
async function share(): Promise<string> {
  const expiresAt = new Date(at.bench.clock.now() + 10 * 24 * HOUR).toISOString();
  const rights = { buy: true, maxAmount: '5.00', needs: ['buy' as const] };
  return (await at.sluice.access.share({ client: String(CLIENT), expiresAt, rights })).access.id;
}

describe('the maximum of a share link', () => {
  it('is kept by auto-buy while a purchase is made with the same link', async () => {
    await open();
    at.whmcs.addClient({ id: OTHER, currency: 'EUR' });
    for (const number of [2, 3]) at.addService(number);
    at.whmcs.service(2).clientId = OTHER;
    await at.sync();
    await at.use(1);
    for (const client of [CLIENT, OTHER]) at.whmcs.addCredit(client, '100.00');
    const link = await share();
    const rule = { enabled: true, package: 'extra', threshold: '10GB', maxPerCycle: 1 };
    const by = { owner: String(CLIENT), link: { link, amount: '5.00' } };
    await at.sluice.autoBuy.set({ service: 'whmcs-1', ...by }, rule);
    await at.sluice.autoBuy.set({ service: 'whmcs-2' }, rule);
    at.panel.addTraffic(toIds(2).service, { in: 95 * GB, out: 0 });
    const budget = { refs: `${link}:`, amount: '5.00' };
    const polled = await during(
      at.whmcs.server,
      ({ body }) => body.includes(`clientid=${OTHER}`),
      () => at.use(85),
      () => at.bench.inAnother((page) => page.purchases.create('whmcs-3', 'extra', { ref: `${link}:form`, budget })),
    );
    expect(polled.totals.purchased).toBe(1);
    const { purchases } = await at.sluice.purchases.list();
    expect(purchases.map(({ service, status }) => [service, status]).sort()).toEqual([
      ['whmcs-2', 'paid'],
      ['whmcs-3', 'paid'],
    ]);
    expect([await at.sluice.purchases.budgetLeft(budget), at.whmcs.credit(CLIENT)]).toEqual(['0.00', '95.00']);
  });
});
