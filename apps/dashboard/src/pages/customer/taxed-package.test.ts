import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeWhmcs, manualClock, startFakeWhmcs } from '@sluice/fake-panels';
import { whmcs } from '@sluice/whmcs-client/billing';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { extractMain, textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

let at: DashboardBench;
let fake: FakeWhmcs;
let link: Link;

/** Starts a dashboard with WHMCS, which adds 20 % of tax; `own`: further settings of it. */
async function open(own: object = {}): Promise<void> {
  fake = await startFakeWhmcs({ now: manualClock('2026-11-20T12:00:00Z').now, quirks: { taxRate: '20.000' } });
  const { url, identifier, secret } = fake;
  at = await startBench({
    fakes: [fake],
    billing: [whmcs],
    config: {
      ...{ billing: 'whmcs', whmcs: { url, identifier, secret, allowHttp: true, ...own } },
      packages: {
        'extra-50': { name: '50 GB more', traffic: '50GB', price: '10.00', taxed: true },
        plain: { name: 'Plain', traffic: '10GB', price: '3.00' },
      },
    },
    products: { ports: { panel: 'dcim', quota: { total: '100GB' }, packages: ['extra-50', 'plain'] } },
  });
}

beforeAll(async () => {
  await open();
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
  expect(page).toContain('Price 10.00 EUR plus tax With tax not known before the invoice, which says how much');
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
  expect(page).toContain('Price 10.00 EUR plus tax With tax 12.00 EUR, by your last invoice for it');
  expect(service).toContain('50 GB more 50 GB 12.00 EUR with tax');
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
  expect(page).toContain('Order 50 GB more for 12.00 EUR with tax');
});

it('says it in the API, in the parts for WHMCS and on the pages of operators', async () => {
  const read = async (path: string) => (await at.call(`GET ${path}`)).json;
  expect(await read('/packages')).toMatchObject({
    packages: [
      { id: 'extra-50', price: '10.00', taxed: true, lastCharged: null, withTax: null },
      { id: 'plain', price: '3.00', taxed: false, lastCharged: null },
    ],
  });
  expect(await at.sluice.purchases.packages({ client: '42' })).toMatchObject({
    packages: [{ taxed: true, lastCharged: '12.00' }, { lastCharged: '3.00' }],
  });
  expect(await read('/embedded/services/svc-1?for=customer')).toMatchObject({
    packages: [{ label: '50 GB more: 50 GB, 12.00 EUR with tax' }, { label: 'Plain: 10 GB, 3.00 EUR' }],
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

describe('a rate of tax by country in the config', () => {
  beforeAll(async () => {
    await at.close();
    await open({ tax: { AT: '20%', 'US-Texas': '6.25%' } });
    fake.addClient({ id: 1, currency: 'EUR', credit: '11.50', country: 'AT' });
    fake.addClient({ id: 2, currency: 'EUR', credit: '30.00', country: 'US', state: 'Texas' });
    fake.addClient({ id: 3, currency: 'EUR', credit: '30.00', country: 'AT', taxExempt: true });
    fake.addClient({ id: 4, currency: 'EUR', credit: '30.00', country: 'FR' });
    for (const id of [1, 2, 3, 4]) await at.addService(id, String(id));
    await at.sluice.poll();
  });

  /** The page of a service and the page that asks before a purchase, of a client. */
  async function readBoth(client: number) {
    link = await Link.open(at, { client: String(client), buy: true });
    const service = textOf(await link.text(`/services/svc-${client}`));
    const way = (await link.get(`/services/svc-${client}/buy?package=extra-50`)).headers.get('location') ?? '';
    return { service, buy: textOf(extractMain(await (await at.fetch(way)).text())), way };
  }

  it('shows prices with tax before the first purchase, and what is missing of them', async () => {
    const { service, buy } = await readBoth(1);
    expect(service).toContain('50 GB more 50 GB 12.00 EUR with tax');
    expect(service).toContain('Plain 10 GB 3.00 EUR');
    expect(buy).toContain(
      'Price 10.00 EUR plus tax With tax 12.00 EUR, by the tax of your country; the invoice counts',
    );
    expect(buy).toContain('0.50 EUR of credit are missing.');
    expect((await readBoth(2)).buy).toMatch(/With tax 10\.63 EUR, .*Credit afterwards 19\.37 EUR/);
  });

  it('adds none for a client who is exempt, and says plainly where it is not known', async () => {
    const exempt = await readBoth(3);
    expect(exempt.service).toContain('50 GB more 50 GB 10.00 EUR');
    expect(exempt.buy).toContain('With tax 10.00 EUR: no tax is added for you; the invoice counts');
    expect(exempt.buy).toContain('Buy 50 GB more for 10.00 EUR Back');
    const { buy } = await readBoth(4);
    expect(buy).toContain('With tax not known before the invoice, which says how much');
    expect(buy).toContain('Buy 50 GB more for 10.00 EUR plus tax');
  });

  it('is in the API, and the invoice counts', async () => {
    expect((await at.call('GET /clients/1/credit')).json).toMatchObject({ balance: '11.50', taxRate: '20' });
    expect((await at.call('GET /clients/4/credit')).json).not.toHaveProperty('taxRate');
    const { way } = await readBoth(2);
    const form = link.readForm(extractMain(await (await at.fetch(way)).text()), '/buy');
    expect((await link.send('/services/svc-2/buy', form)).status).toBe(303);
    // WHMCS knows better than the config here.
    expect((await readBoth(2)).buy).toContain('With tax 12.00 EUR, by your last invoice for it');
  });
});
