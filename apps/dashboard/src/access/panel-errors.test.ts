import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';

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
const change = {
  method: 'PATCH',
  headers: { 'content-type': 'application/json', 'idempotency-key': 'change-1' },
  body: JSON.stringify({ callerId: '1142000001' }),
};

it.each([
  ['/services/line-1/line', undefined],
  ['/services/line-1/calls', undefined],
  ['/services/line-1/call-report?period=2026-11', undefined],
  ['/clients/c-1/call-report?period=2026-11', undefined],
  ['/services/line-1/line', change],
])('an error of %s tells a client no address of a panel', async (path, init) => {
  const answer = await at.fetch(`/api/v1${path}`, { ...init, token });
  const text = await answer.text();
  expect([answer.status, text.includes(host()), text.includes('voice')]).toEqual([502, false, false]);
  expect(JSON.parse(text)).toMatchObject({ error: { code: 'PANEL_UNREACHABLE', details: {} } });
});

it('tells it operators', async () => {
  const answer = await at.fetch('/api/v1/services/line-1/line', { token: SERVE_TOKEN });
  expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('voice')]);
});
