import { beforeEach, describe, expect, it } from '@jest/globals';
import type { EmbeddedClient, EmbeddedService, OverviewReport, ServiceDetail } from '@sluice/contract/documents';
import { readReport, reportHtml } from '../report/index.js';
import { SERVE_TOKEN, useBenchForEach } from '../test/dashboard-bench.js';
import { textOf } from '../test/page-texts.js';
import { Link } from '../test/share-link.js';

const at = useBenchForEach({ products: { orders: { name: 'Orders of 50 GB', panel: 'dcim', quota: '50GB' } } });
const SARA = { client_name: 'سارا رضایی', client_email: 'sara.rezaei@example.com', language: 'fa' };

const json = async <Document>(path: string, token = SERVE_TOKEN): Promise<Document> =>
  (await (await at.fetch(`/api/v1${path}`, { token })).json()) as Document;
const report = async (client?: string): Promise<string> => {
  const found = await readReport(at.sluice, { client, now: at.clock.now() });
  let text = '';
  for await (const part of reportHtml(at.sluice, found)) text += part;
  return text;
};

describe('the name of a service', () => {
  beforeEach(async () => {
    await at.addService(1, 'c-1');
    await at.addService(2, 'c-2');
    await at.sluice.services.set('svc-1', { name: 'Web server Paris', ...SARA });
    await at.sluice.services.set('svc-2', { client_name: 'Bob Brown', client_email: 'bob@example.com' });
    await at.sluice.poll();
  });

  it('stands before its id on the pages of staff, and so does that of its client', async () => {
    const list = textOf(await at.page('/'));
    expect(list).toContain('Web server Paris svc-1 سارا رضایی c-1');
    expect(list).toContain('svc-2 Bob Brown c-2');
    const page = textOf(await at.page('/services/svc-1'));
    expect(page).toContain('Web server Paris (svc-1)');
    expect(page).toContain('Client سارا رضایی c-1');
    expect(page).toContain('sara.rezaei@example.com');
    expect(page).toContain('Language fa');
    await at.sluice.services.set('svc-1', { product: 'orders' });
    expect(textOf(await at.page('/services/svc-1'))).toContain('Product Orders of 50 GB orders');
    at.clock.advance(2000);
    expect(textOf(await at.page('/'))).toContain('Orders of 50 GB');
    expect(textOf(await at.page('/products'))).toContain('Orders of 50 GB orders');
  });

  it('is found by the search, as the name and the address of its client are', async () => {
    for (const q of ['paris', 'رضایی', 'rezaei']) {
      const { services } = await json<OverviewReport>(`/overview?search=${encodeURIComponent(q)}`);
      expect([q, services.items.map(({ id }) => id)]).toEqual([q, ['svc-1']]);
      expect(textOf(await at.page(`/?q=${encodeURIComponent(q)}`))).toContain('1 of 2');
    }
  });

  it('stands on the pages of its client, who sees nobody else’s', async () => {
    const link = await Link.open(at, { client: 'c-1' });
    const [list, page] = [await link.text('/'), await link.text('/services/svc-1')];
    for (const text of [list, page]) expect(text).toMatch(/<h1[^>]*>Web server Paris \(svc-1\)<\/h1>/);
    for (const text of [list, page]) expect(text).not.toMatch(/Bob|bob@|sara\.rezaei/);
    for (const path of ['/', '/services/svc-1'])
      expect(await (await link.get(path)).text()).toMatch(/<div class="who">\s*<bdi>سارا رضایی<\/bdi/);
    const own = await at.token('read', 'client:c-1');
    const detail = await json<ServiceDetail>('/services/svc-1', own);
    expect(detail).toMatchObject({ name: 'Web server Paris', clientName: SARA.client_name, clientEmail: null });
    expect((await at.fetch('/api/v1/services/svc-2', { token: own })).status).toBe(404);
    expect(JSON.stringify(await json('/services?search=Bob', own))).not.toContain('Bob');
  });

  it('heads its parts in other sites', async () => {
    const service = await json<EmbeddedService>('/embedded/services/svc-1?for=customer');
    const client = await json<EmbeddedClient>('/embedded/clients/c-1');
    expect(service.title).toBe('Web server Paris (svc-1)');
    expect(client.services.map(({ title }) => title)).toEqual(['Web server Paris (svc-1)']);
    expect(JSON.stringify(client)).not.toMatch(/Bob|sara\.rezaei/);
  });

  it('stands in reports', async () => {
    expect(textOf(await report())).toMatch(/Web server Paris svc-1 سارا رضایی c-1/);
    const own = await report('c-1');
    expect(own).toContain('<title>گزارش مصرف سارا رضایی');
    expect(own).not.toMatch(/Bob|rezaei@/);
  });

  it('is said in notices, whose keys stay when it changes', async () => {
    at.panel.addTraffic(501, { in: 200e9, out: 0 });
    at.clock.advance(3_600_000);
    const { notices } = await at.sluice.poll({ allowMass: true });
    expect(notices.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^Web server Paris \(svc-1\) /));
    const keys = async (): Promise<string[]> => (await at.store.notices.list({ limit: 100 })).map(({ key }) => key);
    const before = await keys();
    await at.sluice.services.set('svc-1', { name: 'Web server Rome' });
    await at.sluice.poll();
    expect(await keys()).toEqual(before);
    expect(before.join(' ')).not.toContain('Paris');
  });
});

it('hostile names are text on every page', async () => {
  const hostile = '"><script>alert(1)</script>\u202Egnp.exe\n\u001B[31m=cmd';
  await at.addService(1, 'c-1');
  await at.sluice.services.set('svc-1', { name: hostile, client_name: `${hostile} ${'x'.repeat(100)}` });
  await at.sluice.poll();
  const link = await Link.open(at, { client: 'c-1' });
  const texts = [
    await at.page('/'),
    await at.page('/services/svc-1'),
    await link.text('/'),
    await link.text('/services/svc-1'),
    await report(),
    await report('c-1'),
    (await json<EmbeddedService>('/embedded/services/svc-1?for=customer')).parts.map(({ html }) => html).join(''),
  ];
  for (const text of texts) for (const part of ['<script>alert', '\u202E', '\u001B']) expect(text).not.toContain(part);
  for (const text of texts.slice(0, 6)) expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt; gnp.exe');
});
