import type { AutoBuyView } from '@sluice/engine';
import { describe, expect, it } from '@jest/globals';
import { during } from '../bench/during.js';
import { toIds } from '../bench/easydcim-bench.js';
import { useOpened } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';

const [at, open] = useOpened(openWhmcsShop);

const OTHER = 78;

/** Makes a link that may spend the price of one package, or as much as is named. */
async function share(ref?: string, maxAmount = '5.00'): Promise<string> {
  const expiresAt = new Date(at.bench.clock.now() + 10 * 24 * HOUR).toISOString();
  const rights = { buy: true, maxAmount };
  return (await at.sluice.access.share({ client: String(CLIENT), expiresAt, rights, ref })).access.id;
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

  it('is said where the packages that are needed cost more', async () => {
    await open();
    at.whmcs.addCredit(CLIENT, '100.00');
    const link = await share(undefined, '7.00');
    const rule = { enabled: true, package: 'extra', threshold: '10GB', maxPerCycle: 4 };
    await at.sluice.autoBuy.set({ service: 'whmcs-1', owner: String(CLIENT), link: { link, amount: null } }, rule);
    const { notices } = await at.use(150);
    expect(notices.find(({ code }) => code === 'auto_buy_refused')?.message).toMatch(
      /link that set it 7\.00 EUR are left, and the 2 packages that are needed cost 10\.00 EUR$/,
    );
  });

  it('counts automatic purchases without the tax that their invoices have', async () => {
    await open({ taxRate: '20.000' });
    at.whmcs.addCredit(CLIENT, '100.00');
    const link = await share(undefined, '10.00');
    const rule = { enabled: true, package: 'extra', threshold: '10GB', maxPerCycle: 4 };
    await at.sluice.autoBuy.set({ service: 'whmcs-1', owner: String(CLIENT), link: { link, amount: null } }, rule);
    const reports = [await at.use(85), await at.use(50), await at.use(50)];
    expect(reports.map(({ totals }) => totals.purchased)).toEqual([1, 1, 0]);
    expect(at.whmcs.credit(CLIENT)).toBe('88.00');
    const refused = reports.at(-1)?.notices.find(({ code }) => code === 'auto_buy_refused');
    expect(refused?.message).toMatch(/link that set it 0\.00 EUR are left, and the package costs 5\.00 EUR$/);
  });

  it('begins again with a link that the reference of a deleted one makes', async () => {
    await open();
    at.whmcs.addCredit(CLIENT, '100.00');
    const link = await share('order-1');
    expect(await share('order-1')).toBe(link);
    await at.sluice.purchases.create('whmcs-1', 'extra', {
      ref: `${link}:form`,
      budget: { refs: `${link}:`, amount: '5.00' },
    });
    at.bench.clock.advance(60 * 24 * HOUR);
    await at.sluice.reconcile();
    expect(await at.bench.store.apiTokens.get(link)).toBeNull();
    const next = await share('order-1');
    expect(await at.sluice.purchases.budgetLeft({ refs: `${next}:`, amount: '5.00' })).toBe('5.00');
  });
});

describe('a reference that begins as those of automatic purchases', () => {
  it.each([false, true])('is refused, and the next automatic purchase is made (with a link: %s)', async (withLink) => {
    await open();
    at.whmcs.addCredit(CLIENT, '100.00');
    await at.use(1);
    const link = withLink ? await share() : null;
    const rule = { enabled: true, package: 'extra', threshold: '10GB', maxPerCycle: 1 };
    const by = link === null ? {} : { owner: String(CLIENT), link: { link, amount: '5.00' } };
    await at.sluice.autoBuy.set({ service: 'whmcs-1', ...by }, rule);
    const [cycle] = await at.bench.store.cycles.ofService('whmcs-1');
    const ref = `${link === null ? '' : `${link}:`}auto:${cycle?.id ?? ''}:1`;
    const isRefused = { code: 'ref_used', message: expect.stringContaining('automatic purchases') };
    await expect(at.sluice.purchases.create('whmcs-1', 'extra', { ref })).rejects.toMatchObject(isRefused);
    expect((await at.use(95)).totals.purchased).toBe(1);
    await expect(at.sluice.purchases.create('whmcs-1', 'extra', { ref })).rejects.toMatchObject({ code: 'ref_used' });
  });
});

