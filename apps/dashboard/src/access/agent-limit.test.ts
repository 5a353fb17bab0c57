import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type FakeHiddify, manualClock, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, GB, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { Link } from '../test/share-link.js';
import { whilePanelAnswers } from '../test/while-panel-answers.js';

const SENTENCE = 'This is not available at the moment; nothing was charged. Please ask your provider.';

let at: DashboardBench;
let fake: FakeHiddify;
let north: string;
/** Client 42 with a user of 10 GB, whose agent has no room for a package of 50 GB. */
beforeEach(async () => {
  fake = await startFakeHiddify({ now: manualClock('2026-11-20T12:00:00.000Z').now });
  north = fake.addAgent(undefined, { name: 'north' });
  at = await startBench({
    fakes: [fake],
    kinds: [hiddify],
    panels: { vpn: { kind: 'hiddify', url: fake.url, allowHttp: true, apiKey: fake.key, retries: 0, agents: {} } },
    products: {
      agency: {
        ...{ panel: 'vpn', quota: { total: '10GB' }, packages: ['extra-50'] },
        hiddify: { agent: north, packageDays: 30, mode: 'no_reset' },
      },
    },
  });
  const row = { panel: 'vpn', product: 'agency', client: '42', status: 'active', billing_cycle: 'monthly' };
  await at.sluice.services.add('svc-1', { ...row, next_due_date: '2026-12-15' });
  expect((await at.sluice.provision.create('svc-1')).run.outcome).toBe('done');
  await at.sluice.credit.add('42', { amount: '100', currency: 'EUR' });
  const body = { limitBytes: 30 * GB };
  expect((await at.call(`PUT /agents/${north}/limit`, { body })).status).toBe(200);
  await at.sluice.poll();
});
afterEach(() => at.close());

it('a package that the limit of an agent has no room for is not offered, and that is said before', async () => {
  const link = await Link.open(at, { client: '42', buy: true });
  const said = 'This package is not available at the moment. Please ask your provider.';
  const asked = (await link.get('/services/svc-1/buy?package=extra-50')).headers.get('location') ?? '';
  for (const path of ['/services/svc-1', asked.slice(`/share/${link.token}`.length)]) {
    const text = await link.text(path);
    expect([text.includes(said), /<form[^>]*\/buy"|buy\?package|Allowed with it|north/.test(text)]).toEqual([
      true,
      false,
    ]);
  }
});

it('a package that the limit of an agent has no room for is refused, and its client reads nothing of the agent', async () => {
  const buy = (token: string) => at.call('POST /services/svc-1/purchases', { token, body: { package: 'extra-50' } });
  const [operator, client] = [await buy(SERVE_TOKEN), await buy(await at.token('client:42', 'buy'))];
  expect([operator.status, client.status]).toEqual([409, 409]);
  expect(operator.json).toMatchObject({ error: { code: 'agent_limit', message: expect.stringContaining('north') } });
  expect(client.json).toEqual({ error: { code: 'agent_limit', message: SENTENCE, details: {} } });
  const link = await Link.open(at, { client: '42', buy: true });
  const page = await link.post('/services/svc-1/buy', { package: 'extra-50' });
  const text = await page.text();
  expect([page.status, text.includes(SENTENCE), text.includes('north')]).toEqual([409, true, false]);
  expect((await at.sluice.credit.show('42')).balance).toBe('100.00');
});

it('a user that somebody asked for whose token was revoked before the first change of the panel is not made', async () => {
  const { token, access } = await at.sluice.access.create({ name: 'creating', scopes: ['operate'] });
  fake.server.clearCalls();
  const made = await whilePanelAnswers(
    fake.server,
    () => at.call(`POST /agents/${north}/users`, { token, body: { name: 'late', limitBytes: GB } }),
    () => at.call(`DELETE /tokens/${access.id}`),
  );
  expect(made.status).toBe(401);
  expect(fake.server.changingCalls()).toEqual([]);
});
