import { describe, expect, it } from '@jest/globals';
import type { CommandReport } from '@sluice/engine';
import { startFakeFlvx } from '@sluice/fake-panels';
import { benchForEachTest, closeAfterTest } from '../../each-test.js';
import { itWithPanel, PanelApi, password, reason, type Row, url, username, workingTunnel } from '../flvx/real-flvx.js';
import { CustomerPages, type ReadPage, readTable } from './customer-pages.js';
import { PANEL_MS, runOn } from './staff.js';

const DAY = 86_400_000;
const GB = 1024 ** 3;

const bench = benchForEachTest(Date.now());
const run = runOn(bench);

/** A panel with its administrator, and a tunnel of it whose node reports traffic with a secret. */
interface Relay {
  url: string;
  admin: PanelApi;
  tunnel: number;
  secret: string;
}

async function openRelay(address: string, user: string, secret: string): Promise<Relay> {
  const at = address.replace(/\/+$/, '');
  const admin = await PanelApi.login(user, secret, at);
  const tunnel = await workingTunnel(admin);
  bench.env['FLVX_PASSWORD'] = secret;
  bench.write(
    'sluice.yaml',
    `timeZone: UTC
currency: EUR
panels:
  relay: { kind: flvx, url: "${at}", publicUrl: "${at}", allowHttp: true, username: "${user}", password: "\${env:FLVX_PASSWORD}" }
packages:
  extra-50: { name: Fifty more, traffic: 50GB, price: "4.00" }
products:
  small: { panel: relay, quota: { total: 100GB }, packages: [extra-50], flvx: { tunnelId: ${tunnel.id} } }
`,
  );
  return { url: at, admin, tunnel: tunnel.id, secret: tunnel.secret };
}

/** A customer with the login of its account, and what the panel has of it. */
class Customer {
  constructor(
    private readonly relay: Relay,
    readonly id: number,
  ) {}

  async user(): Promise<Row | undefined> {
    return (await this.relay.admin.post('/user/list')).find((row) => row.id === this.id);
  }

  /** GB that the panel has counted, rounded as pages do. */
  async usedGb(): Promise<number> {
    const { inFlow, outFlow } = (await this.user()) as Row & { inFlow: number; outFlow: number };
    return Math.round(((inFlow + outFlow) / GB) * 100) / 100;
  }

  async forwards(): Promise<string[]> {
    const rows = await this.relay.admin.forwards(this.id);
    return rows.map(({ name, status }) => `${name} ${status === 1 ? 'active' : 'off'}`).sort();
  }

  /** Traffic through a forward, as its node reports it. */
  async traffic(name: string, bytes: number): Promise<void> {
    const forward = (await this.relay.admin.forwards(this.id)).find((row) => row.name === name)!;
    const [permission] = await this.relay.admin.permissions(this.id);
    const body = JSON.stringify([{ n: `${forward.id}_${this.id}_${permission!.id}_tcp`, u: bytes, d: 0 }]);
    await fetch(`${this.relay.url}/flow/upload?secret=${this.relay.secret}`, { method: 'POST', body });
  }
}

/** Returns used and allowed GB, as a page in English has them. */
function readUsage(text: string): number[] {
  return (/([\d.]+) GB of ([\d.]+) GB/.exec(text) ?? []).slice(1).map(Number);
}

/** Returns the forwards of a page with their states. */
function readForwards(page: ReadPage): string[] {
  return readTable(page, 'Forwards')
    .map((cells) => String(cells.at(0)))
    .sort();
}

/** Gets a new password on the page, which the panel accepts in place of the former one. */
async function changePassword(pages: CustomerPages, relay: Relay, former: string): Promise<Login> {
  const asked = await pages.read('/services/svc-1/password');
  const answer = await pages.send(asked, '/password');
  const [, login = ''] = /<code>(?:<[^>]*>)?(sl-\w+)/.exec(answer.html) ?? [];
  const [, secret = ''] = /data-copy="([^"]+)"/.exec(answer.html) ?? [];
  await expect(PanelApi.login(login, former, relay.url)).rejects.toThrow(/账号或密码错误/);
  return () => PanelApi.login(login, secret, relay.url);
}

/** Logs in on the panel with the password of the page. */
type Login = () => Promise<PanelApi>;

