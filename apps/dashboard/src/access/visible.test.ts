import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { whoMay } from '@sluice/contract';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { ROUTES } from '../api/routes.js';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { Link } from '../test/share-link.js';

/** What no answer to a client has: notes and actors of staff, and what a former client left. */
const MARK = 'SECRET';
const HOUR = 3_600_000;
const FORMER_NUMBER = '1140001111';
const FORMER_FORWARD = '11999990000';

/** The addresses under which each reading route of clients is asked; a new route needs a line here. */
const ADDRESSES: Record<string, string[]> = {
  '/services': ['/services'],
  '/services/:service': ['/services/svc-1', '/services/line-1'],
  '/services/:service/explanation': ['/services/svc-1/explanation', '/services/line-1/explanation'],
  '/usage': ['/usage', '/usage?service=svc-1'],
  '/services/:service/usage-history': ['/services/svc-1/usage-history'],
  '/services/:service/graph': ['/services/svc-1/graph', '/services/svc-1/graph?range=60d'],
  '/services/:service/panel-graph': ['/services/svc-1/panel-graph'],
  '/services/:service/last-panel-graph': ['/services/svc-1/last-panel-graph'],
  '/services/:service/holds': ['/services/svc-1/holds', '/services/svc-1/holds?open=true'],
  '/services/:service/overrides': ['/services/svc-1/overrides'],
  '/services/:service/customer-fields': ['/services/svc-1/customer-fields'],
  '/services/:service/line': ['/services/line-1/line'],
  '/services/:service/login-link': ['/services/svc-1/login-link'],
  '/services/:service/calls': [
    ...['/services/line-1/calls', '/services/line-1/calls?from=2026-11-01'],
    '/services/line-1/calls?period=2026-11&whole=true',
  ],
  '/services/:service/rates': ['/services/line-1/rates', '/services/line-1/rates?search=55'],
  '/services/:service/call-price': ['/services/line-1/call-price?destination=5511987654321&seconds=60'],
  '/services/:service/call-report': ['/services/line-1/call-report?period=2026-12'],
  '/clients/:client/call-report': ['/clients/c-2/call-report?period=2026-12'],
  '/services/:service/purchases': ['/services/svc-1/purchases'],
  '/services/:service/auto-buy': ['/services/svc-1/auto-buy'],
  '/clients/:client/auto-buy': ['/clients/c-2/auto-buy'],
  '/clients/:client/credit': ['/clients/c-2/credit'],
  '/clients/:client/credit/history': ['/clients/c-2/credit/history'],
  '/clients/:client/agents': ['/clients/c-2/agents'],
  '/clients/:client/notices': ['/clients/c-2/notices'],
  '/packages': ['/packages'],
  '/purchases': ['/purchases'],
  '/invoices': ['/invoices'],
  // Below, by the ids of the list.
  '/invoices/:invoice': [],
  '/call-bills': ['/call-bills'],
  // In pages/bills.test.ts.
  '/call-bills/:bill': [],
  '/call-bills/:bill/report': [],
  '/me': ['/me'],
  '/embedded/services/:service': ['/embedded/services/svc-1?for=customer', '/embedded/services/line-1?for=customer'],
  '/embedded/clients/:client': ['/embedded/clients/c-2'],
};

const as = { actor: `${MARK}-actor` };
const noted = (about: string) => ({ ...as, note: `${MARK}-${about}` });

