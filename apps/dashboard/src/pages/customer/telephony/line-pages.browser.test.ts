import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { accessibilityProblems, because, launch, visit, whyNotMore } from '../../../test/browser/browser.js';
import { type CallsBench, GERMANY, startCallsBench } from '../../../test/calls-bench.js';

const title = `the pages of a line${because(whyNotMore)}`;

(whyNotMore === null ? describe : describe.skip)(title, () => {
  let browser: Browser;
  let bench: CallsBench;
  beforeAll(async () => {
    bench = await startCallsBench('astbilling');
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await bench.at.close();
  });

  const open = (view: Parameters<typeof visit>[2]) => visit(browser, { bench: bench.at, cookie: 'none=none' }, view);
  const path = (part: string): string => `/share/${bench.link.token}/services/line-1${part}`;

  it('need no script and no pointer: a month, a search and the next page by keyboard', async () => {
    const { context, page } = await open({ script: false, width: 360 });
    await page.goto(path(''));
    await page.getByRole('link', { name: 'Calls by month' }).press('Enter');
    await page.getByRole('link', { name: 'Next' }).press('Enter');
    expect(await page.getByRole('navigation', { name: 'Pages' }).textContent()).toContain('Page 2 of 3');
    await page.getByLabel('Month').selectOption({ label: 'October 2026' });
    await page.getByLabel('Search').fill(GERMANY);
    await page.getByLabel('Search').press('Enter');
    expect(await page.getByRole('region', { name: 'Calls found' }).getByRole('rowheader').count()).toBe(1);
    await page.getByRole('link', { name: '1.79 BRL' }).press('Enter');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Bill of October 2026');
    await context.close();
  });

  it.each([
    { width: 360, scheme: 'dark', rtl: true },
    { width: 1440, scheme: 'light' },
  ] as const)('are accessible and fit the screen, on paper too: %j', async (view) => {
    const { context, page, problems } = await open(view);
    for (const part of ['', '/calls?period=2026-10', '/rates', `/bills/${encodeURIComponent(bench.bill)}`]) {
      await page.goto(path(part));
      const found = await accessibilityProblems(page);
      const overflow: unknown = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect([part, overflow, found]).toEqual([part, 0, []]);
    }
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.back').first().isVisible()).toBe(false);
    expect(await page.locator('#invoice').isVisible()).toBe(true);
    expect(problems).toEqual([]);
    await context.close();
  });
});
