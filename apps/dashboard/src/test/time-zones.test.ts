import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { shortTime } from '@sluice/charts/time';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { readReport, reportHtml } from '../report/index.js';
import { type DashboardBench, SERVE_TOKEN, startBench } from './dashboard-bench.js';
import { type OtherPanels, startOtherPanels } from './other-panels.js';
import { extractMain, Link } from './share-link.js';

const ZONES = { relay: 'Asia/Shanghai', vpn: 'Asia/Tehran', voice: 'America/Sao_Paulo', config: 'Europe/Berlin' };
const DATE_TIME = /\b\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}\b(?! UTC)/;

let at: DashboardBench;
let others: OtherPanels;
let cookie: string;
beforeAll(async () => {
  others = await startOtherPanels();
  const { relay, vpn, voice } = others.config;
  at = await startBench({
    config: { timeZone: ZONES.config },
    kinds: [astbilling, hiddify, flvx],
    panels: {
      relay: { ...relay, timeZone: ZONES.relay },
      vpn: { ...vpn, timeZone: ZONES.vpn },
      voice: { ...voice, timeZone: ZONES.voice },
    },
    products: {
      relay: { panel: 'relay', quota: { total: '100GB' }, packages: ['extra-50'], flvx: { tunnelId: others.tunnel } },
      line: { panel: 'voice', astbilling: { planId: 11 } },
    },
  });
  await at.addService(1, 'c-1', 20);
  const cycle = { billing_cycle: 'monthly', next_due_date: '2026-12-01' };
  await at.sluice.services.add('relay-1', {
    panel: 'relay',
    product: 'relay',
    client: 'c-1',
    status: 'active',
    ...cycle,
  });
  await at.sluice.provision.create('relay-1');
  const line = { panel: 'voice', product: 'line', client: 'c-1', status: 'active' };
  await at.sluice.services.add('line-1', { ...line, astbilling_subscriber_id: '9001' });
  await at.sluice.agents.check();
  await at.sluice.poll();
  await at.sluice.overrides.set('relay-1', { quota: '90GB' });
  await at.sluice.calls.bill({ service: 'line-1', period: '2026-10' });
  cookie = await at.login();
}, 60_000);
afterAll(async () => {
  await at.close();
  await others.close();
});

/** Returns what a page shows wrongly: instants outside the zone that it names, and instants without a zone. */
function findUnnamed(page: string, zone: string): string[] {
  const times = [...page.matchAll(/<time datetime="([^"]*)"[^>]*>([^<]*)<\/time\s*>/g)];
  const wrong = times.flatMap(([, instant = '', text = '']) =>
    text.endsWith(' ago') || text.includes(' UTC') || text.startsWith(shortTime(Date.parse(instant), zone))
      ? []
      : [text],
  );
  const rest = page.replaceAll(/<time[\s\S]*?<\/time\s*>|<svg[\s\S]*?<\/svg\s*>|<[^>]*>/g, ' ');
  const [bare] = DATE_TIME.exec(rest) ?? [];
  return bare === undefined ? wrong : [...wrong, `without a zone: ${bare}`];
}

function zoneOfFoot(page: string): string {
  return /Times: ([\w/]+)/.exec(page)?.[1] ?? 'none';
}

describe('the pages of operators', () => {
  it.each([
    ['/', ZONES.config],
    ['/services/relay-1', ZONES.relay],
    ['/services/line-1', ZONES.voice],
    ['/services/svc-1', ZONES.config],
    ['/panels', ZONES.config],
    ['/panels/relay', ZONES.relay],
    ['/agents', ZONES.config],
    ['agent', ZONES.vpn],
    ['/products', ZONES.config],
    ['/log', ZONES.config],
    ['/bills', ZONES.config],
    ['/calls?panel=voice', ZONES.voice],
    ['/lines?panel=voice', ZONES.voice],
    ['/lines/9001?panel=voice', ZONES.voice],
    ['/dids?panel=voice', ZONES.voice],
  ])('%s names the zone of its times at the foot, and has no other without a name', async (path, zone) => {
    const own = path === 'agent' ? `/agents/${others.agent}?panel=vpn` : path;
    const answer = await at.fetch(own, { cookie });
    const page = await answer.text();
    expect([path, answer.status, zoneOfFoot(page)]).toEqual([path, 200, zone]);
    expect([path, ...findUnnamed(page, zone)]).toEqual([path]);
  });

  it('write periods as dates of their panel, months as such, and name the zone where the page has another', async () => {
    const read = async (path: string): Promise<string> => extractMain(await (await at.fetch(path, { cookie })).text());
    expect(await read('/bills')).toContain('October 2026 (America/Sao_Paulo)');
    const relay = await read('/services/relay-1');
    expect(relay).toMatch(/<dt>Cycle<\/dt> ?<dd>November 2026<\/dd>/);
    expect(relay).toContain('in the cycle until 1 Dec 2026');
  });
});

describe('the pages of clients', () => {
  it('name the zone of their times, and write periods as dates of the panel', async () => {
    const link = await Link.open(at, { client: 'c-1' });
    for (const [path, zone] of [
      ['/', ZONES.config],
      ['/services/relay-1', ZONES.relay],
      ['/services/line-1', ZONES.voice],
    ] as const) {
      const page = await (await link.get(path)).text();
      expect([path, zoneOfFoot(page), ...findUnnamed(page, zone)]).toEqual([path, zone]);
    }
    expect(await link.text('/')).toContain('1 Dec 2026 (Asia/Shanghai)');
    const relay = await link.text('/services/relay-1');
    expect(relay).toMatch(/<dt>Period<\/dt> ?<dd>November 2026<\/dd>[\s\S]*<dt>Next due date<\/dt> ?<dd>1 Dec 2026/);
    expect(await link.text('/services/line-1')).toMatch(/<th scope="row" ?>October 2026<\/th>/);
  });

  it('name it in the parts for other sites, and in their summary', async () => {
    for (const [path, zone] of [
      ['/services/relay-1?for=customer', ZONES.relay],
      ['/services/relay-1?for=staff', ZONES.relay],
      ['/services/line-1?for=customer', ZONES.voice],
      ['/clients/c-1', ZONES.config],
      ['/overview', ZONES.config],
    ] as const) {
      const answer = await at.fetch(`/api/v1/embedded${path}`, { token: SERVE_TOKEN });
      const { timeZone, parts, summary } = (await answer.json()) as Record<string, string> & {
        parts: { html: string }[];
      };
      expect([path, timeZone]).toEqual([path, zone]);
      expect([path, ...parts.flatMap(({ html }) => findUnnamed(html, zone))]).toEqual([path]);
      if (path.includes('relay-1?for=customer')) expect(summary).toContain('until 1 Dec 2026 (Asia/Shanghai)');
    }
  });
});

it('the report names the zone of its times, and that of periods of other zones', async () => {
  let page = '';
  for await (const part of reportHtml(at.sluice, await readReport(at.sluice, { client: 'c-1', now: at.clock.now() })))
    page += part;
  expect(findUnnamed(page, ZONES.config)).toEqual([]);
  expect(page).toContain('1 Dec 2026 (Asia/Shanghai)');
});
