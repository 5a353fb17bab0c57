import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import type { EmbeddedClient, EmbeddedService } from '@sluice/contract/documents';
import { type DashboardBench, GB, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { validator } from '../test/json-schema.js';

const HOSTILE = '"><script>alert(1)</script>\u202Egnp.exe';
/** What pages of other sites must not get: forms, scripts, styles, links of ours. */
const UNFIT = /<form|<input|<button|<script|<style|\sstyle=|\son\w+=|<a\b(?![^>]*href="https?:)|<link|\u202E/i;

let at: DashboardBench;
let voice: FakeAstbilling;
let own: string;
let validate: ReturnType<typeof validator>;
beforeAll(async () => {
  const { now } = manualClock('2026-11-20T12:00:00Z');
  voice = await startFakeAstbilling({ now });
  const plan = voice.add('plans', { id: '11', name: HOSTILE });
  const customer = voice.addCustomer({ id: '501', name: 'João da Silva', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  voice.addDid({ number: '+551142000001', subscriber: line });
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling, flvx],
    panels: {
      voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0, timeout: '1s' },
      relay: { kind: 'flvx', url: 'https://relay.example.com', username: 'admin', password: 'panel-secret-77' },
    },
    products: { line: { panel: 'voice', astbilling: { planId: 11 } }, relay: { panel: 'relay' } },
  });
  await at.addService(1, 'c-1', 120);
  await at.addService(2, HOSTILE, 1);
  const phone = { panel: 'voice', product: 'line', client: 'c-1', status: 'active', astbilling_subscriber_id: line };
  await at.sluice.services.add('line-1', phone);
  const account = { flvx_user_id: '7', flvx_username: 'customer7' };
  await at.sluice.services.add('relay-1', { panel: 'relay', product: 'relay', client: 'c-1', ...account });
  await at.sluice.poll({ panel: 'dcim' });
  own = await at.token('read', 'client:c-1');
  validate = validator((await (await at.fetch('/api/v1/openapi.json')).json()) as never);
});
afterAll(() => at.close());

/** Returns a document, which is as OpenAPI says and fit for other sites. */
async function read<Document>(path: string, token = SERVE_TOKEN): Promise<Document> {
  const answer = await at.fetch(`/api/v1/embedded${path}`, { token });
  const document = (await answer.json()) as Document & { parts: { id: string; html: string }[] };
  expect([path, ...validate('GET', `/embedded${path.split('?')[0] ?? ''}`, answer.status, document)]).toEqual([path]);
  const ids = document.parts.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { html } of document.parts) {
    expect(html).not.toMatch(UNFIT);
    // WHMCS shows them while Sluice is away: an age would be wrong by then.
    expect(html).not.toMatch(/\d (s|min|h|days?) ago\b/);
  }
  const text = JSON.stringify(document);
  expect(text).not.toMatch(/secret|password_set|12345678909/);
  expect(text).not.toContain(SERVE_TOKEN);
  return document;
}
const forCustomer = (id: string, token?: string) =>
  read<EmbeddedService>(`/services/${encodeURIComponent(id)}?for=customer`, token);
const forStaff = (id: string) => read<EmbeddedService>(`/services/${encodeURIComponent(id)}?for=staff`);
const findPart = ({ parts }: { parts: EmbeddedService['parts'] }, id: string): string =>
  parts.find((part) => part.id === id)?.html.replace(/\s+/g, ' ') ?? `no part ${id}`;

