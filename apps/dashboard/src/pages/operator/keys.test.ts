import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FakeHiddify, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, GB, startBench } from '../../test/dashboard-bench.js';

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;

let vpn: FakeHiddify;
let at: DashboardBench;
let cookie: string;
let agent: string;

beforeAll(async () => {
  vpn = await startFakeHiddify({ now: () => Date.parse('2026-11-20T12:00:00Z') });
  agent = vpn.addAgent(undefined, { name: 'north' });
  const user = vpn.addUser({ agent, usageLimit: 20 * GB, currentUsage: GB });
  at = await startBench({
    fakes: [vpn],
    kinds: [hiddify],
    panels: { vpn: { kind: 'hiddify', url: vpn.url, apiKey: vpn.key, allowHttp: true, retries: 0, agents: {} } },
    products: { vpn: { panel: 'vpn', quota: { total: '50GB' } } },
  });
  const row = { panel: 'vpn', product: 'vpn', client: '7', status: 'active', hiddify_user_uuid: user };
  await at.sluice.services.add('vpn-1', { ...row, billing_cycle: 'monthly', next_due_date: '2026-12-15' });
  await at.sluice.poll({});
  await at.sluice.agents.check({});
  cookie = await at.login();
});
afterAll(() => at.close());

const read = async (path: string): Promise<string> => (await at.fetch(path, { cookie })).text();

it('shows no uuid of an agent or user on any page, and leads to agents all the same', async () => {
  const service = await read('/services/vpn-1');
  expect(service).toContain(`owner <bdi>${agent.slice(0, 4)}...</bdi>`);
  const agents = await read('/agents');
  const [, address = ''] = /href="(\/agents\/[^"]+)"/.exec(agents) ?? [];
  const page = await read(address.replaceAll('&amp;', '&'));
  expect(page).toContain('Set the limit');
  for (const text of [service, agents, page, await read('/'), await read('/log')]) expect(text.match(UUID)).toBeNull();
});

it('shows them in the JSON as ids alone', async () => {
  const { service, ...rest } = await at.sluice.explain('vpn-1');
  expect(service.refs.hiddify_user_uuid).toMatch(UUID);
  expect(rest.actions).toHaveLength(1);
  const texts = rest.actions.map(({ prior, observed }) => ({ prior, observed }));
  const { entries } = await at.sluice.log.list({ kinds: ['action'], limit: 9 });
  const logged = entries.map(({ prior, observed }) => ({ prior, observed }));
  expect(JSON.stringify([texts, logged, rest.readings, rest.decision])).not.toMatch(UUID);
});
