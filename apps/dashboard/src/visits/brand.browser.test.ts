import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import { brandFiles } from '../assets/brand-assets.js';
import { accessibilityProblems, because, launch, whyNotMore } from '../test/browser/browser.js';
import { useBench } from '../test/dashboard-bench.js';
import { Link } from '../test/share-link.js';

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="32" viewBox="0 0 120 32" onload="document.documentElement.id='ran'">
  <script>document.documentElement.id = 'ran'; fetch('/healthz')</script>
  <style>rect { fill: #d40 }</style><rect width="120" height="32" rx="6"/>
</svg>`;

const toAddress = (png: Buffer): string => `data:image/png;base64,${png.toString('base64')}`;

const at = useBench({
  config: {
    brand: {
      name: 'Example Hosting',
      logo: `data:image/svg+xml;base64,${Buffer.from(SVG).toString('base64')}`,
      colour: '#ffdd00',
      contact: 'mailto:help@example.com',
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

inBrowser.each([1440, 700])('paper has the provider, and nothing to press, at %d px', async (width) => {
  const context = await browser.newContext({ viewport: { width, height: 800 } });
  try {
    const page = await context.newPage();
    await page.goto(`${at.dashboard.url}/share/${link.token}`);
    expect(await page.locator('footer a[href="mailto:help@example.com"]').textContent()).toBe('help@example.com');
    await page.emulateMedia({ media: 'print' });
    const brand = page.locator('.brand');
    expect([await brand.isVisible(), await brand.textContent()]).toEqual([true, 'Example Hosting']);
    expect(await page.evaluate(`document.querySelector('.brand img').getBoundingClientRect().height`)).toBe(32);
    const [head, main] = [await brand.boundingBox(), await page.locator('main').boundingBox()];
    expect(head!.y + head!.height <= main!.y && main!.x === head!.x).toBe(true);
    for (const hidden of ['.who', '.button', '.form'])
      for (const each of await page.locator(hidden).all())
        expect([hidden, await each.isVisible()]).toEqual([hidden, false]);
  } finally {
    await context.close();
  }
});

inBrowser('paper of staff is as it was: without the bar', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 800 } });
  try {
    const [name = '', value = ''] = (await at.login()).split('=');
    await context.addCookies([{ name, value, url: at.dashboard.url }]);
    const page = await context.newPage();
    await page.goto(`${at.dashboard.url}/`);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.side').isVisible()).toBe(false);
  } finally {
    await context.close();
  }
});

inBrowser('a logo that is not square is an icon in the middle of a white square', async () => {
  const logo = new PNG({ width: 300, height: 150 });
  for (let place = 0; place < logo.data.length; place += 4) logo.data.set([200, 0, 0, 255], place);
  const [icon, mask] = brandFiles({ brand: { mention: true, logo: toAddress(PNG.sync.write(logo)) } }).icons;
  const context = await browser.newContext({ viewport: { width: 512, height: 512 } });
  try {
    const page = await context.newPage();
    for (const [file, width] of [
      [icon!, 416],
      [mask!, 288],
    ] as const) {
      await page.setContent(
        `<body style="margin:0"><img src="data:image/svg+xml;base64,${Buffer.from(file.body).toString('base64')}">`,
      );
      const drawn = PNG.sync.read(await page.screenshot());
      const pixel = (x: number, y: number): number[] => [
        ...drawn.data.subarray((y * 512 + x) * 4, (y * 512 + x) * 4 + 3),
      ];
      const [left, top] = [256 - width / 2 + 4, 256 - width / 4 + 4];
      expect([pixel(256, 256), pixel(left, 256), pixel(256, top)]).toEqual(Array(3).fill([200, 0, 0]));
      expect([pixel(left - 8, 256), pixel(256, top - 8), pixel(2, 2)]).toEqual(Array(3).fill([255, 255, 255]));
    }
  } finally {
    await context.close();
  }
});