describe('what a customer sees of a service', () => {
  it('are the parts of its page with usage, period and graph, and what it can buy', async () => {
    const document = await forCustomer('svc-1', own);
    expect(document).toMatchObject({
      service: 'svc-1',
      summary: 'restricted: 120 GB of 100 GB used until 15 Dec 2026 (UTC)',
      readAt: '2026-11-20T12:00:00.000Z',
      packages: [
        {
          package: 'extra-50',
          label: 'extra-50: 50 GB, 5.00 EUR',
          agreed: { price: '5.00', currency: 'EUR', bytes: 50 * GB, taxed: false },
        },
      ],
      ...{ billing: 'ledger', topUpUrl: null, loginLink: false },
    });
    expect(document.parts.map(({ id }) => id)).toEqual(['now', 'usage', 'packages', 'auto-buy', 'graph']);

    const now = findPart(document, 'now');
    expect(now).toMatch(/now-bad.*The service is restricted\. .*used up\..*The service comes back on 15 Dec 2026\./);
    expect(now).toContain('<strong>Ask your provider</strong>');
    expect(findPart(document, 'usage')).toMatch(/class="bar bar-bad".*120%.*15 Dec 2026/);
    expect(findPart(document, 'graph')).toContain('id="usage-svc-1-wide-title"');
    expect(findPart(document, 'packages')).toContain('paid from your credit at once');
  });

  it('are no packages where the service has ended', async () => {
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    const document = await forCustomer('svc-1', own);
    await at.sluice.services.set('svc-1', { status: 'active' });
    expect([document.packages, document.parts.map(({ id }) => id)]).toEqual([[], ['now', 'usage', 'graph']]);
  });

  it('have the login of its panel as a link', async () => {
    const document = await forCustomer('relay-1', own);
    expect(document.loginLink).toBe(true);
    expect(findPart(document, 'account')).toContain('<a href="https://relay.example.com"');
    expect(findPart(document, 'account')).toContain('customer7');
  });

  it('have the last good figures of its line with their age while the panel is away', async () => {
    const before = await forCustomer('line-1', own);
    expect(before).toMatchObject({ summary: 'active', readAt: null });
    expect(findPart(before, 'line')).toContain('1142000001');
    expect(findPart(before, 'line')).toContain('&lt;script&gt;');
    expect(before.parts.map(({ id }) => id)).toEqual(['now', 'usage', 'line', 'calls', 'bills']);
    voice.server.inject({ fault: { kind: 'status', status: 500 } });
    at.clock.advance(31_000);
    const after = await forCustomer('line-1', own);
    voice.server.clearFaults();
    expect(findPart(after, 'line')).toContain('can’t be reached at the moment. This is from');
    expect(findPart(after, 'line')).toContain('1142000001');
  });
});

describe('what staff see of a service', () => {
  it('are its state with reasons, references, allowance, holds and changes, without forms', async () => {
    const document = await forStaff('svc-1');
    expect(document.summary).toBe('held: 120 GB of 100 GB (120%) are used');
    expect(findPart(document, 'state')).toMatch(/svc-1 is held since .*server id <bdi>301/);
    expect(findPart(document, 'allowance')).toContain('100 GB');
    expect(findPart(document, 'holds')).toContain('quota');
    for (const id of ['graph', 'purchases', 'cycles', 'changes'])
      expect(findPart(document, id)).not.toMatch(/^no part/);
  });

  it('has the line of a telephony service as the panel has it now', async () => {
    expect(findPart(await forStaff('line-1'), 'line')).toContain('+551142000001');
    voice.server.inject({ fault: { kind: 'status', status: 500 } });
    const away = findPart(await forStaff('line-1'), 'line');
    voice.server.clearFaults();
    expect(away).toContain('+551142000001');
    expect(away).toContain('This was read');
  });
});

it('lists the services of a client, and all services for staff', async () => {
  const client = await read<EmbeddedClient>('/clients/c-1', own);
  expect(client.services.map(({ service }) => service).sort()).toEqual(['line-1', 'relay-1', 'svc-1']);
  expect(findPart(client, 'services')).toMatch(/<span><bdi>svc-1/);
  const other = await read<EmbeddedClient>(`/clients/${encodeURIComponent(HOSTILE)}`);
  expect(other.services.map(({ service }) => service)).toEqual(['svc-2']);
  const overview = await read<EmbeddedClient>('/overview');
  expect(overview.parts.map(({ id }) => id)).toEqual(['totals', 'events', 'holds', 'services', 'panels', 'runs']);
  expect(findPart(overview, 'totals')).toContain('<span class="tile tile-bad">');
  expect(findPart(overview, 'services')).toContain('&lt;script&gt;');
});

it('shows the token of a client what clients see of its own services only', async () => {
  const status = async (path: string) => (await at.fetch(`/api/v1/embedded${path}`, { token: own })).status;
  expect(await status('/services/svc-1?for=staff')).toBe(403);
  expect(await status('/overview')).toBe(403);
  expect(await status('/services/svc-2?for=customer')).toBe(404);
  expect(await status('/clients/c-2')).toBe(404);
  expect(await status('/services/svc-1?for=everyone')).toBe(400);
});
