import { describe, expect, it } from '@jest/globals';
import { readQr, startFakeHiddify } from '@sluice/fake-panels';
import { benchForEachTest, closeAfterTest } from '../../each-test.js';
import { base, itWithPanel, key, PanelApi, reason } from '../hiddify/panel-api.js';
import { CustomerPages, type ReadPage } from './customer-pages.js';
import { PANEL_MS, runOn } from './staff.js';

const DAY = 86_400_000;
const GB = 1024 ** 3;

const bench = benchForEachTest(Date.now());
const run = runOn(bench);

/** What the panel's own link of a user tells apps. */
interface Subscription {
  status: number;
  download?: number;
  total?: number;
  expire?: number;
}

/** Opens a link as an app does. */
async function openLink(link: string): Promise<Subscription> {
  const answer = await fetch(link, { redirect: 'manual', headers: { 'user-agent': 'v2rayNG/1.8.5' } });
  const told = answer.headers.get('subscription-userinfo') ?? '';
  const figures = [...told.matchAll(/(\w+)=(\d+)/g)].map(([, name = '', value]) => [name, Number(value)] as const);
  return { status: answer.status, ...Object.fromEntries(figures.filter(([name]) => name !== 'upload')) };
}

/** Returns used and allowed GB, as a page in English has them. */
function readUsage(text: string): number[] {
  return (/([\d.]+) GB of ([\d.]+) GB/.exec(text) ?? []).slice(1).map(Number);
}

/** Returns the links of a page: as text to copy, as the code that a camera reads, and as the apps get it. */
async function readLinks({ html }: ReadPage): Promise<(string | null)[]> {
  const [, copied = null] = /data-copy="([^"]*)"/.exec(html) ?? [];
  const [, imported = null] = /href="hiddify:\/\/import\/([^"]*)"/.exec(html) ?? [];
  return [copied, await readQr(html), imported];
}

const rounded = (gb: number): number => Math.round(gb * 100) / 100;

/** Orders a service of 10 GB until a day; returns the link of its user on the panel, and the user. */
async function order(panel: PanelApi, { address, secret }: Where, due: string): Promise<{ own: string; uuid: string }> {
  const { origin } = new URL(address);
  const clientPath = await panel.clientPath();
  bench.env['HIDDIFY_KEY'] = secret;
  const access = `apiKey: "\${env:HIDDIFY_KEY}", clientPath: ${clientPath}, publicUrl: "${origin}"`;
  bench.write(
    'sluice.yaml',
    `timeZone: UTC
currency: EUR
panels:
  vpn: { kind: hiddify, url: "${address}", allowHttp: true, ${access} }
packages:
  extra-5: { name: Five more, traffic: 5GB, price: "3.00" }
products:
  small: { panel: vpn, quota: { total: 10GB }, packages: [extra-5], hiddify: { packageDays: 30, mode: no_reset } }
`,
  );
  const fields = `name=sluice-life client=42 billing_cycle=monthly next_due_date=${due}`;
  await run(`service add svc-1 panel=vpn product=small ${fields}`);
  const { service } = await run<{ service: { refs: Record<string, string> } }>('provision create svc-1');
  const uuid = service.refs['hiddify_user_uuid'] ?? '';
  return { own: `${origin}/${clientPath}/${uuid}/`, uuid };
}

interface Where {
  address: string;
  secret: string;
}

/** The life of a customer, from the order to the end; what its pages show is what the panel says. */
async function live(where: Where): Promise<void> {
  const panel = new PanelApi(where.address, where.secret);
  const due = new Date(bench.clock.now() + 20 * DAY).toISOString().slice(0, 10);
  const { own, uuid } = await order(panel, where, due);
  try {
    const pages = await CustomerPages.open(bench, '42', '--may-buy');
    const page = async (language?: string): Promise<string> => (await pages.read('/services/svc-1', language)).text;
    expect(await page()).toContain('not read yet , 10 GB allowed');
    expect(await readLinks(await pages.read('/services/svc-1'))).toEqual([own, own, own]);
    expect(await openLink(own)).toEqual({ status: 200, download: 0, total: 10 * GB, expire: Date.parse(due) / 1000 });

    await panel.change(uuid, { current_usage_GB: 3.7 });
    await run('poll');
    const used = await panel.user(uuid);
    expect(readUsage(await page())).toEqual([rounded(used.current_usage_GB), used.usage_limit_GB]);
    expect(await page('fa')).toContain('۳٫۷۰ گیگابایت از ۱۰ گیگابایت');
    expect(await openLink(own)).toMatchObject({ download: Math.ceil(3.7 * GB), total: 10 * GB });

    await panel.change(uuid, { current_usage_GB: 10.25 });
    await run('poll --allow-mass');
    expect(await panel.user(uuid)).toMatchObject({ enable: false, is_active: false });
    const stopped = await page();
    expect(stopped).toContain('The service is restricted. The traffic of this period is used up.');
    expect(stopped).toContain('The connection does not work at present.');
    expect(readUsage(stopped)).toEqual([10.25, 10]);
    expect(await page('fa')).toContain('حجم این دوره تمام شده است');
    expect(await openLink(own)).toMatchObject({ status: 200, download: 10.25 * GB, total: 10 * GB });

    await buy(pages);
    expect(await panel.user(uuid)).toMatchObject({ enable: true, is_active: true, usage_limit_GB: 15 });
    expect(await openLink(own)).toMatchObject({ download: 10.25 * GB, total: 15 * GB });

    await run('provision terminate svc-1 --yes');
    expect(await panel.isThere(uuid)).toBe(false);
    const ended = await page();
    expect(ended).toContain('State terminated');
    expect(ended).toContain('The service has ended: its connection does not work any more.');
    expect(await openLink(own)).toEqual({ status: 302 });
  } finally {
    await panel.api('DELETE', `/user/${uuid}/`);
  }
}

/** Adds credit, and buys 5 GB more on the customer's page. */
async function buy(pages: CustomerPages): Promise<void> {
  await run('credit add 42 5 --currency EUR');
  bench.clock.advance(PANEL_MS);
  const asked = await pages.read('/services/svc-1/buy?package=extra-5');
  expect(asked.text).toContain('Price 3.00 EUR Your credit 5.00 EUR');
  const bought = await pages.send(asked, '/buy');
  expect([bought.status, bought.path]).toEqual([200, '/services/svc-1?done=online']);
  expect(readUsage(bought.text)).toEqual([10.25, 15]);
  expect((await pages.read()).text).toContain('2.00 EUR');
}

describe('a VPN customer reads what the panel says, from the order to the end', () => {
  it('on a fake of the panel', async () => {
    bench.clock.set('2026-11-20T12:00:00Z');
    const fake = closeAfterTest(await startFakeHiddify({ now: bench.clock.now }));
    await live({ address: fake.url, secret: fake.key });
  });

  itWithPanel(`on a real HiddifyPanel${reason}`, async () => {
    bench.clock.set(Date.now());
    await live({ address: base, secret: String(key) });
  });
});
