import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FakeFlvx, manualClock, startFakeFlvx } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { extractMain, textOf } from '../../test/page-texts.js';

const PASSWORD = 'Very-secret-admin-1';
const USERS = 20_000;

let relay: FakeFlvx;
let at: DashboardBench;
let cookie: string;

beforeAll(async () => {
  relay = await startFakeFlvx({
    now: manualClock('2026-11-20T12:00:00Z').now,
    admin: { name: 'admin', password: PASSWORD },
  });
  const first = relay.addUser({ user: 'first' });
  relay.addUser({ user: '<b>\u202e刘洋</b>', flow: 99_999 });
  for (let n = 1; n < USERS; n += 1) relay.addUser({ user: `user-${n}` });
  const config = { kind: 'flvx', url: relay.url, allowHttp: true, username: 'admin', password: PASSWORD, retries: 0 };
  at = await startBench({
    fakes: [relay],
    kinds: [flvx],
    panels: { relay: config },
    products: { relay: { panel: 'relay', quota: { total: '100GB' }, flvx: { tunnelId: 1 } } },
  });
  const row = { panel: 'relay', product: 'relay', billing_cycle: 'monthly', next_due_date: '2026-12-15' };
  await at.sluice.services.add('relay-1', { ...row, flvx_user_id: String(first) });
  cookie = await at.login();
});
afterAll(() => at.close());

const read = async (path: string): Promise<string> => extractMain(await (await at.fetch(path, { cookie })).text());

it('shows what no service names, a hundred of twenty thousand at a time, with the names as texts', async () => {
  expect(await read('/panels/relay')).toContain('href="/panels/relay/unassigned"');
  const page = await read('/panels/relay/unassigned');
  expect(textOf(page)).toMatch(/20\s000 entries of 20\s001 that the panel has/);
  expect(page.match(/<tr>/g)).toHaveLength(101);
  expect(page).toContain('&lt;b&gt;');
  expect(page).not.toContain('<b>');
  expect(textOf(page)).toContain('no limit');
  expect(page).toContain('page=2');
  const last = textOf(await read('/panels/relay/unassigned?page=200'));
  expect([last.includes('user-19999'), last.includes('user-99 ')]).toEqual([true, false]);
});

it('finds one by its name, in any spelling', async () => {
  for (const search of ['USER-777', ' Üser-۷۷۷']) {
    const page = textOf(await read(`/panels/relay/unassigned?q=${encodeURIComponent(search)}`));
    expect(page).toMatch(/11 entries of 20\s001/);
    expect([page.includes('user-777'), page.includes('user-778')]).toEqual([true, false]);
  }
});

it('says for what nothing was found', async () => {
  const page = await read(`/panels/relay/unassigned?q=${encodeURIComponent(' <i>none ')}`);
  expect(page).toContain('Nothing was found for “<bdi>&lt;i&gt;none</bdi>”.');
});

it('says why the panel can’t be read, with what was read last', async () => {
  await read('/panels/relay/unassigned');
  relay.server.inject({ fault: { kind: 'status', status: 500 } });
  const page = textOf(await read('/panels/relay/unassigned'));
  relay.server.clearFaults();
  expect(page).toMatch(/HTTP 500.*This was read .*20\s000 entries/);
});

it('answers 404 for a panel that the config has not', async () => {
  expect((await at.fetch('/panels/rely/unassigned', { cookie })).status).toBe(404);
});

it('is a list of the API with pages', async () => {
  const seen: unknown[] = [];
  let after = '';
  do {
    const { status, json } = await at.call(`GET /panels/relay/unassigned?limit=10000${after}`);
    expect([status, json['total'], json['onPanel']]).toEqual([200, USERS, USERS + 1]);
    seen.push(...(json['entries'] as unknown[]));
    const next = json['next'] as string | null;
    after = next === null ? '' : `&after=${encodeURIComponent(next)}`;
  } while (after !== '');
  expect(new Set(seen.map((entry) => (entry as { id: string }).id)).size).toBe(USERS);
});
