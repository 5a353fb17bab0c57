import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { accessibilityProblems, because, launch, whyNotMore } from '../test/browser/browser.js';
import { useBench } from '../test/dashboard-bench.js';
import { Link } from '../test/share-link.js';

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="32" viewBox="0 0 120 32" onload="document.documentElement.id='ran'">
  <script>document.documentElement.id = 'ran'; fetch('/healthz')</script>
  <style>rect { fill: #d40 }</style><rect width="120" height="32" rx="6"/>
</svg>`;

const at = useBench({
  config: {
    brand: {
      name: 'Example Hosting',
      logo: `data:image/svg+xml;base64,${Buffer.from(SVG).toString('base64')}`,
      colour: '#ffdd00',
      contact: 'help@example.com',
      terms: 'https://example.com/terms',
    },
  },
});
let browser: Browser;
let link: Link;
if (whyNotMore === null) {
  beforeAll(async () => {
    browser = await launch();
    await at.addService(1, 'c-1', 20);
    at.clock.advance(60_000);
    await at.sluice.poll();
    await at.sluice.credit.add('c-1', { amount: '12.00', currency: 'EUR' });
    link = await Link.open(at, { client: 'c-1', buy: true });
  });
  afterAll(() => browser.close());
}

const inBrowser = whyNotMore === null ? it : it.skip;

inBrowser.each([
  [360, 'light'],
  [360, 'dark'],
  [1440, 'light'],
  [1440, 'dark'],
] as const)(
  `a page for a client has the logo and readable colours at %d px, %s${because(whyNotMore)}`,
  async (width, scheme) => {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: scheme });
    try {
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('console', (message) => problems.push(message.text()));
      page.on('requestfailed', (request) => problems.push(request.url()));
      await page.goto(`${at.dashboard.url}/share/${link.token}/services/svc-1/buy?package=extra-50`);
      expect(await page.evaluate(`document.querySelector('.brand img').naturalWidth`)).toBe(120);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(problems).toEqual([]);
    } finally {
      await context.close();
    }
  },
);

inBrowser(`a logo that is opened by itself runs no script${because(whyNotMore)}`, async () => {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const requests: string[] = [];
    await page.goto(`${at.dashboard.url}/share/${link.token}`);
    const address = await page.evaluate<string>(`document.querySelector('.brand img').src`);
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(address);
    expect(await page.evaluate('[document.documentElement.localName, document.documentElement.id]')).toEqual([
      'svg',
      '',
    ]);
    expect(requests.filter((url) => url !== address)).toEqual([]);
  } finally {
    await context.close();
  }
});