let at: DashboardBench;
let voice: FakeAstbilling;
let token: string;
let advance: (ms: number) => void;
beforeAll(async () => {
  const time = manualClock('2026-11-20T12:00:00Z');
  voice = await startFakeAstbilling({ now: time.now });
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const increments = { initial_increment_seconds: 30, increment_seconds: 6, minimum_seconds: 0 };
  voice.add('rates', { ...increments, price_per_minute: '0.29', connection_fee: '0', prefix: '55', plan_id: plan });
  const customer = voice.addCustomer({ id: '501', name: 'Customer', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  voice.addDid({ id: '71', number: '+551142000001', subscriber: line });
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    panels: { voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 } },
    products: { line: { panel: 'voice', astbilling: { planId: 11, customerMay: ['caller_id'] } } },
    config: {
      packages: {
        'extra-50': { traffic: '50GB', price: '5.00' },
        [`${MARK}-package`]: { traffic: '1GB', price: '1.00' },
      },
    },
  });
  advance = (ms) => {
    at.clock.advance(ms);
    time.advance(ms);
  };
  const { sluice } = at;
  await at.addService(1, 'c-1', 20);
  const phone = { panel: 'voice', product: 'line', client: 'c-1', status: 'active', astbilling_subscriber_id: line };
  await sluice.services.add('line-1', phone);
  await sluice.telephony.set('subscribers', line, { panel: 'voice', values: { caller_id: FORMER_NUMBER } });
  await sluice.dids.set('+551142000001', { values: { destination: FORMER_FORWARD } }, { panel: 'voice' });
  await sluice.poll({ panel: 'dcim' });
  await sluice.credit.add('c-1', { amount: '50.00', currency: 'EUR' }, noted('credit'));
  await sluice.purchases.create('svc-1', 'extra-50', { ref: 'first', ...noted('purchase') });
  await sluice.holds.add('svc-1', noted('former-hold'));
  await sluice.holds.release('svc-1', noted('former-release'));
  await sluice.overrides.set('svc-1', { quota: '77GB' }, noted('former-override'));
  advance(HOUR);
  for (const id of ['svc-1', 'line-1']) await sluice.services.set(id, { client: 'c-2' }, noted('change'));
  advance(HOUR);
  await sluice.poll({ panel: 'dcim', ...as });
  await sluice.credit.add('c-2', { amount: '20.00', currency: 'EUR', description: 'Bank transfer' }, noted('credit'));
  await sluice.purchases.create('svc-1', 'extra-50', { ref: 'own', ...noted('purchase') });
  await sluice.overrides.set('svc-1', { quota: '88GB' }, noted('override'));
  await sluice.holds.release('svc-1', { until: '2026-12-10', ...noted('lifted') });
  await sluice.holds.add('svc-1', noted('hold'));
  token = await at.token('client:c-2');
});
afterAll(() => at.close());

const read = async (path: string, by = token) => (await at.fetch(`/api/v1${path}`, { token: by })).text();

it('no answer to a client has notes, evidence and actors of staff, or what a former client left', async () => {
  const open = ROUTES.filter(({ method, useCase, clients }) => {
    return method === 'GET' && clients !== 'none' && whoMay(useCase).customer.length > 0;
  });
  expect(open.map(({ path }) => path).filter((path) => ADDRESSES[path] === undefined)).toEqual([]);
  for (const path of Object.values(ADDRESSES).flat()) {
    const answer = await at.fetch(`/api/v1${path}`, { token });
    const text = await answer.text();
    expect([path, [200, 422].includes(answer.status) || text]).toEqual([path, true]);
    for (const hidden of [MARK, FORMER_NUMBER, FORMER_FORWARD])
      expect([path, text.includes(hidden)]).toEqual([path, false]);
  }
});

it('invoices show a client nothing of what staff wrote about them, and none of others', async () => {
  const { sluice } = at;
  await sluice.credit.add('c-2', { amount: '5.00', currency: 'EUR' }, noted('credit'));
  const { purchase } = await sluice.purchases.create('svc-1', 'extra-50', { ref: `${MARK}-ref`, ...noted('purchase') });
  await sluice.purchases.cancel(purchase.id, { refund: true, ...noted('refund') });
  const own = JSON.parse(await read('/invoices')) as { invoices: { id: string }[] };
  expect(own.invoices.length).toBeGreaterThan(1);
  for (const { id } of own.invoices) {
    const text = await read(`/invoices/${encodeURIComponent(id)}`);
    expect([JSON.parse(text), text.includes(MARK)]).toEqual([expect.objectContaining({ id }), false]);
  }
  const { invoices } = await sluice.invoices.list({ client: 'c-1' });
  expect(invoices.length).toBeGreaterThan(0);
  for (const { id } of invoices) expect(await read(`/invoices/${encodeURIComponent(id)}`)).toContain('unknown_invoice');
  for (const path of ['/invoices', '/purchases', '/clients/c-2/credit/history'])
    expect([path, (await read(path)).includes(MARK)]).toEqual([path, false]);
});

