import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FakeHiddify, manualClock, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import jsQR from 'jsqr';
import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import { accessibilityProblems, because, launch, whyNotMore } from '../../test/browser/browser.js';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { Link } from '../../test/share-link.js';

let at: DashboardBench;
let panel: FakeHiddify;
let browser: Browser;
let link: Link;
let own: string;
if (whyNotMore === null) {
  beforeAll(async () => {
    browser = await launch();
    panel = await startFakeHiddify({ now: manualClock('2026-11-20T12:00:00Z').now });
    const access = { kind: 'hiddify', url: panel.url, apiKey: panel.key, allowHttp: true, retries: 0 };
    at = await startBench({
      fakes: [panel],
      kinds: [hiddify],
      panels: { vpn: { ...access, publicUrl: 'https://vpn.example.com', clientPath: 'subscribe' } },
      products: { vpn: { panel: 'vpn', quota: { total: '40GB' } } },
    });
    const row = { status: 'active', billing_cycle: 'monthly', next_due_date: '2026-12-01', client: 'c-1' };
    await at.sluice.services.add('vpn-1', { ...row, panel: 'vpn', product: 'vpn' });
    await at.sluice.provision.create('vpn-1');
    await at.sluice.poll();
    const { access: shown } = await at.sluice.services.show('vpn-1');
    own = shown?.links[0]?.url ?? '';
    link = await Link.open(at, { client: 'c-1' });
  });
  afterAll(async () => {
    await browser.close();
    await at.close();
  });
}

const inBrowser = whyNotMore === null ? it : it.skip;

inBrowser.each([
  [360, 'light', 'en'],
  [360, 'dark', 'fa'],
  [1440, 'dark', 'en'],
  [1440, 'light', 'fa'],
] as const)(
  `a camera reads the code of a link from the page at %d px, %s, %s${because(whyNotMore)}`,
  async (width, scheme, language) => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
    try {
      const page = await context.newPage();
      await page.goto(`${at.dashboard.url}/share/${link.token}/services/vpn-1?language=${language}`);
      const { data, width: side, height } = PNG.sync.read(await page.locator('#connection').screenshot());
      expect(jsQR.default(new Uint8ClampedArray(data), side, height)?.data).toBe(own);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await page.locator('#connection summary').first().focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('#connection details[open] a').count()).toBe(3);
      expect(await accessibilityProblems(page)).toEqual([]);
    } finally {
      await context.close();
    }
  },
);
