import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FakeHiddify, manualClock, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, GB, startBench } from '../test/dashboard-bench.js';
import { textOf } from '../test/page-texts.js';
import { Link } from '../test/share-link.js';

let fake: FakeHiddify;
let north: string;
let at: DashboardBench;

/** Client 77 is agent north, whose only user is `svc-1`, with 16 GB of 16 GB used. */
beforeAll(async () => {
  fake = await startFakeHiddify({ now: manualClock('2026-11-20T12:00:00.000Z').now });
  north = fake.addAgent(undefined, { name: 'north' });
  const agents = { clients: { 77: north, 42: 'nroth' } };
  at = await startBench({
    fakes: [fake],
    kinds: [hiddify],
    panels: { vpn: { kind: 'hiddify', url: fake.url, allowHttp: true, apiKey: fake.key, retries: 0, agents } },
    products: { agency: { panel: 'vpn', quota: { total: '50GB' }, hiddify: { agent: north, packageDays: 30 } } },
  });
  const row = { panel: 'vpn', product: 'agency', client: '42', status: 'active', billing_cycle: 'monthly' };
  await at.sluice.services.add('svc-1', { ...row, next_due_date: '2026-12-15' });
  await at.sluice.provision.create('svc-1');
  await limit(16);
  const { refs } = await at.sluice.services.show('svc-1');
  fake.use(refs['hiddify_user_uuid'] ?? '', 16 * GB);
  await check();
});
afterAll(() => at.close());

async function limit(gb: number, agent = 'north', opening?: 'current'): Promise<void> {
  await at.sluice.agents.limit(agent, {
    limitBytes: gb * GB,
    opening,
    dryRun: false,
    confirm: () => Promise.resolve(),
  });
}

async function check(): Promise<void> {
  at.clock.advance(60_000);
  await at.sluice.agents.check({});
}

/** What the page of the service and the reseller's page say. */
async function read(): Promise<[service: string, reseller: string]> {
  const reseller = await Link.open(at, { client: '77' });
  const pages = [await at.page('/services/svc-1'), await reseller.text('/')];
  const [service = '', own = ''] = pages.map((page) => textOf(page).replaceAll('&quot;', '"'));
  return [service, own];
}

it('says of the users of a held agent what enables them again, on each page the same', async () => {
  const below = 'less than 95 % of';
  const over = await read();
  expect(over[0]).toContain('agent "north" is over its limit.');
  expect(over[0]).toContain(`It is released by the first check of agents that reads ${below} the limit of its agent`);
  expect(over[1]).toContain(`your users are disabled until ${below} it is used.`);
  await limit(16.5);
  await check();
  const kept = await read();
  expect(kept[0]).toContain('agent "north" was over its limit, and is below it now, but not low enough.');
  expect(kept[0]).toContain(`reads ${below} the limit of its agent`);
  expect(kept[1]).toContain(
    `There is traffic left again, but not enough: your users are enabled once ${below} your budget is used.`,
  );
  await limit(20);
  const low = await read();
  expect(low[0]).toContain('The next check of agents releases it.');
  expect(low[1]).toContain('There is traffic left again: a check of your provider enables your users.');
  const top = fake.addAgent(undefined, { name: 'top' });
  fake.moveAgent(north, top);
  await limit(10, 'top', 'current');
  await check();
  const above = await read();
  expect(above[0]).toContain(
    'agent "north" was over its limit, and is within it now, and agent "top" is over its limit.',
  );
  expect(above[0]).toContain(`reads ${below} the limit of agent "top", such as with a higher one.`);
  expect(above[1]).toContain('1 user of yours is disabled, because of the budget of the reseller above you.');
  expect(above[1]).not.toContain('traffic left');
  await limit(16);
  await check();
  const both = await read();
  expect(both[1]).toContain('Your budget is used up, and your users stay disabled for the reseller above you, too.');
  expect(both[1]).not.toContain('top');
  await limit(20);
  expect((await read())[1]).toContain(
    'There is traffic left again, but your users stay disabled for the reseller above you.',
  );
  await limit(40, 'top');
  await check();
  const free = await read();
  expect(free[0]).toContain('svc-1 is not held');
  expect(free[1]).not.toContain('traffic left');
});

it('calls the figures of an agent that was not read yet unknown, and not zero', async () => {
  const stored = await at.store.agents.list('vpn');
  await at.store.agents.put(stored.map((agent) => ({ ...agent, figures: null })));
  const client = await Link.open(at, { client: '77' });
  expect(textOf(await client.text('/'))).toMatch(/Used unknown Left unknown Users unknown .*Read never/);
  expect(textOf(await at.page(`/agents/${north}?panel=vpn`))).toMatch(/Used unknown Remaining unknown .*Read never/);
  await at.store.agents.put(stored);
});

it('says to a client whose agent is not found that its budget can’t be shown', async () => {
  const page = textOf(await (await Link.open(at, { client: '42' })).text('/'));
  expect(page).toContain('Your budget can’t be shown at the moment. If this lasts, please ask your provider.');
  expect(page).not.toMatch(/nroth|north/);
});
