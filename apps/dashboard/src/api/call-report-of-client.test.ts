import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';

let at: DashboardBench;
beforeAll(async () => {
  const { now } = manualClock('2026-11-20T12:00:00Z');
  const voice = await startFakeAstbilling({ now });
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const customer = voice.addCustomer({ id: '501', name: 'Ana', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  voice.addCall({
    subscriber: line,
    startedAt: '2026-11-20T10:00:00Z',
    talkSeconds: 45,
    charge: '0.4500',
    currency: 'EUR',
  });
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    panels: { voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 } },
    products: { line: { panel: 'voice', astbilling: { planId: 11 } } },
  });
  const row = { panel: 'voice', product: 'line', client: '501' };
  await at.sluice.services.add('line-1', { ...row, status: 'active', astbilling_subscriber_id: line });
});
afterAll(() => at.close());

it('leaves out lines that are ordered and do not exist yet, and names them', async () => {
  const token = await at.token('client:501');
  const report = async (of: string, who = token) => {
    const { status, json } = await at.call(`GET /${of}/call-report?period=2026-11`, { token: who });
    const services = (json['reports'] as { service: string }[] | undefined)?.map(({ service }) => service);
    return [status, services ?? (json['error'] as { code: string }).code, json['withoutLine']];
  };
  expect(await report('clients/501')).toEqual([200, ['line-1'], []]);
  at.clock.advance(60_000);
  const ordered = { panel: 'voice', product: 'line', status: 'pending' };
  await at.sluice.services.add('a-line', { ...ordered, client: '501' });
  for (const who of [token, SERVE_TOKEN])
    expect(await report('clients/501', who)).toEqual([200, ['line-1'], ['a-line']]);
  expect(await report('services/a-line')).toEqual([404, 'no_account', undefined]);
  await at.sluice.services.add('b-line', { ...ordered, client: '502' });
  expect(await report('clients/502', SERVE_TOKEN)).toEqual([404, 'no_account', undefined]);
});
