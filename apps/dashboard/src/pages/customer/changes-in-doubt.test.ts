import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import {
  type FakeAstbilling,
  type FakeWhmcs,
  manualClock,
  startFakeAstbilling,
  startFakeWhmcs,
} from '@sluice/fake-panels';
import { whmcs } from '@sluice/whmcs-client/billing';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

let at: DashboardBench;
let voice: FakeAstbilling;
let billing: FakeWhmcs;
let link: Link;
let token: string;
beforeAll(async () => {
  const { now } = manualClock('2026-11-20T12:00:00Z');
  voice = await startFakeAstbilling({ now });
  billing = await startFakeWhmcs({ now });
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const customer = voice.addCustomer({ id: '501', name: 'Ana', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  voice.addDid({ number: '+551142000001', subscriber: line });
  const { url, identifier, secret } = billing;
  at = await startBench({
    fakes: [voice, billing],
    kinds: [astbilling],
    billing: [whmcs],
    panels: {
      voice: {
        ...{ kind: 'astbilling', url: voice.url, token: voice.token },
        ...{ allowHttp: true, retries: 0, timeout: '1s' },
      },
    },
    products: {
      line: { panel: 'voice', astbilling: { planId: 11, customerMay: ['destination', 'caller_id'] } },
    },
    config: {
      ...{ billing: 'whmcs', whmcs: { url, identifier, secret, allowHttp: true } },
      packages: { 'extra-50': { name: '50 GB more', traffic: '50GB', price: '5.00' } },
      invoiceLines: { purchase: '{package} for {service}' },
    },
  });
  const row = { panel: 'voice', product: 'line', client: '501', status: 'active', astbilling_subscriber_id: line };
  await at.sluice.services.add('line-1', row);
  billing.addClient({ id: 501, currency: 'EUR', credit: '100.00' });
  await at.addService(1, '501', 20);
  await at.sluice.poll({ panel: 'dcim' });
  link = await Link.open(at, { client: '501', manage: true, buy: true });
  token = await at.token('client:501', 'manage', 'buy');
});
afterAll(() => at.close());
afterEach(() => {
  voice.server.clearFaults();
  billing.server.clearFaults();
});

const IN_DOUBT = 'It is not known yet whether this was done. See in a few minutes how it is then';

/** From the first change on no answer of the panel arrives. */
function loseAnswers(): void {
  let isDone = false;
  const match = (): boolean => (isDone = true);
  voice.server.inject({ match: () => isDone, fault: { kind: 'cut' } });
  voice.server.inject({ endpoint: /^(PUT|PATCH) /, match, when: 'after', fault: { kind: 'cut' } });
}

describe('a change of a line whose answer is lost', () => {
  it.each([
    ['caller-id', 'line', { caller_id: '1142000009' }, { callerId: '1142000008' }],
    [
      'destination',
      'numbers/%2B551142000001',
      { number: '+551142000001', destination: '1142000009' },
      { destination: '' },
    ],
  ])('is in doubt for the client, on the page and over the API: %s', async (form, address, fields, body) => {
    loseAnswers();
    const sent = await link.post(`/services/line-1/${form}`, fields);
    expect([sent.status, textOf(await sent.text())]).toEqual([502, expect.stringContaining(IN_DOUBT)]);
    voice.server.clearFaults();
    at.clock.advance(900_000);
    loseAnswers();
    const { status, json } = await at.call(`PATCH /services/line-1/${address}`, { token, body });
    const error = { code: 'outcome_unknown', message: expect.stringContaining(IN_DOUBT) };
    expect([status, json]).toMatchObject([502, { error }]);
  });
});

describe('a purchase that the billing system does not charge', () => {
  it('is ordered all the same, and the client reads so', async () => {
    billing.server.inject({ endpoint: 'CreateInvoice', fault: { kind: 'status', status: 503 } });
    const sent = await link.post('/services/svc-1/buy', { package: 'extra-50' });
    const { purchases } = await at.sluice.purchases.list({ service: 'svc-1' });
    expect(purchases).toMatchObject([{ status: 'pending', invoice: null }]);
    expect([sent.status, textOf(await sent.text())]).toEqual([
      502,
      expect.stringContaining('This is ordered and could not be charged yet'),
    ]);
  });
});
