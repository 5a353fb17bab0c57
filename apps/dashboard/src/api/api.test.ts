import { readFileSync } from 'node:fs';
import type { Sluice } from '@sluice/engine';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { validator } from '../test/json-schema.js';
import { openApiDocument, operationId } from './openapi.js';
import { ROUTES } from './routes/routes.js';
import { STREAMS } from './stream-routes.js';

let at: DashboardBench;
let validate: ReturnType<typeof validator>;
let keys = 0;
beforeAll(async () => {
  at = await startBench();
  await at.addService(1, '42', 150);
  await at.addService(2, '42');
  await at.addService(3, '43');
  await at.sluice.credit.add('42', { amount: '50.00', currency: 'EUR', ref: 'first' });
  validate = validator((await (await at.fetch('/api/v1/openapi.json')).json()) as never);
});
afterAll(() => at.close());

/** Sends a request, and checks its answer against the OpenAPI document. */
async function send(address: string, body?: object): Promise<unknown> {
  const [method = 'GET', path = ''] = address.split(' ');
  const answer = await at.fetch(`/api/v1${path}`, {
    method,
    token: SERVE_TOKEN,
    headers: {
      'idempotency-key': `k-${keys++}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json: unknown = await answer.json();
  expect(answer.ok ? null : [address, json]).toBeNull();
  expect([address, ...validate(method, path.split('?')[0] ?? '', answer.status, json)]).toEqual([address]);
  return json;
}

type UseCases = {
  [Group in keyof Sluice]: Sluice[Group] extends (...args: never[]) => unknown
    ? Group
    : `${Group}.${keyof Sluice[Group] & string}`;
};
type UseCase = Exclude<UseCases[Exclude<keyof Sluice, 'config'>], 'close'>;

/** How each use case of the engine is reached: by a route, by the `command` of a run, or not at all. */
const REACHED: Record<UseCase, 'route' | 'run' | 'server'> = {
  poll: 'route',
  reconcile: 'run',
  plan: 'run',
  explain: 'route',
  overview: 'route',
  version: 'server',
  metrics: 'server',
  'notices.list': 'route',
  'notices.send': 'route',
  'notices.test': 'route',
  'agents.listStored': 'route',
  'agents.ofClient': 'route',
  'calls.bills': 'route',
  'calls.billReport': 'route',
  'services.customerMay': 'route',
  'telephony.line': 'route',
  'usage.lastPanelGraph': 'route',
  'services.import': 'route',
  'services.add': 'route',
  'services.set': 'route',
  'services.setWhere': 'route',
  'services.planSetWhere': 'route',
  'services.sync': 'route',
  'services.remove': 'route',
  'services.show': 'route',
  'services.list': 'route',
  'services.export': 'route',
  'holds.list': 'route',
  'holds.add': 'route',
  'holds.release': 'route',
  'holds.adopt': 'route',
  'holds.releaseAll': 'route',
  'provision.create': 'route',
  'provision.suspend': 'route',
  'provision.unsuspend': 'route',
  'provision.renew': 'route',
  'provision.changePackage': 'route',
  'provision.changePassword': 'route',
  'provision.terminate': 'route',
  'agents.list': 'route',
  'agents.show': 'route',
  'agents.explain': 'route',
  'agents.limit': 'route',
  'agents.limits': 'route',
  'agents.check': 'run',
  'agents.canCreateUser': 'route',
  'agents.createUser': 'route',
  'agents.suspend': 'route',
  'agents.unsuspend': 'route',
  'agents.restore': 'route',
  'panels.list': 'route',
  'panels.test': 'route',
  'panels.observe': 'route',
  'panels.enforce': 'route',
  'panels.asConfigured': 'route',
  'panels.planEnforcing': 'route',
  'panels.doctor': 'route',
  'panels.tunnels': 'route',
  'panels.users': 'route',
  'panels.speedLimits': 'route',
  'panels.tunnelGroups': 'route',
  'panels.loginLink': 'route',
  'usage.read': 'route',
  'usage.history': 'route',
  'usage.graph': 'route',
  'usage.panelGraph': 'route',
  'usage.compare': 'route',
  'overrides.set': 'route',
  'overrides.clear': 'route',
  'overrides.list': 'route',
  'purchases.packages': 'route',
  'purchases.create': 'route',
  'purchases.list': 'route',
  'purchases.budgetLeft': 'server',
  'purchases.cancel': 'route',
  'autoBuy.show': 'route',
  'autoBuy.set': 'route',
  'autoBuy.clear': 'route',
  'credit.show': 'route',
  'credit.add': 'route',
  'credit.history': 'route',
  'invoices.list': 'route',
  'invoices.show': 'route',
  'invoices.pay': 'route',
  'invoices.cancel': 'route',
  'calls.bill': 'route',
  'calls.report': 'route',
  'calls.records': 'route',
  'calls.simulate': 'route',
  'calls.reconcile': 'route',
  'dids.link': 'route',
  'dids.set': 'route',
  'dids.suspend': 'route',
  'dids.unsuspend': 'route',
  'dids.release': 'route',
  'telephony.list': 'route',
  'telephony.show': 'route',
  'telephony.create': 'route',
  'telephony.set': 'route',
  'telephony.remove': 'route',
  'log.list': 'route',
  'log.export': 'route',
  'log.follow': 'route',
  'log.resolve': 'route',
  'access.create': 'route',
  'access.share': 'route',
  'access.list': 'route',
  'access.revoke': 'route',
  'access.verify': 'route',
  'access.login': 'server',
  'access.resume': 'server',
  'access.logout': 'server',
  'requests.begin': 'server',
  'requests.end': 'server',
};

describe('the OpenAPI document', () => {
  it('has a route for every use case of the engine', () => {
    const known = new Set([...ROUTES, ...Object.values(STREAMS)].map(({ useCase }) => useCase));
    const missing = Object.entries(REACHED).filter(([name, by]) => by === 'route' && !known.has(name));
    expect(missing).toEqual([]);
  });

  it('is the one that the client is generated from', () => {
    const file = new URL('../../../../packages/api-client/openapi.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  it('names each operation once', () => {
    const ids = [...ROUTES, ...Object.values(STREAMS).map(({ path }) => ({ method: 'GET', path }))].map(operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
});

describe('answers are as the document says', () => {
  it('of runs and what they found', async () => {
    const { id } = (await send('POST /runs', { command: 'poll', note: 'by hand' })) as { id: string };
    const events = await (await at.fetch(`/api/v1/runs/${id}/events`, { token: SERVE_TOKEN })).text();
    expect(events).toMatch(/event: report\ndata: \{"run":/);
    expect(await send(`GET /runs/${id}`)).toMatchObject({
      last: { event: 'report', data: { run: { command: 'poll' } } },
    });
    expect(await send('GET /services?client=42')).toMatchObject({ services: [{ status: 'held' }, { status: 'ok' }] });
    for (const path of [
      ...[
        '',
        '/explanation',
        '/usage-history',
        '/graph?range=7d',
        '/holds',
        '/overrides',
        '/purchases',
        '/auto-buy',
      ].map((part) => `/services/svc-1${part}`),
      ...[
        '/overview?size=2',
        '/notices',
        '/call-bills',
        '/services/svc-1/customer-fields',
        '/services/export',
        '/usage?service=svc-1',
        '/holds?open=true',
        '/overrides',
        '/packages',
        '/purchases',
      ],
      ...['/panels', '/products', '/doctor', '/log?kind=run&since=1h', '/tokens', '/me', '/invoices'],
      ...['/clients/42/credit', '/clients/42/credit/history', '/clients/42/auto-buy'],
    ])
      await send(`GET ${path}`);
  });

  it('of changes', async () => {
    await send('POST /panels/test', {});
    await send('POST /services/svc-2/holds', { note: 'late' });
    await send('POST /services/svc-2/holds/release', {});
    await send('POST /services/svc-2/provision/suspend', { dryRun: true });
    await send('PUT /services/svc-2/override', { quota: '1TB' });
    await send('DELETE /services/svc-2/override');
    await send('PATCH /services/svc-2', { values: { email: 'anna@example.com' } });
    await send('PATCH /services', { where: { client: '43' }, values: { email: 'b@example.com' } });
    await send('POST /services/plan-change', { where: { client: '43' }, values: { email: 'c@example.com' } });
    await send('POST /services/import', { rows: [], dryRun: true });
    await send('PUT /services/svc-2/auto-buy', { enabled: true, package: 'extra-50' });
    await send('DELETE /clients/42/auto-buy');
    const bought = (await send('POST /services/svc-2/purchases', { package: 'extra-50' })) as {
      purchase: { id: string; invoice: string };
    };
    await send(`GET /invoices/${bought.purchase.invoice}`);
    await send(`POST /purchases/${bought.purchase.id}/cancel`, { refund: true });
    await send('POST /clients/42/credit', { amount: '1.00', currency: 'EUR' });
    await send('POST /panels/dcim/observe', {});
    await send('POST /panels/dcim/as-configured', {});
    await send('POST /tokens', { name: 'made', scopes: ['read'] });
    await send('DELETE /tokens/made');
    await send('POST /share-links', { client: '42', expiresAt: '2026-12-01T00:00:00Z', mayBuy: true });
    const values = { panel: 'dcim', product: 'ports', billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    const refs = { easydcim_service_id: '9', easydcim_order_id: '9', easydcim_server_id: '9' };
    await send('POST /services', { id: 'svc-9', values: { ...values, ...refs } });
    await send('DELETE /services/svc-9');
  });
});