async function live(relay: Relay): Promise<void> {
  const due = new Date(bench.clock.now() + 20 * DAY).toISOString().slice(0, 10);
  await run(`service add svc-1 panel=relay product=small client=42 billing_cycle=monthly next_due_date=${due}`);
  const created = await run<CommandReport>('provision create svc-1');
  const customer = new Customer(relay, Number(created.service.refs['flvx_user_id']));
  try {
    const pages = await CustomerPages.open(bench, '42', '--may-buy --may-change-password');
    const logIn = await changePassword(pages, relay, created.credentials?.password ?? '');
    await use(relay, { pages, customer, own: await logIn() });

    await run('provision suspend svc-1');
    const suspended = await pages.read('/services/svc-1');
    expect(suspended.text).toContain('State restricted');
    expect(await customer.forwards()).toEqual(['game off', 'web off']);
    await expect(logIn()).rejects.toThrow(/账号被停用/);
    await run('provision unsuspend svc-1');
    await logIn();
    expect(await customer.forwards()).toEqual(['game off', 'web active']);
    expect((await pages.read('/services/svc-1')).text).toContain('State active');

    await run('provision terminate svc-1 --yes');
    expect(await customer.user()).toBeUndefined();
    expect((await pages.read('/services/svc-1')).text).toContain('State terminated');
  } finally {
    if ((await customer.user()) !== undefined) await relay.admin.post('/user/delete', { id: customer.id });
  }
}

interface Using {
  pages: CustomerPages;
  customer: Customer;
  own: PanelApi;
}

/** The customer makes forwards, uses them until they stop, and buys more. */
async function use({ tunnel, url: address }: Relay, { pages, customer, own }: Using): Promise<void> {
  const page = (language?: string): Promise<ReadPage> => pages.read('/services/svc-1', language);
  for (const name of ['web', 'game'])
    await own.post('/forward/create', { tunnelId: tunnel, name, remoteAddr: '198.51.100.20:443' });
  const game = (await own.post('/forward/list')).find(({ name }) => name === 'game');
  await own.post('/forward/pause', { id: game?.id });
  await customer.traffic('web', 20.5 * GB);
  await run('poll --allow-mass');
  const first = await page();
  expect(readUsage(first.text)).toEqual([await customer.usedGb(), 100]);
  expect(readForwards(first)).toEqual(await customer.forwards());
  expect(readForwards(first)).toEqual(['game off', 'web active']);
  const login = String((await customer.user())?.['user']);
  expect(first.text).toContain(`Log in at ${address} User name ${login}`);
  expect(first.text).toContain('Forwards 2 of 10');
  for (const { name, inPort, remoteAddr } of await own.post('/forward/list')) {
    const [, listens, target] = readTable(first, 'Forwards').find(([shown = '']) => shown.startsWith(`${name} `)) ?? [];
    expect([name, listens, target]).toEqual([
      name,
      expect.stringMatching(new RegExp(`:${String(inPort)}$`)),
      remoteAddr,
    ]);
  }

  await customer.traffic('web', 110 * GB);
  await run('poll --allow-mass');
  expect(await customer.forwards()).toEqual(['game off', 'web off']);
  const held = await page();
  expect(readUsage(held.text)).toEqual([await customer.usedGb(), 100]);
  expect(held.text).toContain('The service is restricted. The traffic of this period is used up.');
  expect(readForwards(held)).toEqual(['game off', 'web paused']);
  expect((await page('zh-CN')).text).toContain('100 GB');

  const more = Math.ceil(((await customer.usedGb()) - 100) / 50) + 1;
  await run(`credit add 42 ${4 * more} --currency EUR`);
  bench.clock.advance(PANEL_MS);
  let bought = await page();
  for (let at = 0; at < more; at += 1)
    bought = await pages.send(await pages.read('/services/svc-1/buy?package=extra-50'), '/buy');
  expect(bought.path).toContain('done=');
  const allowed = 100 + 50 * more;
  expect(readUsage(bought.text)).toEqual([await customer.usedGb(), allowed]);
  expect(await customer.forwards()).toEqual(['game off', 'web active']);
  expect(await customer.user()).toMatchObject({ flow: allowed, status: 1 });
  expect(readForwards(await page())).toEqual(['game off', 'web active']);
}

describe('a relay customer reads what the panel says, from the order to the end', () => {
  it('on a fake of the panel', async () => {
    bench.clock.set('2026-11-20T12:00:00Z');
    const fake = closeAfterTest(await startFakeFlvx({ now: bench.clock.now }));
    fake.addTunnel({ name: 'HK-01', entryNodes: [fake.addNode('entry')] });
    await live(await openRelay(fake.url, 'admin_user', 'admin_user'));
  });

  itWithPanel(`on a real FLVX${reason}`, async () => {
    bench.clock.set(Date.now());
    await live(await openRelay(String(url), String(username), String(password)));
  });
});
