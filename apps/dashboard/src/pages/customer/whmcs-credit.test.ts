import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FakeWhmcs, manualClock, startFakeWhmcs } from '@sluice/fake-panels';
import { whmcs } from '@sluice/whmcs-client/billing';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../../test/dashboard-bench.js';
import { extractMain, textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const PUBLIC = 'https://billing.example.com/whmcs';

let at: DashboardBench;
let fake: FakeWhmcs;
beforeAll(async () => {
  fake = await startFakeWhmcs({ now: manualClock('2026-11-20T12:00:00Z').now });
  const { url, identifier, secret } = fake;
  at = await startBench({
    fakes: [fake],
    billing: [whmcs],
    config: {
      ...{ billing: 'whmcs', whmcs: { url, publicUrl: PUBLIC, identifier, secret, allowHttp: true } },
      packages: { 'extra-50': { name: '50 GB more', traffic: '50GB', price: '5.00' } },
      invoiceLines: { purchase: '{package} for {service}' },
    },
  });
  for (const id of [42, 43]) fake.addClient({ id, currency: 'EUR', credit: id === 42 ? '12.34' : '99.00' });
  fake.addCredit(42, '5.00', 'Goodwill');
  await at.addService(1, '42');
  await at.addService(2, '43');
});
afterAll(() => at.close());

it("shows the client's credit in WHMCS and nobody else's", async () => {
  const link = await Link.open(at, { client: '42' });
  const page = await link.text('/');
  expect(page).toMatch(/17\.34/);
  expect(page).not.toContain('99.00');
  const before = fake.server.calls.length;
  await Promise.all([link.text('/'), link.text('/')]);
  expect(fake.server.calls).toHaveLength(before);
});

it('shows the last credit with its age while WHMCS fails, and never a made-up one', async () => {
  await at.sluice.poll();
  const link = await Link.open(at, { client: '42', buy: true });
  await link.text('/');
  fake.server.inject({ fault: { kind: 'status', status: 503 } });
  at.clock.advance(61_000);
  const page = await link.text('/');
  expect(page).toContain('Your credit can’t be read at the moment. This is from');
  expect(page).toContain('17.34');
  const beside = await link.text('/services/svc-1');
  expect(beside).toMatch(/Your credit can’t be read at the moment\. This is from[\s\S]*Your credit: .*17\.34/);
  const ask = (await link.get('/services/svc-1/buy?package=extra-50')).headers.get('location') ?? '';
  const asking = extractMain(await (await at.fetch(ask)).text());
  expect(asking).toContain('Your credit can’t be read at the moment. This is from');
  const other = await (await Link.open(at, { client: '43' })).text('/');
  expect(other).toContain('Your credit can’t be shown at the moment.');
  expect(other).not.toMatch(/\b0\.00 EUR|17\.34/);
  fake.server.clearFaults();
  at.clock.advance(61_000);
  expect(await link.text('/')).not.toContain('can’t be read');
});

it('never calls a purchase bought whose invoice is to be paid, and links the invoice', async () => {
  await at.addService(3, '44');
  fake.addClient({ id: 44, currency: 'EUR' });
  await at.sluice.poll();
  const link = await Link.open(at, { client: '44', buy: true });
  expect(await link.text('/services/svc-3')).toContain('otherwise by invoice');
  const sent = await link.post('/services/svc-3/buy', { package: 'extra-50' });
  const [invoice] = fake.invoices(44);
  const way = `<a href="${PUBLIC}/viewinvoice.php?id=${invoice?.id}" rel="noopener">pay invoice <bdi>${invoice?.id}`;
  const page = extractMain(await (await at.fetch(sent.headers.get('location') ?? '')).text());
  expect(page).toContain(`The package was ordered and counts once it is paid: ${way}`);
  expect(page).toMatch(/pending<\/span>: <a href="[^"]*viewinvoice[\s\S]*?<td class="minor"[^>]*>no<\/td>/);
  expect(page).toContain(`href="${PUBLIC}/clientarea.php?action=addfunds"`);
  expect(page).not.toMatch(/was bought|charged at once/);
  const cookie = await at.login();
  expect(await at.page('/services/svc-3', cookie)).toContain(way);
  // It is finished by paying: another one is not on offer beside it.
  const buttons = (text: string) => [...text.matchAll(/class="button" href="[^"]*\/buy\?/g)].length;
  expect([buttons(page), page.includes('Buy another one…')]).toEqual([0, false]);
  const ask = (await link.get('/services/svc-3/buy?package=extra-50')).headers.get('location') ?? '';
  const asking = extractMain(await (await at.fetch(ask)).text());
  expect(asking).toContain(`This package is ordered already. It counts once that purchase is paid: ${way}`);
  expect(asking).not.toMatch(/<button[^>]*>(?:Buy|Order) |another one/);
  const answer = await at.fetch('/api/v1/embedded/services/svc-3?for=customer', { token: SERVE_TOKEN });
  expect(await answer.json()).toMatchObject({
    unpaid: [{ package: '50 GB more', invoice: String(invoice?.id) }],
    packages: [],
  });
  const { purchases } = await at.sluice.purchases.list({ service: 'svc-3' });
  expect(purchases).toMatchObject([{ status: 'pending', invoiceUrl: `${PUBLIC}/viewinvoice.php?id=${invoice?.id}` }]);
  const later = 'A payment is noticed with the next reading.';
  fake.pay(Number(invoice?.id));
  expect(await link.text('/services/svc-3')).toContain(later);
  await at.sluice.poll();
  const paid = await link.text('/services/svc-3');
  expect(paid).toMatch(/paid<\/span>[\s\S]*?<td class="minor"[^>]*>yes<\/td>/);
  expect(paid).not.toContain(later);
  expect(buttons(paid)).toBe(1);
  expect(paid).not.toContain('<bdi>extra-50');
  expect(invoice?.lines[0]?.description).toMatch(/^50 GB more for svc-3/);
});

