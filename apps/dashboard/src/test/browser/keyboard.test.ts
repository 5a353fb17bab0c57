import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type FakeFlvx,
  type FakeMailServer,
  manualClock,
  startFakeFlvx,
  startFakeMailServer,
} from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { mail } from '@sluice/notice-channels';
import type { Browser, Page } from 'playwright-core';
import { type DashboardBench, GB, startBench } from '../dashboard-bench.js';
import { type ResellerBench, startResellers } from '../reseller-bench.js';
import { Link } from '../share-link.js';
import { because, launch, visit, whyNotMore } from './browser.js';

/** Most presses of a key on the way to something on a page. */
const MOST = 60;

/** Presses Tab until what has the focus has this name, or is in the label with it. */
async function reach(page: Page, name: string): Promise<void> {
  const focused = (): Promise<string[]> =>
    page.evaluate(`(() => {
      const at = document.activeElement;
      const labels = [...(at?.labels ?? [])].map((label) => label.textContent.trim());
      return [at?.textContent?.trim() ?? '', ...labels].map((text) => text.replace(/\\s+/g, ' '));
    })()`);
  for (let pressed = 0; pressed < MOST; pressed++) {
    await page.keyboard.press('Tab');
    if ((await focused()).includes(name)) return;
  }
  throw new Error(`Tab does not lead to "${name}" on ${page.url()}`);
}

/** Presses something by the keyboard that leads to another page. */
async function press(page: Page, name: string, then: string): Promise<void> {
  await reach(page, name);
  await page.keyboard.press('Enter');
  await page.getByText(then).first().waitFor({ timeout: 10_000 });
}

/** Writes into a field, over what is in it. */
async function write(page: Page, label: string, text: string): Promise<void> {
  await reach(page, label);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
}

(whyNotMore === null ? describe : describe.skip)(`by the keyboard alone, without scripts${because(whyNotMore)}`, () => {
  let browser: Browser;
  let at: DashboardBench;
  let relay: FakeFlvx;
  let mails: FakeMailServer;
  let resellers: ResellerBench;
  beforeAll(async () => {
    const { now } = manualClock('2026-11-20T12:00:00Z');
    [relay, mails] = [await startFakeFlvx({ now }), await startFakeMailServer()];
    const tunnelId = relay.addTunnel({ name: 'HK-01', entryNodes: [relay.addNode('hk-entry')] });
    const expTime = Date.parse('2026-12-15T00:00:00Z');
    const user = relay.addUser({ user: 'sl-relay', flow: 100, expTime });
    relay.addPermission(user, tunnelId, { flow: 100, expTime });
    const client = { mail: 'staff@example.com', from: 'no-reply@example.com', smtp: mails.url, requireTls: false };
    at = await startBench({
      fakes: [relay, mails],
      kinds: [flvx],
      channels: [mail],
      panels: {
        relay: { kind: 'flvx', url: relay.url, username: 'admin_user', password: 'admin_user', allowHttp: true },
      },
      products: { relay: { panel: 'relay', quota: { total: '100GB' }, flvx: { tunnelId } } },
      config: {
        brand: { topUpUrl: 'https://pay.example.com/add', contact: 'help@example.com' },
        serve: { publicUrl: 'https://pages.example.com' },
        notify: [{ ...client, for: 'client' }],
      },
    });
    const due = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    const service = { panel: 'relay', product: 'relay', client: 'c-1', status: 'active', flvx_user_id: String(user) };
    await at.sluice.services.add('relay-1', { ...service, ...due });
    await at.addService(1, 'c-1', 120);
    await at.sluice.poll({ allowMass: true });
    resellers = await startResellers();
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await at.close();
    await resellers.at.close();
  });

  const open = async (bench: DashboardBench, path: string) => {
    const { context, page } = await visit(browser, { bench, cookie: 'none=none' }, { script: false, width: 360 });
    await page.goto(path);
    return { context, page };
  };

  it('a customer adds credit, buys, and sets automatic purchases', async () => {
    const link = await Link.open(at, { client: 'c-1', buy: true, manage: true });
    const { context, page } = await open(at, `/share/${link.token}/services/svc-1`);
    await reach(page, 'Add credit');
    expect(await page.evaluate('document.activeElement.href')).toBe('https://pay.example.com/add');
    await at.sluice.credit.add('c-1', { amount: '20.00', currency: 'EUR' });
    // Credit that was read for a page is read again half a minute later.
    at.clock.advance(31_000);
    await page.reload();
    await press(page, 'Buy extra-50 for 5.00 EUR', 'Credit afterwards');
    await press(page, 'Buy extra-50 for 5.00 EUR', 'Your service is online again');
    await reach(page, 'Buy a package when the traffic runs low');
    await page.keyboard.press('Space');
    await write(page, 'When less is left than', '15%');
    await write(page, 'At most per period (packages)', '2');
    await press(page, 'Save', 'The preference was saved.');
    const { autoBuy } = await at.sluice.autoBuy.show({ service: 'svc-1' });
    expect(autoBuy).toMatchObject({ enabled: true, threshold: '15%', maxPerCycle: 2 });
    await context.close();
  });

  it('a customer chooses mails, and where they are sent', async () => {
    const link = await Link.open(at, { client: 'c-1', manage: true });
    const { context, page } = await open(at, `/share/${link.token}`);
    await press(page, 'Choose which mails you get', 'Where they are sent');
    await reach(page, 'when a restriction ends');
    await page.keyboard.press('Space');
    await press(page, 'Save', 'This is saved.');
    const { events } = await at.sluice.notices.choices('c-1');
    expect(events.filter(({ wanted }) => !wanted).map(({ event }) => event)).toEqual(['release']);
    await write(page, 'New address', 'new@example.com');
    await press(page, 'Send a mail to confirm it', 'A mail was sent to');
    await context.close();
  });

  it('a customer gets a new password', async () => {
    const link = await Link.open(at, { client: 'c-1', changePassword: true });
    const { context, page } = await open(at, `/share/${link.token}/services/relay-1`);
    await press(page, 'Get a new password', 'replaces the present one at once');
    await press(page, 'Replace the password', 'This password is shown only now.');
    await press(page, 'Back to the service', 'The present password can’t be shown.');
    await context.close();
  });

  it('a reseller creates, extends, disables and enables a user', async () => {
    const { fake, link } = resellers;
    const { context, page } = await open(resellers.at, `/share/${link.token}`);
    await write(page, 'Name', 'cora');
    await write(page, 'Traffic in GB', '5');
    await write(page, 'Days', '10');
    await press(page, 'Create the user', '5 GB of your budget are reserved for it.');
    await press(page, 'Create the user', 'The user was created.');
    await write(page, 'Traffic to add, in GB', '2');
    await press(page, 'Extend', '2 GB of your budget are reserved for it.');
    await press(page, 'Extend', 'The user was extended.');
    await press(page, 'Disable the user', 'The user is disabled until you enable it.');
    const uuid = page.url().replace(/^.*\/users\/|\?.*$/g, '');
    expect(fake.user(uuid)).toMatchObject({ name: 'cora', usageLimit: 7 * GB, enable: false });
    await press(page, 'Enable the user', 'The user is enabled again.');
    expect(fake.user(uuid)).toMatchObject({ enable: true });
    await context.close();
  });
});