it('operators read all of it', async () => {
  for (const path of ['/services/svc-1/holds', '/services/svc-1/overrides', '/services/svc-1/explanation', '/packages'])
    expect([path, (await read(path, SERVE_TOKEN)).includes(MARK)]).toEqual([path, true]);
  expect(await read('/clients/c-2/credit/history', SERVE_TOKEN)).toContain(`"note":"${MARK}-credit"`);
  const line = await read('/services/line-1/line', SERVE_TOKEN);
  expect([line.includes(FORMER_NUMBER), line.includes(FORMER_FORWARD)]).toEqual([true, true]);
});

it('a client reads its own holds and overrides, from when on it has the service', async () => {
  const { holds } = JSON.parse(await read('/services/svc-1/holds')) as { holds: object[] };
  expect(holds).toMatchObject([{ reason: 'manual', until: null, note: null, evidence: [] }]);
  const { overrides } = JSON.parse(await read('/services/svc-1/overrides')) as { overrides: { since: string }[] };
  expect(overrides.map(({ since }) => since)).toEqual(['2026-11-20T13:00:00.000Z', '2026-11-20T14:00:00.000Z']);
  expect(await read('/clients/c-2/credit/history')).toContain('Bank transfer');
  await at.sluice.telephony.set('subscribers', '9001', { panel: 'voice', values: { caller_id: '1140003333' } });
  advance(HOUR);
  expect(await read('/services/line-1/line')).toContain('1140003333');
});

it('the pages of the client have none of it', async () => {
  const link = await Link.open(at, { client: 'c-2', buy: true, manage: true, changePassword: true });
  for (const path of ['/', '/services/svc-1', '/services/line-1'])
    for (const hidden of [MARK, FORMER_NUMBER]) {
      const page = await (await link.get(path)).text();
      expect([path, hidden, page.includes(hidden)]).toEqual([path, hidden, false]);
    }
});

it('an error of a client names no package of others', async () => {
  const own = await at.token('client:c-2', 'buy');
  for (const [method, path] of [
    ['POST', '/services/svc-1/purchases'],
    ['PUT', '/services/svc-1/auto-buy'],
    ['PUT', '/clients/c-2/auto-buy'],
  ] as const)
    for (const name of ['nothing', `${MARK}-package`]) {
      const { status, json } = await at.call(`${method} ${path}`, { token: own, body: { package: name } });
      const text = JSON.stringify(json).replaceAll(name, '');
      expect([path, name, status, text.includes('unknown_package'), text.includes(MARK)]).toEqual([
        ...[path, name, 404],
        ...[true, false],
      ]);
    }
});

it('a client can ask for few ranges of the graph of a panel', async () => {
  for (const range of ['1h', '25h', '8d', '99999d'])
    for (const path of ['panel-graph', 'last-panel-graph'])
      expect([range, (await at.fetch(`/api/v1/services/svc-1/${path}?range=${range}`, { token })).status]).toEqual([
        range,
        400,
      ]);
  for (const range of ['cycle', '24h', '7d'])
    expect((await at.fetch(`/api/v1/services/svc-1/panel-graph?range=${range}`, { token })).status).toBe(200);
});

it('ids that mean other addresses are refused', async () => {
  const taken = ROUTES.flatMap(({ address }) => /^GET \/services\/([^:/]+)$/.exec(address)?.[1] ?? []);
  expect(taken).toContain('export');
  for (const id of ['.', '..', ...taken])
    await expect(at.sluice.services.add(id, { panel: 'dcim', product: 'ports' })).rejects.toThrow(
      /not a valid id|problem/,
    );
});
