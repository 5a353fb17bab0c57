import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  startFakeEasyDcim,
  startFakeFlvx,
  startFakeHiddify,
  type FakeEasyDcim,
  type FakeFlvx,
  type FakeHiddify,
} from '@sluice/fake-panels';
import type { RunReport } from '@sluice/engine';
import { benchForEachTest, closeAfterTest } from './each-test.js';
import { DAY, flvxConfig, GB } from './flvx-bench.js';
import { handleOn } from './sqlite.js';

interface Call {
  method: string;
  path: string;
  body: string;
}

/** When the panels were filled, when the first of the changes was made, when the store was copied, and the changes. */
interface World {
  filled: string;
  changed: string;
  now: string;
  agents: { north: string };
  users: Record<'anna' | 'bela' | 'cora' | 'svc-h1', string>;
  calls: Record<'dcim' | 'relay' | 'vpn', Call[]>;
}

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const world = JSON.parse(readFileSync(new URL('store-6.json', FIXTURES), 'utf8')) as World;
const PASSWORD = 'Very-secret-admin-1';
const TOKEN = 'tok-9f3c-very-secret-token';

const bench = benchForEachTest(world.filled);
let dcim: FakeEasyDcim;
let relay: FakeFlvx;
let vpn: FakeHiddify;

/** Sends what the earlier version sent. */
async function repeat(url: string, calls: readonly Call[], headers: Record<string, string>): Promise<void> {
  for (const { method, path, body } of calls) {
    const answer = await fetch(new URL(path, url), {
      method,
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    expect([path, answer.status]).toEqual([path, 200]);
    await answer.arrayBuffer();
  }
}

async function fillDcim(now: () => number): Promise<void> {
  dcim = closeAfterTest(await startFakeEasyDcim({ token: TOKEN, now, timeZone: 'UTC' }));
  for (let n = 1; n <= 4; n++) {
    const ports = [1, 2].map((index) => ({ id: 7000 + n * 10 + index, name: `eth${index}` }));
    dcim.addService({ id: 500 + n, orderId: 900 + n, serverId: 300 + n, user: 10 + n, ports });
  }
  for (const n of [1, 2, 3]) dcim.addTraffic(500 + n, { in: 80e9, out: 60e9 });
}

async function fillRelay(now: () => number): Promise<void> {
  relay = closeAfterTest(await startFakeFlvx({ now, admin: { name: 'admin_user', password: PASSWORD } }));
  const tunnel = relay.addTunnel({ name: 'HK-01', entryNodes: [relay.addNode('hk-entry')] });
  const users = [1, 2, 3, 4].map((n) => relay.addUser({ user: `cust-${n}`, expTime: now() + 60 * DAY }));
  for (const user of users) relay.addPermission(user, tunnel, { expTime: now() + 60 * DAY });
  for (const [index, user] of users.entries()) {
    relay.addForward(user, tunnel, { name: `web-${index}`, remoteAddr: '198.51.100.7:443' });
    relay.addForward(user, tunnel, { name: `game-${index}`, remoteAddr: '198.51.100.8:80' });
  }
  for (const forward of [1, 3, 5]) relay.traffic(forward, { in: 90 * GB, out: 30 * GB });
}

async function fillVpn(now: () => number): Promise<void> {
  vpn = closeAfterTest(await startFakeHiddify({ now }));
  const { agents, users } = world;
  vpn.addAgent(undefined, { name: 'north', uuid: agents.north });
  for (const name of ['anna', 'bela', 'cora'] as const)
    vpn.addUser({ agent: agents.north, name, uuid: users[name], usageLimit: 20 * GB, packageDays: 90 });
  vpn.addUser({ name: 'svc-h1', uuid: users['svc-h1'], usageLimit: 50 * GB, packageDays: 90 });
  vpn.use(users['svc-h1'], 51 * GB);
  for (const name of ['anna', 'bela', 'cora'] as const) vpn.use(users[name], 15 * GB);
}

/** Makes the changes of the earlier version again. */
async function repeatChanges(): Promise<void> {
  const login = await fetch(new URL('/api/v1/user/login', relay.url), {
    method: 'POST',
    body: JSON.stringify({ username: 'admin_user', password: PASSWORD }),
  });
  const { data } = (await login.json()) as { data: { token: string } };
  await repeat(dcim.url, world.calls.dcim, { authorization: `Bearer ${TOKEN}` });
  await repeat(relay.url, world.calls.relay, { authorization: data.token });
  await repeat(vpn.url, world.calls.vpn, { 'hiddify-api-key': vpn.key });
}

const PRODUCTS = `
  ports: { panel: dcim, quota: { total: 100GB }, action: disable-ports }
  order: { panel: dcim, quota: { total: 100GB }, action: suspend-order }
  both: { panel: dcim, quota: { total: 100GB }, action: both }
  vpn-50: { panel: vpn, quota: { total: 50GB }, hiddify: { packageDays: 30, mode: no_reset } }
`;

beforeEach(async () => {
  const { clock } = bench;
  Object.assign(bench.env, { DCIM_TOKEN: TOKEN, FLVX_PASSWORD: PASSWORD });
  await Promise.all([fillDcim(clock.now), fillRelay(clock.now), fillVpn(clock.now)]);
  clock.set(world.changed);
  await repeatChanges();
  bench.env['HIDDIFY_KEY'] = vpn.key;
  const own = `
  dcim: { kind: easydcim, url: "${dcim.url}", allowHttp: true, token: "\${env:DCIM_TOKEN}", retries: 0 }
  vpn: { kind: hiddify, url: "${vpn.url}", allowHttp: true, apiKey: "\${env:HIDDIFY_KEY}", retries: 0 }`;
  const config = flvxConfig(relay.url).replace('panels:', `panels:${own}`).replace('products:', `products:${PRODUCTS}`);
  bench.write('sluice.yaml', config);
  bench.write('sluice.db', '');
  handleOn(bench.path('sluice.db')).exec(readFileSync(new URL('store-6.sql', FIXTURES), 'utf8'));
  clock.set(Date.parse(world.now) + 60_000);
  for (const { server } of [dcim, relay, vpn]) server.clearCalls();
});

const changes = (): string[] =>
  [dcim, relay, vpn].flatMap(({ server }) => server.changingCalls().map(({ endpoint }) => endpoint));
const state = (): unknown => ({
  ports: [1, 2, 3, 4].map((n) => [1, 2].map((index) => dcim.port(7000 + n * 10 + index).adminState).join()),
  orders: [1, 2, 3, 4].map((n) => dcim.order(900 + n).status),
  running: relay.runningForwards(),
  targets: [...new Set(relay.services(5).map(({ targets }) => targets.join()))],
  speeds: relay.findSpeed(3),
  users: Object.values(world.users).map((uuid) => vpn.user(uuid).enable),
});
const run = async (words: string): Promise<void> => {
  const { exitCode, stdout, stderr } = await bench.sluice(words);
  expect([words, exitCode, exitCode === 0 ? '' : stdout + stderr]).toEqual([words, 0, '']);
};

describe('a store of schema version 6 with holds on three panels', () => {
  it('is polled, checked and reconciled without a change on a panel', async () => {
    const before = state();
    expect(before).toEqual({
      ports: ['down,down', 'up,up', 'down,down', 'up,up'],
      orders: ['active', 'suspended', 'suspended', 'active'],
      running: [3, 4, 7, 8],
      targets: ['127.0.0.1:9'],
      speeds: 0.2,
      users: [false, false, false, false],
    });
    const polled = (await bench.sluice('poll --json')).json<RunReport>();
    expect(polled.totals).toMatchObject({ services: 9, held: 7, failed: 0, actions: 0 });
    for (const words of ['agent check --all', 'reconcile', 'poll', 'db check']) await run(words);
    expect([changes(), state()]).toEqual([[], before]);
  });

  it('is undone whole when the quotas are raised', async () => {
    for (const id of ['d1', 'd2', 'd3', 'f1', 'f2', 'f3', 'h1']) await run(`override set svc-${id} --quota 500GB`);
    await run('agent limit north --gb 500 --yes');
    await run('agent check --all --allow-mass');
    await run('poll --allow-mass');
    expect(state()).toEqual({
      ports: ['up,up', 'up,up', 'up,up', 'up,up'],
      orders: ['active', 'active', 'active', 'active'],
      running: [1, 2, 3, 4, 5, 6, 7, 8],
      targets: ['198.51.100.7:443'],
      speeds: 6.2,
      users: [true, true, true, true],
    });
    const { holds } = (await bench.sluice('hold list --json')).json<{ holds: { until: string | null }[] }>();
    expect(holds.filter(({ until }) => until === null)).toEqual([]);
  });
});
