import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';
import { Link } from '../test/share-link.js';

const SENTENCE = 'This service is being ended: it can’t be changed any more.';

let at: DashboardBench;
/** A line whose termination the panel did not finish. */
beforeAll(async () => {
  const voice = await startFakeAstbilling();
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', plan });
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    panels: { voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 } },
    products: { line: { panel: 'voice', astbilling: { planId: 11, customerMay: ['sip_password'] } } },
  });
  const phone = { panel: 'voice', product: 'line', client: 'c-1', status: 'active', astbilling_subscriber_id: line };
  await at.sluice.services.add('line-1', phone);
  voice.server.inject({ endpoint: /^DELETE \/subscribers/, times: 1, fault: { kind: 'cut' } });
  const how = { actor: 'alice', forfeitUnbilled: true };
  expect((await at.sluice.provision.terminate('line-1', how)).run.outcome).toBe('partial');
});
afterAll(() => at.close());

it('a client reads nothing of who ends its service, and of what is left', async () => {
  const token = await at.token('client:c-1', 'password');
  const refused = await at.call('POST /services/line-1/provision/change-password', { token, body: {} });
  expect(refused).toMatchObject({ status: 409 });
  expect(refused.json).toEqual({ error: { code: 'termination_unfinished', message: SENTENCE, details: {} } });
  const link = await Link.open(at, { client: 'c-1', changePassword: true });
  const page = await link.post('/services/line-1/password', {});
  const text = await page.text();
  expect([page.status, text.includes(SENTENCE), text.includes('alice')]).toEqual([409, true, false]);
});
