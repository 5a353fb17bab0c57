import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EmbeddedService } from '@sluice/contract/documents';
import type { ServiceDetail } from '@sluice/engine';
import { type FakeHiddify, manualClock, readQr, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { Link } from '../../test/share-link.js';

const PUBLIC = 'https://vpn.example.com';

let at: DashboardBench;
let panel: FakeHiddify;
let link: Link;
let client: string;

beforeAll(async () => {
  const { now } = manualClock('2026-11-20T12:00:00Z');
  panel = await startFakeHiddify({ now });
  const vpn = { kind: 'hiddify', url: panel.url, apiKey: panel.key, allowHttp: true, retries: 0, publicUrl: PUBLIC };
  at = await startBench({
    fakes: [panel],
    kinds: [hiddify],
    panels: { vpn: { ...vpn, clientPath: 'subscribe' }, bare: vpn },
    products: {
      vpn: { panel: 'vpn', quota: { total: '40GB' } },
      bare: { panel: 'bare', quota: { total: '40GB' } },
    },
  });
  const row = { status: 'active', billing_cycle: 'monthly', next_due_date: '2026-12-01' };
  for (const [id, product, client] of [
    ['own', 'vpn', 'c-1'],
    ['other', 'vpn', 'c-2'],
    ['bare', 'bare', 'c-1'],
  ] as const) {
    await at.sluice.services.add(id, { ...row, panel: product, product, client });
    await at.sluice.provision.create(id);
  }
  await at.sluice.poll();
  link = await Link.open(at, { client: 'c-1' });
  client = await at.token('read', 'client:c-1');
});
afterAll(() => at.close());

const pageOf = async (id: string): Promise<string> => (await link.get(`/services/${id}`)).text();
const linkOf = async (id: string): Promise<string> => {
  const { refs } = await at.sluice.services.show(id);
  return `${PUBLIC}/subscribe/${refs['hiddify_user_uuid'] ?? ''}/`;
};
const detail = async (path: string, token?: string): Promise<ServiceDetail> =>
  (await at.call(`GET ${path}`, { token })).json as unknown as ServiceDetail;

describe('the connection of a VPN client', () => {
  it('is the link of its user, whole in a field and masked elsewhere, with a code that another program reads', async () => {
    const [page, url] = [await pageOf('own'), await linkOf('own')];
    expect(page).toMatch(new RegExp(`<input[^>]* value="${url}" data-copy="${url}" dir="ltr" readonly />`));
    expect(page.replaceAll(/(?:value|data-copy|href)="[^"]*"/g, '')).not.toContain(url.slice(-37, -1));
    expect(page).toContain('aria-label="QR code of your subscription link"');
    expect(await readQr(page)).toBe(url);
  });

  it('opens in the usual apps, by device', async () => {
    const [page, url] = [await pageOf('own'), await linkOf('own')];
    const lists = [...page.matchAll(/<details>\s*<summary>([^<]*)<\/summary>([\s\S]*?)<\/details>/g)];
    const apps = lists.map(([, device, list = '']) => [
      device,
      [...list.matchAll(/href="([a-z\d-]+):/g)].map((one) => one[1]),
    ]);
    expect(apps).toEqual([
      ['Android', ['v2rayng', 'sing-box', 'flclash']],
      ['iPhone and iPad', ['streisand', 'shadowrocket', 'sing-box', 'stash']],
      ['Windows', ['clash', 'flclash']],
      ['Mac', ['streisand', 'sing-box', 'clash', 'flclash']],
      ['Linux', ['clash', 'flclash']],
    ]);
    expect(page).toContain(`class="button button-main" href="hiddify://import/${url}"`);
    const hrefs = new Set([...page.matchAll(/href="((?!https?:|\/|#)[^"]*:[^"]*)"/g)].map(([, href = '']) => href));
    const readBack = [...hrefs]
      .filter((href) => !href.startsWith('data:'))
      .map((href) => {
        const [, query] = /\?url=(.*)$/.exec(href) ?? [];
        if (query !== undefined) return decodeURIComponent(query).replace(/clashmeta\/$/, '');
        return href.startsWith('shadowrocket:')
          ? atob(href.replace('shadowrocket://add/sub://', ''))
          : href.replace(/^\w+:\/\/import\//, '');
      });
    expect(new Set(readBack)).toEqual(new Set([url]));
  });

  it('is in documents of its client and of staff who may read, and of nobody else', async () => {
    const url = await linkOf('own');
    const stranger = await at.token('read', 'client:c-2');
    const staff = await at.token('read');
    for (const token of [client, staff]) {
      const { access } = await detail('/services/own', token);
      expect(access).toMatchObject({ url: PUBLIC, links: [{ url, unknown: null }] });
      expect(access?.apps?.[0]).toEqual({
        name: 'Hiddify',
        platforms: ['android', 'ios', 'windows', 'macos', 'linux'],
        url: `hiddify://import/${url}`,
      });
    }
    expect((await at.call('GET /services/own', { token: stranger })).status).toBe(404);
    expect(JSON.stringify(await detail('/services', staff))).not.toContain('subscribe/');
    expect(JSON.stringify(await detail('/services/own/explanation', client))).not.toContain('subscribe/');
    const embedded = (await at.call('GET /embedded/services/own?for=customer')).json as unknown as EmbeddedService;
    const part = embedded.parts.find(({ id }) => id === 'connection');
    expect(await readQr(part?.html ?? '')).toBe(url);
    expect(part?.html).toContain(`href="hiddify://import/${url}"`);
    const elsewhere = await (await at.fetch(`/share/${(await Link.open(at, { client: 'c-2' })).token}`)).text();
    expect(elsewhere).not.toContain(url);
    const secret = url.slice(-37, -1);
    const logged = JSON.stringify([...(await at.sluice.log.list({ kinds: ['api'] })).entries]);
    expect(logged).not.toContain(secret);
  });

  it('is the same while the panel is down, since it is known without it', async () => {
    const url = await linkOf('own');
    panel.server.inject({ fault: { kind: 'status', status: 503 } });
    at.clock.advance(3_600_000);
    await at.sluice.poll();
    expect(await readQr(await pageOf('own'))).toBe(url);
    panel.server.clearFaults();
    await at.sluice.poll();
  });

  it('is said to be missing where the config lacks what it needs, without words for operators', async () => {
    const page = await pageOf('bare');
    expect(page).toContain('The link can’t be shown. Please ask your provider.');
    expect(page).not.toMatch(/class="qr"|clientPath|CLIENT-PATH|hiddify:\/\//);
    const { access } = await detail('/services/bare', client);
    expect(access?.links[0]?.unknown).toBe('The provider has not set up this link yet');
    expect((await detail('/services/bare')).access?.links[0]?.unknown).toContain('panels.bare.clientPath');
  });

  it('says why it does not work while the service is restricted, and that it has ended', async () => {
    await at.sluice.provision.suspend('own');
    const held = await pageOf('own');
    expect(held).toMatch(/The connection does not work at present\.\s*\S/);
    expect(await readQr(held)).toBe(await linkOf('own'));
    panel.server.inject({ fault: { kind: 'status', status: 503 } });
    at.clock.advance(3_600_000);
    await at.sluice.poll();
    const part = /id="connection"[\s\S]*?<\/section>/.exec(await pageOf('own'))?.[0] ?? '';
    expect(part).toContain('The connection does not work at present.');
    // It has no figures that could be old.
    expect(part).not.toContain('be read');
    panel.server.clearFaults();
    await at.sluice.poll();
    await at.sluice.provision.unsuspend('own');
    expect(await pageOf('own')).not.toContain('does not work at present');
    await at.sluice.provision.terminate('own');
    const ended = await pageOf('own');
    expect(ended).toContain('The service has ended: its connection does not work any more.');
    expect(ended).not.toMatch(/class="qr"|hiddify:\/\//);
    expect((await detail('/services/own')).access).toBeNull();
  });
});
