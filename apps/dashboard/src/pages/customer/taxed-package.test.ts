import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FakeWhmcs, manualClock, startFakeWhmcs } from '@sluice/fake-panels';
import { whmcs } from '@sluice/whmcs-client/billing';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { extractMain, textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

let at: DashboardBench;
let fake: FakeWhmcs;
let link: Link;
beforeAll(async () => {
  fake = await startFakeWhmcs({ now: manualClock('2026-11-20T12:00:00Z').now, quirks: { taxRate: '20.000' } });
  const { url, identifier, secret } = fake;
  at = await startBench({
    fakes: [fake],
    billing: [whmcs],
    config: {
      ...{ billing: 'whmcs', whmcs: { url, identifier, secret, allowHttp: true } },
      packages: {
        'extra-50': { name: '50 GB more', traffic: '50GB', price: '10.00', taxed: true },
        plain: { name: 'Plain', traffic: '10GB', price: '3.00' },
      },
    },
    products: { ports: { panel: 'dcim', quota: { total: '100GB' }, packages: ['extra-50', 'plain'] } },
  });
  fake.addClient({ id: 42, currency: 'EUR', credit: '30.00' });
  await at.addService(1, '42');
  await at.sluice.poll();
  link = await Link.open(at, { client: '42', buy: true });
});
afterAll(() => at.close());

/** The page that asks before a purchase. */
async function read(id: string): Promise<string> {
  const way = (await link.get(`/services/svc-1/buy?package=${id}`)).headers.get('location');
  return extractMain(await (await at.fetch(way ?? '')).text());
}

/** Its words. */
const ask = async (id: string): Promise<string> => textOf(await read(id));

it('says before the first purchase that tax is added, and promises no payment at once', async () => {
  const page = await ask('extra-50');
  expect(page).toContain('Price 10.00 EUR plus tax');
  expect(page).toContain('Buy 50 GB more for 10.00 EUR plus tax');
  expect(page).toContain('where it covers the price with tax');
  expect(page).not.toContain('at once, and');
});

it('says nothing of tax where none is added', async () => {
  const page = await ask('plain');
  expect(page).toContain('Buy Plain for 3.00 EUR');
  expect(page).toContain('It is paid from your credit at once, and counts in the current period.');
  expect(page).not.toMatch(/tax/i);
});

it('shows what was charged, and says what the last invoice came to', async () => {
  const form = link.readForm(await read('extra-50'), '/buy');
  expect((await link.send('/services/svc-1/buy', { ...form, taxed: 'no' })).status).toBe(409);
  expect((await link.send('/services/svc-1/buy', form)).status).toBe(303);
  expect(fake.credit(42)).toBe('18.00');
  const service = textOf(await link.text('/services/svc-1'));
  expect(service).toMatch(/50 GB more 50 GB 12\.00 EUR paid/);
  const page = await ask('extra-50');
  expect(page).toContain('With tax 12.00 EUR, by your last invoice for it');
  expect(page).toContain('It is paid from your credit at once');
});

it('promises no payment at once where the credit covers the price without tax alone', async () => {
  await link.post('/services/svc-1/buy', { package: 'plain' });
  await link.post('/services/svc-1/buy', { package: 'plain' });
  fake.addCredit(42, '-1.00', 'Correction');
  at.clock.advance(61_000);
  expect(fake.credit(42)).toBe('11.00');
  const page = await ask('extra-50');
  expect(page).toContain('1.00 EUR of credit are missing.');
  expect(page).toContain('You get an invoice');
  expect(page).toContain('Order 50 GB more for 10.00 EUR plus tax');
});

it('says it in the API, in the parts for WHMCS and on the pages of operators', async () => {
  const read = async (path: string) => (await at.call(`GET ${path}`)).json;
  expect(await read('/packages')).toMatchObject({
    packages: [
      { id: 'extra-50', price: '10.00', taxed: true, lastCharged: null },
      { id: 'plain', price: '3.00', taxed: false, lastCharged: null },
    ],
  });
  expect(await at.sluice.purchases.packages({ client: '42' })).toMatchObject({
    packages: [{ taxed: true, lastCharged: '12.00' }, { lastCharged: '3.00' }],
  });
  expect(await read('/embedded/services/svc-1?for=customer')).toMatchObject({
    packages: [{ label: '50 GB more: 50 GB, 10.00 EUR plus tax' }, { label: 'Plain: 10 GB, 3.00 EUR' }],
  });
  expect(await read('/services/svc-1')).toMatchObject({
    purchases: [{ price: '10.00', charged: '12.00' }, { price: '3.00', charged: '3.00' }, {}],
  });
  const cookie = await at.login();
  const page = async (path: string) => textOf(await at.page(path, cookie));
  const way = (await at.fetch('/services/svc-1/buy?package=extra-50', { cookie })).headers.get('location') ?? '';
  expect(await page(way)).toContain('10.00 EUR plus tax (12.00 EUR on the client’s last invoice for it)');
  expect(await page('/packages')).toMatch(/10\.00 EUR plus tax[\s\S]*3\.00 EUR plain/);
});
