import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { onlyReads } from '@sluice/contract';
import { STREAMS } from '@sluice/contract/endpoints';
import type { NoticeChannelKind } from '@sluice/contract/ports';
import { startFakeWhmcs } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { whmcs } from '@sluice/whmcs-client/billing';
import * as z from 'zod/mini';
import { AGENT_TRAFFIC_CALLS } from '../agent-traffic/calls.js';
import { createSender } from '../test/api-sender.js';
import { type DashboardBench, GB, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { startOtherPanels } from '../test/other-panels.js';
import { agentTrafficAddress } from './openapi.js';
import { ROUTES } from './routes.js';

/** Routes that these tests do not call, and where they are called. */
const ELSEWHERE: Record<string, string> = {
  [`GET ${STREAMS.follow.path}`]: 'streams.test.ts',
  [`GET ${STREAMS.export.path}`]: 'streams.test.ts',
};

/** A channel that acknowledges everything. */
const memory: NoticeChannelKind = {
  ...{ kind: 'memory', title: 'Memory', secrets: [], clientAddress: 'none' },
  shape: { memory: z.string() },
  descriptions: { memory: 'Anything' },
  open: () => Promise.resolve({ send: () => Promise.resolve(), close: () => undefined }),
};

const called = new Set<string>();
const ends: (() => Promise<void>)[] = [];
let at: DashboardBench;
let send: (address: string, body?: object) => Promise<unknown>;
let agent: string;
let number: string;

beforeAll(async () => {
  const panels = await startOtherPanels();
  ends.push(() => panels.close());
  ({ agent, number } = panels);
  at = await startBench({
    kinds: [astbilling, hiddify, flvx],
    panels: panels.config,
    products: {
      line: { panel: 'voice', astbilling: { planId: 11, customerMay: ['destination'] } },
      relay: { panel: 'relay', quota: '100GB', flvx: { tunnelId: panels.tunnel, speedMbit: 50 } },
      relays: { panel: 'relay', quota: '300GB', flvx: { tunnelGroup: 'asia' } },
      vpn: { panel: 'vpn', quota: '30GB' },
    },
    config: { notify: [{ memory: 'x' }] },
    channels: [memory],
  });
  ends.push(() => at.close());
  await at.addService(1, '42', 150);
  await at.addService(2, '42');
  await at.addService(3, '43');
  await at.sluice.credit.add('42', { amount: '50.00', currency: 'EUR', ref: 'first' });
  ({ send } = await createSender(at, called));
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

describe('answers are as the document says', () => {
  it('of runs and what they found', async () => {
    const { id } = (await send('POST /runs', { command: 'poll', panel: 'dcim', note: 'by hand' })) as { id: string };
    const events = await (await at.fetch(`/api/v1/runs/${id}/events`, { token: SERVE_TOKEN })).text();
    expect(events).toMatch(/event: report\ndata: \{"run":/);
    called.add(`GET ${STREAMS.events.path}`);
    expect(await send(`GET /runs/${id}`)).toMatchObject({
      last: { event: 'report', data: { run: { command: 'poll' } } },
    });
    expect(await send(`POST /runs/${id}/cancel`)).toMatchObject({ cancelledBy: null });
    expect(await send('GET /services?client=42')).toMatchObject({ services: [{ status: 'held' }, { status: 'ok' }] });
    for (const path of [
      ...[
        '',
        '/explanation',
        '/usage-history?percentile=95',
        '/graph?range=7d',
        '/panel-graph?range=24h',
        '/last-panel-graph',
      ],
      ...['/holds', '/overrides', '/purchases', '/auto-buy', '/customer-fields'],
    ])
      await send(`GET /services/svc-1${path}`);
    for (const path of [
      ...[
        '/overview?size=2',
        '/notices',
        '/services/export',
        '/usage?service=svc-1',
        '/usage/top?by=panel',
        '/usage/traffic?panel=dcim&range=24h',
        '/holds?open=true',
        '/overrides',
      ],
      ...[
        '/packages',
        '/purchases',
        '/panels',
        '/products',
        '/doctor',
        '/log?kind=run&since=1h',
        '/tokens',
        '/me',
        '/queue',
      ],
      ...['/invoices', '/clients/42/credit', '/clients/42/credit/history', '/clients/42/auto-buy'],
      '/clients/42/notices',
    ])
      await send(`GET ${path}`);
    await send('POST /panels/dcim/comparison', {
      rows: [{ service: 'svc-1', used_gb: '150', limited: 'yes' }],
    });
  });

  it('of changes of services', async () => {
    await send('POST /services/svc-2/holds', { note: 'late' });
    await send('POST /services/svc-2/holds/release', {});
    await send('PUT /services/svc-2/override', { quota: '1TB' });
    await send('DELETE /services/svc-2/override');
    await send('PATCH /services/svc-2', { values: { email: 'anna@example.com' } });
    await send('PATCH /services', { where: { client: '43' }, values: { email: 'b@example.com' } });
    await send('POST /services/plan-change', { where: { client: '43' }, values: { email: 'c@example.com' } });
    await send('POST /services/import', { rows: [], dryRun: true });
    const values = { panel: 'dcim', product: 'ports', billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    const refs = { easydcim_service_id: '9', easydcim_order_id: '9', easydcim_server_id: '9' };
    await send('POST /services', { id: 'svc-9', values: { ...values, ...refs } });
    await send('DELETE /services/svc-9');
    at.panel.staffDisablePort(7031);
    await send('POST /services/svc-3/holds/adopt', { reason: 'manual', ports: ['7031'] });
    await send('POST /holds/adopt', { rows: [{ service: 'svc-3', reason: 'manual', ports: '7031' }] });
  });

  it('of panels and their switches', async () => {
    await send('POST /panels/test', {});
    const adoption = (await send('POST /panels/dcim/adoption', { from: 'panel' })) as { services: unknown[] };
    await send('GET /panels/dcim/adoption/queries?from=panel');
    await send('POST /adoption/apply', { services: adoption.services, dryRun: true });
    await send('POST /panels/dcim/observe', {});
    await send('POST /panels/dcim/plan-enforcing', {});
    await send('POST /panels/dcim/enforce', {});
    await send('POST /panels/dcim/as-configured', {});
    await send('POST /clock/accept', {});
    await send('POST /notices/send', {});
    const since = '2026-11-20T12:00:00.000Z';
    await at.store.alarms.put([
      {
        ...{ id: 'alarm-1', key: 'k', code: 'drift', panel: 'dcim', service: 'svc-1', message: 'differs' },
        ...{ scope: 'poll', since, acknowledgedAt: null, acknowledgedBy: null, note: null },
      },
    ]);
    expect(await send('GET /notices/alarms')).toMatchObject({ alarms: [{ id: 'alarm-1', acknowledged: null }] });
    expect(await send('POST /notices/alarm-1/ack', { note: 'known' })).toMatchObject({
      alarm: { acknowledged: { note: 'known' } },
    });
    await send('POST /notices/test', {});
  });

  it('of money', async () => {
    await send('PUT /services/svc-2/auto-buy', { enabled: true, package: 'extra-50' });
    await send('DELETE /services/svc-2/auto-buy');
    await send('PUT /clients/42/auto-buy', { enabled: true });
    await send('DELETE /clients/42/auto-buy');
    await send('PUT /clients/42/notices', { events: { hold: false } });
    await send('PUT /clients/42/notices/address', { address: null });
    const bought = (await send('POST /services/svc-2/purchases', { package: 'extra-50' })) as {
      purchase: { id: string; invoice: string; at: string };
    };
    await send(`GET /invoices/${bought.purchase.invoice}`);
    await send(`POST /invoices/${bought.purchase.invoice}/pay`, {});
    await send(`POST /purchases/${bought.purchase.id}/cancel`, { refund: true });
    const paid = {
      service: 'svc-2',
      package: 'old',
      bytes: '1000',
      price: '1',
      currency: 'EUR',
      at: bought.purchase.at,
    };
    await send('POST /purchases/import', { rows: [paid] });
    await send('POST /clients/42/credit', { amount: '1.00', currency: 'EUR' });
  });

  it('of tokens and links', async () => {
    await send('POST /tokens', { name: 'made', scopes: ['read'] });
    await send('DELETE /tokens/made');
    await send('POST /share-links', { client: '42', expiresAt: '2026-12-01T00:00:00Z', mayBuy: true });
  });

  it('of agents', async () => {
    const path = `/agents/${agent}`;
    await send('GET /agents');
    await send(`PUT ${path}/limit`, { limitBytes: 4000 * GB, opening: 'current' });
    await send('PUT /agent-limits', { rows: [{ agent, limit_gb: '5000' }] });
    await send(`GET ${path}`);
    await send(`GET ${path}/can-create-user?limitBytes=${GB}`);
    expect(await send(`POST ${path}/users`, { name: 'new', limitBytes: GB, days: 30 })).toMatchObject({
      user: { name: 'new', limitBytes: GB },
    });
    await send(`GET ${path}/users`);
    expect(await send(`GET ${path}/history`)).toMatchObject({ periods: [{ ended: false }] });
    await send(`POST ${path}/users/new/extend`, { bytes: GB, days: 5 });
    for (const verb of ['disable', 'enable']) await send(`POST ${path}/users/new/${verb}`, {});
    await send('POST /runs', { command: 'agent check' });
    for (const verb of ['suspend', 'unsuspend', 'restore']) {
      await send(`POST ${path}/${verb}`, { dryRun: true });
      await send(`POST ${path}/${verb}`, {});
    }
    await send(`GET ${path}/explanation`);
    await send('GET /stored-agents');
    expect(await send('GET /clients/7/agents')).toMatchObject({ agents: [{ uuid: agent }] });
    const read = await at.sluice.access.create({ name: 'reader', scopes: ['read'] });
    const own = await at.sluice.access.create({ name: 'reseller', scopes: ['client:7'] });
    const masked = `${agent.slice(0, 4)}...`;
    const get = async (address: string, token: string): Promise<string> =>
      (await at.fetch(`/api/v1${address}`, { token })).text();
    for (const address of [
      '/agents',
      path,
      `${path}/users`,
      `${path}/history`,
      `${path}/explanation`,
      '/stored-agents',
      '/holds',
      '/clients/7/agents',
    ]) {
      const text = await get(address, read.token);
      expect([address, text.includes(agent)]).toEqual([address, false]);
      if (address !== '/holds') expect(text).toContain(masked);
    }
    expect(await get('/clients/7/agents', own.token)).toContain(`"uuid":"${masked}"`);
  });

  it('of a service below an agent, without the key of the agent for whoever may change nothing', async () => {
    const values = { panel: 'vpn', product: 'vpn', client: '7', billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    await send('POST /services', { id: 'vpn-9', values });
    const refs = { hiddify_agent_uuid: agent };
    expect(await send('PATCH /services/vpn-9', { values: refs })).toMatchObject({ refs });
    expect(await send('POST /services/vpn-9/provision/create', {})).toMatchObject({ run: { outcome: 'done' } });
    const read = await at.sluice.access.create({ name: 'monitor', scopes: ['read'] });
    const own = await at.sluice.access.create({ name: 'customer', scopes: ['client:7'] });
    const toPath = (path: string): string =>
      path.replace(':service', 'vpn-9').replace(':client', '7').replace(':agent', agent).replace(':panel', 'vpn');
    const addresses = [
      ...ROUTES.filter(({ method, useCase }) => method === 'GET' || onlyReads(useCase)),
      ...AGENT_TRAFFIC_CALLS.map(agentTrafficAddress).filter(({ method }) => method === 'GET'),
    ];
    const bodies: Record<string, unknown> = {
      '/services/plan-change': { where: { panel: 'vpn' }, values: { hiddify_agent_uuid: '' } },
    };
    const shown: string[] = [];
    for (const { method, path } of [...addresses, { method: 'GET', path: '/log?service=vpn-9' }])
      for (const { token } of [read, own]) {
        const headers = { 'content-type': 'application/json' };
        const content = method === 'GET' ? {} : { headers, body: JSON.stringify(bodies[path] ?? {}) };
        const answer = await at.fetch(`/api/v1${toPath(path)}`, { method, token, ...content });
        const text = await answer.text();
        if (bodies[path] !== undefined && token === read.token) expect(text).toContain('agent_uuid');
        if (text.includes(agent)) shown.push(`${path} ${token === own.token ? 'client' : 'read'}`);
      }
    expect(shown).toEqual([]);
  });

  it("of the Hiddify add-on's calls", async () => {
    const path = `/agent-traffic/agents/${agent}`;
    await send(`PUT ${path}/traffic-limit`, { traffic_limit_GB: 5000 });
    await send(`GET ${path}/traffic`);
    await send('GET /agent-traffic/agents/traffic');
    await send(`POST ${path}/can-create-user`, { user_traffic_limit_GB: 9999.5 });
    await send(`POST ${path}/check`);
    await send('POST /agent-traffic/agents/check-all');
    await send(`PUT ${path}/traffic-limit`, { traffic_limit_GB: null });
    await send(`GET ${path}/traffic`);
  });

  it('of a relay panel, and of the life of an account', async () => {
    for (const list of ['tunnels', 'users', 'speed-limits', 'tunnel-groups']) await send(`GET /relay/${list}`);
    await send('GET /panels/relay/unassigned?limit=1');
    const billed = { billing_cycle: 'monthly', next_due_date: '2026-12-15', client: '42' };
    await send('POST /services', { id: 'relay-1', values: { panel: 'relay', product: 'relay', ...billed } });
    const provision = (verb: string, body = {}) => send(`POST /services/relay-1/provision/${verb}`, body);
    expect(await provision('create', { dryRun: true })).toMatchObject({ credentials: null });
    expect(await provision('create')).toMatchObject({ credentials: { password: expect.any(String) } });
    const { events } = (await send('POST /runs', { command: 'poll', service: 'relay-1' })) as { events: string };
    await (await at.fetch(events, { token: SERVE_TOKEN })).text();
    for (const part of ['', '/explanation', '/graph?range=cycle', '/login-link', '/customer-fields'])
      await send(`GET /services/relay-1${part}`);
    await provision('suspend', { as: 'billing' });
    await provision('unsuspend', { as: 'billing' });
    await provision('renew', { until: '2027-01-15' });
    const renew = async (key: string, body: object): Promise<unknown> =>
      (await at.call('POST /services/relay-1/provision/renew', { key, body })).json;
    const first = await renew('renew-1', { ref: 'order-1' });
    expect(first).toMatchObject({ run: { outcome: 'done' }, service: { nextDueDate: '2027-02-15' } });
    expect(await renew('renew-1', { ref: 'order-1' })).toEqual(first);
    expect(await renew('renew-2', { ref: 'order-1' })).toMatchObject({ service: { nextDueDate: '2027-02-15' } });
    for (const key of ['renew-3', 'renew-3'])
      expect(await renew(key, {})).toMatchObject({ service: { nextDueDate: '2027-03-15' } });
    await provision('change-package', { product: 'relays' });
    await provision('change-password');
    expect(await provision('terminate')).toMatchObject({ run: { outcome: 'done' } });
    await send('POST /holds/release-all', { panel: 'relay', dryRun: true });
  });

  it('of a user of a Hiddify panel', async () => {
    const values = { panel: 'vpn', product: 'vpn', billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    await send('POST /services', { id: 'vpn-1', values });
    expect(await send('POST /services/vpn-1/provision/create', {})).toMatchObject({
      access: { links: [expect.any(Object)] },
    });
    await send('POST /services/vpn-1/provision/suspend', {});
    await send('GET /services/vpn-1');
    await send('GET /services/vpn-1/explanation');
  });

  it('of lines and numbers', async () => {
    const values = { panel: 'voice', product: 'line', client: '501', status: 'active' };
    await send('POST /services', { id: 'line-1', values: { ...values, astbilling_subscriber_id: '9001' } });
    for (const part of ['', '/line', '/calls', '/explanation', '/customer-fields'])
      await send(`GET /services/line-1${part}`);
    await send(`POST /dids/${number}/link`, { service: 'line-1' });
    await send(`PATCH /dids/${number}`, { values: { destination: '11987654321' } });
    await send(`PATCH /services/line-1/numbers/${number}`, { destination: '11987654322' });
    await send('PATCH /services/line-1/line', { callerId: '+551142000001' });
    for (const verb of ['suspend', 'unsuspend', 'release']) await send(`POST /dids/${number}/${verb}`, {});
    await send('POST /services/line-1/provision/suspend', { withDids: true });
    await send('POST /services/line-1/provision/unsuspend', { withDids: true });
  });

  it('of records of a telephony system', async () => {
    for (const list of ['customers', 'subscribers', 'dids', 'plans', 'carriers', 'trunks', 'routes', 'rates'])
      await send(`GET /telephony/${list}`);
    await send('GET /telephony/subscribers/9001');
    const { record } = (await send('POST /telephony/plans', { values: { name: 'Novo' } })) as {
      record: { id: string };
    };
    await send(`PATCH /telephony/plans/${record.id}`, { values: { name: 'Outro' } });
    await send(`DELETE /telephony/plans/${record.id}`, {});
  });

  it('of calls and their bills', async () => {
    expect(await send('GET /calls')).toMatchObject({ calls: [{ charge: '0.4500' }] });
    expect(await send('GET /services/line-1/calls?period=2026-11&whole=true&outcome=unanswered&limit=1')).toMatchObject(
      {
        calls: [],
        total: 0,
        whole: { totals: { charge: '0.4500' }, days: [{ charge: '0.4500' }] },
      },
    );
    await send('GET /services/line-1/rates?search=55');
    await send('GET /services/line-1/call-price?destination=11987654321&seconds=60');
    await send('POST /calls/simulate', { destination: '11987654321', seconds: 60, service: 'line-1' });
    for (const subject of ['services/line-1', 'clients/501'])
      expect(await send(`GET /${subject}/call-report?period=2026-10`)).toMatchObject({
        files: [{ text: expect.stringContaining('0.2320') }],
      });
    expect(await send('POST /calls/bill', { service: 'line-1', period: '2026-10' })).toMatchObject({
      bills: [{ state: 'added', total: '0.23' }],
    });
    const ofAll = await at.call('POST /calls/bill', { token: SERVE_TOKEN, body: { final: true } });
    expect([ofAll.status, ofAll.json]).toMatchObject([400, { error: { code: 'bad_option' } }]);
    await send('GET /calls/reconciliation');
    const billed = { service: 'line-1', from: '2026-09-01', to: '2026-10-01', total: '1.00' };
    expect(await send('POST /calls/reconciliation', { rows: [billed] })).toMatchObject({
      bills: [{ billed: { calls: null, total: '1.00' } }],
    });
    const { bills } = (await send('GET /call-bills?service=line-1')) as { bills: { id: string; invoice: string }[] };
    expect(await send(`GET /call-bills/${bills[0]?.id ?? ''}`)).toMatchObject({
      invoice: { lines: [{ isCalls: true }] },
    });
    await send(`GET /call-bills/${bills[0]?.id ?? ''}/report`);
    await send(`POST /invoices/${bills[0]?.invoice ?? ''}/cancel`, {});
  });

  it('of parts for other sites', async () => {
    for (const service of ['svc-1', 'line-1', 'vpn-1'])
      for (const who of ['customer', 'staff']) await send(`GET /embedded/services/${service}?for=${who}`);
    await send('GET /embedded/clients/501');
    await send('GET /embedded/overview');
  });

  it('of an action in doubt', async () => {
    let cut = false;
    const isLost = ({ endpoint }: { endpoint: string }): boolean => (cut ||= endpoint.endsWith('/suspend'));
    at.panel.server.inject({ match: isLost, when: 'after', fault: { kind: 'cut' } });
    await send('POST /services/svc-2/holds', {});
    at.panel.server.clearFaults();
    at.clock.advance(3_600_000);
    const { entries } = (await send('GET /log?kind=action&service=svc-2')) as {
      entries: { id: string; state: string }[];
    };
    const { id = '' } = entries.find(({ state }) => state === 'in-doubt') ?? {};
    await send(`POST /actions/${id}/resolve`, { done: true });
  });

  it('of a sync from WHMCS', async () => {
    const fake = await startFakeWhmcs({ now: at.clock.now });
    ends.push(() => fake.close());
    const section = { url: fake.url, allowHttp: true, identifier: fake.identifier, secret: fake.secret };
    const bench = await startBench({
      billing: [whmcs],
      config: { billing: 'whmcs', whmcs: section },
      products: { synced: { panel: 'dcim', whmcs: { productIds: [10] } } },
    });
    ends.push(() => bench.close());
    fake.addClient({ id: 77, firstName: 'Ana', currency: 'EUR' });
    fake.addProduct({ id: 10, name: 'Server', fields: ['easydcim_service_id'] });
    const fields = { easydcim_service_id: '501' };
    fake.addService({ id: 1, client: 77, product: 10, status: 'Active', nextDueDate: '2026-12-15', fields });
    const { send: ask } = await createSender(bench, called);
    await ask('POST /services/sync', { service: '1', dryRun: true });
    await ask('POST /services/sync', {});
    expect(await ask('GET /services')).toMatchObject({ services: [{ id: 'whmcs-1' }] });
    await ask('GET /clients/77/credit');
    fake.addClient({ id: 78, currency: 'EUR' });
    fake.mergeClients(77, 78);
    expect(await ask('POST /clients/77/merge', { into: '78' })).toMatchObject({ from: '77', services: 1 });
  });

  it('of every route', () => {
    const streams = Object.values(STREAMS).map(({ path }) => ({ method: 'GET', path }));
    const all = [...ROUTES, ...streams, ...AGENT_TRAFFIC_CALLS.map(agentTrafficAddress)];
    const left = all.map(({ method, path }) => `${method} ${path}`).filter((one) => !called.has(one));
    expect(left).toEqual(Object.keys(ELSEWHERE));
  });
});
