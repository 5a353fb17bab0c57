import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';

let at: DashboardBench;
let voice: FakeAstbilling;
let token: string;
/** A line whose telephony system answers nothing any more. */
beforeAll(async () => {
  voice = await startFakeAstbilling();
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const customer = voice.addCustomer({ id: '501', name: 'Customer', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  at = await startBench({
    kinds: [astbilling],
    panels: { voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 } },
    products: { line: { panel: 'voice', astbilling: { planId: 11, customerMay: ['caller_id'] } } },
  });
  const phone = { panel: 'voice', product: 'line', client: 'c-1', status: 'active', astbilling_subscriber_id: line };
  await at.sluice.services.add('line-1', phone);
  token = await at.token('client:c-1', 'manage');
  await voice.close();
});
afterAll(() => at.close());

const host = (): string => new URL(voice.url).host;

it.each([
  ['GET /services/line-1/line', undefined],
  ['GET /services/line-1/calls', undefined],
  ['GET /services/line-1/call-report?period=2026-11', undefined],
  ['GET /clients/c-1/call-report?period=2026-11', undefined],
  ['PATCH /services/line-1/line', { callerId: '1142000001' }],
])('an error of %s tells a client no address of a panel', async (request, body) => {
  const { status, json } = await at.call(request, { token, body });
  const text = JSON.stringify(json);
  expect([status, text.includes(host()), text.includes('voice')]).toEqual([502, false, false]);
  expect(json).toMatchObject({ error: { code: 'PANEL_UNREACHABLE', details: {} } });
});

it('tells it operators', async () => {
  const { status, json } = await at.call('GET /services/line-1/line');
  expect([status, JSON.stringify(json)]).toEqual([502, expect.stringContaining('voice')]);
});
