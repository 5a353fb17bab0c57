import { afterEach, expect, it } from '@jest/globals';
import { manualClock, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, GB, startBench } from '../test/dashboard-bench.js';
import { textOf } from '../test/page-texts.js';
import { Link } from '../test/share-link.js';

let at: DashboardBench;
afterEach(() => at.close());

/** Client 77 is agent north with 100 GB, whose only user has bought 50 GB; returns both pages of the agent. */
async function buy(accounting: string): Promise<[operator: string, reseller: string]> {
  const time = manualClock('2026-11-20T12:00:00.000Z');
  const fake = await startFakeHiddify({ now: time.now });
  const north = fake.addAgent(undefined, { name: 'north' });
  const agents = { accounting, clients: { 77: north } };
  at = await startBench({
    fakes: [fake],
    kinds: [hiddify],
    panels: { vpn: { kind: 'hiddify', url: fake.url, allowHttp: true, apiKey: fake.key, retries: 0, agents } },
    products: {
      agency: { panel: 'vpn', quota: '10GB', packages: ['extra-50'], hiddify: { agent: north, packageDays: 30 } },
    },
  });
  const row = { panel: 'vpn', product: 'agency', client: '42', status: 'active', billing_cycle: 'monthly' };
  await at.sluice.services.add('svc-1', { ...row, next_due_date: '2026-12-15' });
  await at.sluice.provision.create('svc-1');
  await at.sluice.credit.add('42', { amount: '100', currency: 'EUR' });
  const how = { opening: undefined, dryRun: false, confirm: () => Promise.resolve() };
  await at.sluice.agents.limit('north', { ...how, limitBytes: 100 * GB });
  await at.sluice.poll();
  await at.sluice.purchases.create('svc-1', 'extra-50', { ref: 'first' });
  for (const one of [time, at.clock]) one.advance(120_000);
  await at.sluice.agents.check({});
  const reseller = await (await Link.open(at, { client: '77' })).text('/');
  return [textOf(await at.page(`/agents/${north}?panel=vpn`)), textOf(reseller)];
}

it('names what is reserved for a raised user by what it is', async () => {
  const [operator, reseller] = await buy('consumed');
  expect(reseller).toContain('Reserved for users created or raised, not used yet 50 GB');
  // What is reserved can't be sold again: a user of more than this is refused.
  expect(reseller).toContain('Left 50 GB');
  expect(operator).toMatch(
    /Reserved for users created or raised, not used yet For User Size Left State Until a raised user /,
  );
  expect(operator).toMatch(/50 GB 50 GB settled –/);
  for (const page of [operator, reseller]) expect(page).not.toContain('new users');
});

it('lists nothing as reserved that the allocated traffic counts', async () => {
  const [operator, reseller] = await buy('allocated');
  expect(operator).toContain('Allocated to users 60 GB Reserved 0 B');
  for (const page of [operator, reseller]) expect(page).not.toContain('Reserved for');
});