const AUTO = ', autoBuy: { enabled: true, package: extra, thresholdGb: 10, maxPerCycle: 2 }';

describe('automatic purchases once the share link that set them has ended', () => {
  const SERVICE = { service: 'whmcs-1' };
  let link: string;

  async function start(product = AUTO): Promise<void> {
    await open({ product });
    at.whmcs.addCredit(CLIENT, '100.00');
    link = await share();
  }
  const setWithLink = (rule: Parameters<typeof at.sluice.autoBuy.set>[1]): Promise<unknown> =>
    at.sluice.autoBuy.set({ ...SERVICE, owner: String(CLIENT), link: { link, amount: null } }, rule);
  const show = async (): Promise<AutoBuyView> => (await at.sluice.autoBuy.show(SERVICE)).autoBuy;
  const pollNearQuota = async (): Promise<number> => {
    await at.sluice.access.revoke(link);
    return (await at.use(85)).totals.purchased;
  };

  it('stay off where the link has switched them off', async () => {
    await start();
    await setWithLink({ enabled: false, package: 'extra', threshold: '10GB', maxPerCycle: 0 });
    expect(await show()).toMatchObject({ enabled: false, source: 'service' });
    expect(await pollNearQuota()).toBe(0);
    await at.sluice.autoBuy.set(SERVICE, { enabled: true });
    expect((await at.use(1)).totals.purchased).toBe(1);
  });

  it('are off again where an operator had switched them off before', async () => {
    await start();
    await at.sluice.autoBuy.set(SERVICE, { enabled: false });
    await setWithLink({ enabled: true, package: 'extra', threshold: '1GB', maxPerCycle: 1 });
    expect(await show()).toMatchObject({ enabled: true, maxPerCycle: 1 });
    expect(await pollNearQuota()).toBe(0);
    expect(await show()).toMatchObject({ enabled: false, source: 'service' });
  });

  it('keep what the link restricted, and lose what it added', async () => {
    await start();
    await at.sluice.autoBuy.set(SERVICE, { maxPerCycle: 4 });
    await setWithLink({ enabled: true, package: 'extra', threshold: '20GB', maxPerCycle: 1 });
    expect(await show()).toMatchObject({ enabled: true, maxPerCycle: 1, threshold: String(20 * GB) });
    await at.sluice.access.revoke(link);
    expect(await show()).toMatchObject({ enabled: true, maxPerCycle: 1, threshold: String(10 * GB) });
  });

  it('are off again where the link had switched them on', async () => {
    await start('');
    await setWithLink({ enabled: true, package: 'extra', threshold: '20GB', maxPerCycle: 1 });
    expect((await show()).enabled).toBe(true);
    expect(await pollNearQuota()).toBe(0);
    expect(await show()).toMatchObject({ enabled: false, source: 'default' });
  });

  it('are what an operator sets while the link lasts, and nothing is left of a cleared preference', async () => {
    await start('');
    await setWithLink({ enabled: true, package: 'extra', threshold: '20GB', maxPerCycle: 1 });
    await at.sluice.autoBuy.set(SERVICE, { maxPerCycle: 3 });
    expect(await show()).toMatchObject({ enabled: true, maxPerCycle: 3, threshold: String(20 * GB) });
    await at.sluice.autoBuy.set(SERVICE, { enabled: false });
    expect((await show()).enabled).toBe(false);
    await setWithLink({ enabled: true });
    await at.sluice.autoBuy.clear(SERVICE);
    expect(await show()).toMatchObject({ enabled: false, source: 'default' });
    expect(await at.bench.store.autoBuy.list()).toEqual([]);
  });

  it('stay off where an earlier version stored that the link had switched them off', async () => {
    await start();
    const none = { package: null, thresholdBytes: null, thresholdPercent: null, maxPerCycle: null };
    const row = { scope: 'service' as const, subject: 'whmcs-1', enabled: false, ...none, link };
    await at.bench.store.autoBuy.put({ ...row, updatedAt: new Date(at.bench.clock.now()).toISOString() });
    expect(await pollNearQuota()).toBe(0);
  });
});