it('names the invoice that releases a held service on the page of its operator', async () => {
  await at.addService(6, '46', 120);
  fake.addClient({ id: 46, currency: 'EUR' });
  await at.sluice.poll();
  await at.sluice.purchases.create('svc-6', 'extra-50');
  const [invoice] = fake.invoices(46);
  const page = textOf(await at.page('/services/svc-6', await at.login()));
  expect(page).toContain(
    `by the poll after the payment of invoice ${invoice?.id}, or by the poll after a larger quota.`,
  );
  fake.pay(Number(invoice?.id));
  await at.sluice.poll();
  expect((await at.sluice.services.show('svc-6')).holds).toEqual([]);
});

it('names no invoice of a former client as a way to release a service', async () => {
  await at.addService(7, '47', 120);
  for (const id of [47, 48]) fake.addClient({ id, currency: 'EUR' });
  await at.sluice.poll();
  await at.sluice.purchases.create('svc-7', 'extra-50');
  const [invoice] = fake.invoices(47);
  await at.sluice.services.set('svc-7', { client: '48' });
  const page = textOf(await at.page('/services/svc-7', await at.login()));
  expect(page).toContain('or by the poll after a larger quota.');
  expect(page).toContain('pending: of former client 47');
  expect(page).not.toMatch(/after the payment of invoice|pay invoice|another one; invoice/);
  const answer = await at.fetch('/api/v1/embedded/services/svc-7?for=staff', { token: SERVE_TOKEN });
  expect(await answer.json()).toMatchObject({ unpaid: [] });
  const { json } = await at.call('GET /services/svc-7');
  expect(json).toMatchObject({
    client: '48',
    purchases: [{ client: '47', status: 'pending', invoice: String(invoice?.id) }],
  });
  await at.sluice.poll();
  expect(fake.invoices(47)).toMatchObject([{ status: 'Cancelled' }]);
});

