import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type DashboardBench, startBench } from '../dashboard-bench.js';
import { Link } from '../share-link.js';
import { accessibilityProblems, because, launch, noBrowser, visit, whyNotMore } from './browser.js';

const PERSIAN = 'شرکت نمونهٔ پارس';

(noBrowser === null ? describe : describe.skip)(`the pages of a client in a browser${because(noBrowser)}`, () => {
  let bench: DashboardBench;
  let browser: Browser;
  let link: Link;
  /** Of a client with several services. */
  let several: Link;
  beforeAll(async () => {
    bench = await startBench({ config: { timeZone: 'Asia/Tehran' } });
    await bench.addService(1, PERSIAN, 60);
    await bench.addService(2, 'c-2', 10);
    await bench.addService(3, 'c-2', 120);
    bench.clock.advance(60_000);
    await bench.sluice.poll({ allowMass: true });
    await bench.sluice.credit.add(PERSIAN, { amount: '20.00', currency: 'EUR', ref: 'first' });
    await bench.sluice.credit.add('c-2', { amount: '20.00', currency: 'EUR', ref: 'second' });
    link = await Link.open(bench, { client: PERSIAN, buy: true });
    several = await Link.open(bench, { client: 'c-2', buy: true });
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await bench.close();
  });

  const open = (view: Parameters<typeof visit>[2]) => visit(browser, { bench, cookie: 'none=none' }, view);

  it('live without scripts: open, buy, reload, and set automatic purchases', async () => {
    const { context, page } = await open({ script: false, width: 360 });
    await page.goto(`/share/${link.token}`);
    await page.getByRole('link', { name: 'Buy extra-50', exact: true }).click();
    await page.getByRole('button', { name: 'Buy extra-50 for 5.00 EUR' }).click();
    expect(await page.getByRole('status').first().textContent()).toContain(
      'The package was bought: 150 GB are allowed in this period.',
    );
    expect(await page.evaluate('scrollY')).toBe(0);
    await page.reload();
    await page.goBack();
    expect(await page.getByRole('status').first().textContent()).toContain('It is not bought again.');
    await page.getByRole('link', { name: 'Back to the service' }).click();
    await page.getByLabel('Buy a package when the traffic runs low').check();
    await page.getByLabel('When less is left than').fill('15%');
    await page.getByLabel('At most per period (packages)').fill('2');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByLabel('When less is left than').inputValue()).toBe('15%');
    expect((await bench.sluice.purchases.list()).purchases).toHaveLength(1);
    const { autoBuy } = await bench.sluice.autoBuy.show({ service: 'svc-1' });
    expect(autoBuy).toMatchObject({ enabled: true, threshold: '15%', maxPerCycle: 2 });
    await context.close();
  });

  it('lead from a tile to the purchase by the keyboard alone', async () => {
    const { context, page } = await open({ width: 360 });
    await page.goto(`/share/${several.token}`);
    expect(await page.locator('.service').allTextContents()).toEqual([
      expect.stringContaining('svc-3'),
      expect.stringContaining('svc-2'),
    ]);
    const focused = (): Promise<string> => page.evaluate('document.activeElement?.textContent?.trim() ?? ""');
    for (let pressed = 0; pressed < 12 && (await focused()) !== 'Buy a package'; pressed++)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Credit afterwards').waitFor();
    while (!(await focused()).startsWith('Buy extra-50 for')) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Your service is online again').waitFor();
    await context.close();
  });

  (whyNotMore === null ? it : it.skip).each([
    { width: 360, scheme: 'light' },
    { width: 1440, scheme: 'dark', rtl: true },
  ] as const)(`are accessible, fit the screen and ask no other host: %j${because(whyNotMore)}`, async (view) => {
    const { context, page, problems } = await open(view);
    const own = ['', '/services/svc-1', '/services/svc-1/buy?package=extra-50'].map((path) => `/${link.token}${path}`);
    for (const path of [...own, `/${several.token}`]) {
      await page.goto(`/share${path}`);
      expect(await accessibilityProblems(page)).toEqual([]);
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBe(0);
    }
    expect(problems).toEqual([]);
    await context.close();
  });
});
