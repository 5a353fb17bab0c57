import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { manualClock, startFakeAstbilling, startFakeWhmcs } from '@sluice/fake-panels';
import { usageError } from '@sluice/panel-kind';
import { whmcs } from '@sluice/whmcs-client/billing';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';
import { textOf } from '../test/page-texts.js';
import { Link } from '../test/share-link.js';

const NUMBER = '+551142000001';
let at: DashboardBench;
let areGone = false;

/** Reads secrets of files that the server could read once. */
function secret(value: string, key: string): string {
  if (!areGone) return value;
  throw usageError('secret_missing', `${key}: the secret can't be read: EACCES: open '/etc/sluice/token'`, { key });
}

beforeAll(async () => {
  const { now } = manualClock('2026-11-20T12:00:00Z');
  const voice = await startFakeAstbilling({ now });
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const customer = voice.addCustomer({ id: '42', name: 'Ana', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  voice.addDid({ number: NUMBER, subscriber: line });
  const shop = await startFakeWhmcs({ now });
  shop.addClient({ id: 42, currency: 'EUR', credit: '100.00' });
  const { url, identifier, secret: shopSecret } = shop;
  const customerMay = ['destination', 'caller_id', 'sip_password'];
  at = await startBench({
    fakes: [voice, shop],
    kinds: [astbilling],
    billing: [whmcs],
    secret,
    config: {
      ...{ billing: 'whmcs', whmcs: { url, identifier, secret: shopSecret, allowHttp: true } },
      invoiceLines: { purchase: '{package} for {service}' },
    },
    panels: {
      voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0, timeout: '1s' },
    },
    products: { line: { panel: 'voice', astbilling: { planId: 11, customerMay } } },
  });
  const row = { panel: 'voice', product: 'line', client: '42', status: 'active', astbilling_subscriber_id: line };
  await at.sluice.services.add('line-1', row);
  await at.addService(1, '42');
  await at.sluice.poll();
});
afterAll(() => at.close());

const LINE = '/services/line-1/line';
const DESTINATION = `/services/line-1/numbers/${encodeURIComponent(NUMBER)}`;
const NAMED = /EACCES|etc|panels\.|whmcs\./;

it('names nothing of the config to a client where a panel or the billing system can’t be opened', async () => {
  const token = await at.token('client:42', 'manage', 'buy', 'password');
  const link = await Link.open(at, { client: '42', manage: true, buy: true });
  const asking = (await link.get('/services/svc-1/buy?package=extra-50')).headers.get('location') ?? '';
  const form = link.readForm(await (await at.fetch(asking)).text(), '/buy');
  expect(form).toMatchObject({ package: 'extra-50' });
  areGone = true;
  try {
    for (const [request, body] of [
      [`GET ${LINE}`],
      [`PATCH ${LINE}`, { callerId: NUMBER }],
      [`PATCH ${DESTINATION}`, { destination: '' }],
      ['GET /services/line-1/calls'],
      ['POST /services/line-1/provision/change-password', {}],
      ['GET /clients/42/credit'],
      ['POST /services/svc-1/purchases', { package: 'extra-50' }],
    ] as const) {
      const { status, json } = await at.call(request, { token, body });
      const error = { code: 'secret_missing', message: expect.stringContaining('could not be done') };
      expect([request, status, json]).toMatchObject([request, 503, { error }]);
      expect([request, JSON.stringify(json)]).toEqual([request, expect.not.stringMatching(NAMED)]);
    }
    for (const [path, fields] of [
      ['/services/line-1/caller-id', { caller_id: NUMBER }],
      ['/services/svc-1/buy', form],
    ] as const) {
      const answer = await link.post(path, fields);
      const page = textOf(await answer.text());
      expect([path, answer.status, page]).toEqual([path, 503, expect.not.stringMatching(NAMED)]);
      expect(page).toContain('could not be done');
    }
    const price = textOf(await link.text('/services/line-1?destination=1142000001&length=1'));
    expect(price).toContain('The price of this call can’t be shown');
    expect(price).not.toMatch(NAMED);
    const own = await at.call(`GET ${LINE}`);
    expect([own.status, JSON.stringify(own.json)]).toEqual([400, expect.stringContaining('panels.voice.token')]);
  } finally {
    areGone = false;
  }
});

it('says to a client what is wrong with its request', async () => {
  const token = await at.token('client:42', 'manage');
  for (const [request, code, body] of [
    [`PATCH ${LINE}`, 'bad_value', { callerId: 'x' }],
    [`PATCH ${DESTINATION}`, 'too_short', { destination: '1' }],
    ['GET /services/line-1/calls?day=then', 'bad_option'],
    ['GET /services/line-1/calls?from=2026-11-20&to=2026-11-19', 'period_empty'],
    ['GET /services/line-1/call-report?period=2026-13', 'invalid_period'],
    ['GET /services/line-1/calls?days=1', 'bad_request'],
  ] as const) {
    const { status, json } = await at.call(request, { token, body });
    const error = { code, message: expect.not.stringContaining('could not be done') };
    expect([request, status, json]).toMatchObject([request, 400, { error }]);
  }
});