it('asks nobody to pay the invoice of a service that has ended', async () => {
  await at.addService(8, '51', 120);
  fake.addClient({ id: 51, currency: 'EUR' });
  await at.sluice.poll();
  await at.sluice.purchases.create('svc-8', 'extra-50');
  await at.sluice.services.set('svc-8', { status: 'terminated' });
  const link = await Link.open(at, { client: '51', buy: true });
  for (const page of [await link.text('/services/svc-8'), await at.page('/services/svc-8', await at.login())]) {
    expect(textOf(page)).toContain('pending: not to be paid, the service has ended');
    expect(textOf(page)).not.toMatch(/pay invoice|after the payment of invoice/);
  }
  const answer = await at.fetch('/api/v1/embedded/services/svc-8?for=staff', { token: SERVE_TOKEN });
  expect(await answer.json()).toMatchObject({ unpaid: [] });
});

it.each([
  ['is billed in another currency', 49, 'Active', 'currency_mismatch'],
  ['is closed', 50, 'Closed', 'client_closed'],
])('offers no package to a client who %s', async (_what, id, status, refused) => {
  fake.addClient({ id, currency: status === 'Active' ? 'BRL' : 'EUR', credit: '100.00' });
  fake.world.clients.get(id)!.status = status;
  const service = `svc-${id}`;
  await at.addService(id, String(id));
  await at.sluice.poll();
  const link = await Link.open(at, { client: String(id), buy: true });
  const page = await link.text(`/services/${service}`);
  expect(page).toContain('Please ask your provider.');
  expect(page).not.toMatch(/class="button" href="[^"]*buy\?/);
  // Nor automatically, unless what stands in the way may end.
  expect(page.includes(`${service}/auto-buy"`)).toBe(refused === 'client_closed');
  const ask = (await link.get(`/services/${service}/buy?package=extra-50`)).headers.get('location') ?? '';
  const asking = extractMain(await (await at.fetch(ask)).text());
  expect(asking).toContain('Please ask your provider.');
  expect(asking).not.toMatch(/from your credit|of credit are missing|You get an invoice|<button[^>]*>(?:Buy|Order) /);
  const calls = fake.server.calls.length;
  const token = await at.token(`client:${id}`, 'buy');
  for (const of of [{}, { token }])
    expect((await at.call(`GET /packages?service=${service}`, of)).json).toMatchObject({ packages: [{ refused }] });
  const part = await at.fetch(`/api/v1/embedded/services/${service}?for=customer`, { token: SERVE_TOKEN });
  expect(await part.json()).toMatchObject({ packages: [] });
  // The pages before have read the credit.
  expect(fake.server.calls).toHaveLength(calls);
});

it('makes one open invoice for a package and service, however many references its client sends', async () => {
  await at.addService(4, '45');
  fake.addClient({ id: 45, currency: 'EUR' });
  await at.sluice.poll();
  const token = await at.token('client:45', 'buy');
  const body = { package: 'extra-50' };
  const buy = (of: { token?: string; body: object }) => at.call('POST /services/svc-4/purchases', of);
  const sent = [];
  for (let time = 1; time <= 3; time++) sent.push(await buy({ token, body }));
  // A program of the provider names the client that asks it.
  sent.push(await buy({ body: { ...body, client: '45' } }));
  const link = await Link.open(at, { client: '45', buy: true });
  expect((await link.post('/services/svc-4/buy', body)).status).toBe(409);
  const codes = sent.map(({ status, json }) => (json['error'] as { code: string } | undefined)?.code ?? status);
  expect(codes.sort()).toEqual([201, ...Array<string>(3).fill('purchase_unfinished')]);
  expect(fake.invoices(45)).toHaveLength(1);
  expect((await buy({ body })).status).toBe(201);
  expect((await buy({ body: { ...body, client: '44' } })).json).toMatchObject({ error: { code: 'unknown_service' } });
  for (const { id } of fake.invoices(45)) fake.pay(id);
  await at.sluice.poll();
  expect((await buy({ token, body })).status).toBe(201);
});
