import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandReport, LoginLink, ServiceDetail } from '@sluice/engine';
import { type FakeFlvx, manualClock, startFakeFlvx } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import type { EmbeddedService } from '@sluice/contract/documents';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { Link } from '../../test/share-link.js';

const PUBLIC = 'https://relay.example.com/my';

let at: DashboardBench;
let panel: FakeFlvx;
let own: string;
let link: Link;

beforeAll(async () => {
  const { now } = manualClock('2026-11-20T12:00:00Z');
  panel = await startFakeFlvx({ now });
  const tunnel = panel.addTunnel({ name: 'HK-01', entryNodes: [panel.addNode('hk-entry')] });
  const settings = { kind: 'flvx', url: panel.url, username: 'admin_user', password: 'admin_user', allowHttp: true };
  const product = { quota: '100GB', flvx: { tunnelId: tunnel } };
  at = await startBench({
    fakes: [panel],
    kinds: [flvx],
    panels: { inner: { ...settings, retries: 0 }, shown: { ...settings, retries: 0, publicUrl: PUBLIC } },
    products: { inner: { ...product, panel: 'inner' }, shown: { ...product, panel: 'shown' } },
  });
  for (const name of ['inner', 'shown']) {
    const dates = { billing_cycle: 'monthly', next_due_date: '2026-12-15', status: 'active' };
    await at.sluice.services.add(name, { panel: name, product: name, client: 'c-0', ...dates });
    await at.sluice.provision.create(name);
    await at.sluice.overrides.set(name, { quota: '200GB' }, { actor: 'SECRET', note: 'SECRET' });
    at.clock.advance(1000);
    await at.sluice.services.set(name, { client: 'c-1' });
  }
  await at.sluice.poll();
  own = await at.token('read', 'password', 'client:c-1');
  link = await Link.open(at, { client: 'c-1' });
});
afterAll(() => at.close());

const get = async <Document>(path: string, token?: string): Promise<Document> =>
  (await at.call(`GET ${path}`, { token })).json as Document;

describe('a panel whose API is at an internal address', () => {
  it('has no address on the page of a customer without publicUrl', async () => {
    const page = await link.text('/services/inner');
    expect(page).toContain('User name');
    expect(page).not.toContain('Log in at');
    expect(page).not.toContain('127.0.0.1');
  });

  it('has its publicUrl on the page of a customer', async () => {
    const page = await link.text('/services/shown');
    expect(page).toContain(`<a href="${PUBLIC}" rel="noopener noreferrer" dir="ltr">${PUBLIC}</a>`);
    expect(page).not.toContain('127.0.0.1');
  });

  it.each([
    ['inner', null],
    ['shown', PUBLIC],
  ])('has the same in documents for the client: %s', async (id, url) => {
    const detail = await get<ServiceDetail>(`/services/${id}`, own);
    expect(detail.account).toMatchObject({ url });
    expect(await get<LoginLink>(`/services/${id}/login-link`, own)).toMatchObject({ url, singleSignOn: false });
    const embedded = await get<EmbeddedService>(`/embedded/services/${id}?for=customer`, own);
    expect(embedded.loginLink).toBe(url !== null);
    const changed = await at.call(`POST /services/${id}/provision/change-password`, { token: own });
    const report = changed.json as unknown as CommandReport;
    expect([changed.status, report.service.account?.url, report.notices]).toEqual([200, url, []]);
    const { because: _, advice: __, ...shown } = await get<ServiceDetail>(`/services/${id}`, own);
    expect(report.service).toEqual(shown);
    expect(JSON.stringify(report.service)).not.toContain('SECRET');
    for (const document of [detail, embedded, report]) expect(JSON.stringify(document)).not.toContain('127.0.0.1');
  });

  it('has the address of its API for operators, whose links for customers have the other', async () => {
    expect((await get<ServiceDetail>('/services/shown')).account).toMatchObject({ url: panel.url });
    expect(await get<LoginLink>('/services/shown/login-link')).toMatchObject({ url: PUBLIC });
  });
});

it('tells a customer that the panel stops its service, and nobody that it is active', async () => {
  const { refs } = await at.sluice.services.show('inner');
  const user = panel.world.users.get(Number(refs['flvx_user_id']))!;
  user.status = 0;
  at.clock.advance(60_000);
  await at.sluice.reconcile();
  const page = await link.text('/services/inner');
  expect(page).toContain('The service is stopped on its panel.');
  expect(page).toContain('Stopped since');
  expect(page).toMatch(/<span class="badge badge-warning">stopped<\/span>/);
  expect(page).not.toMatch(/badge-good">active|within its allowance|user \d/);
  expect(await link.text('/')).toContain('stopped');
  const detail = await get<ServiceDetail>('/services/inner');
  expect(detail.stoppedByPanel?.message).toMatch(/the panel stops it: user \d is disabled/);
  expect((await get<ServiceDetail>('/services/inner', own)).stoppedByPanel).toMatchObject({ message: null });
  user.status = 1;
  at.clock.advance(60_000);
  await at.sluice.reconcile();
  expect(await link.text('/services/inner')).not.toContain('has been stopped');
});
