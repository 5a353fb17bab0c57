import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { accessibilityProblems, because, launch, whyNotMore } from '../test/browser/browser.js';
import { type DashboardBench, GB, startBench } from '../test/dashboard-bench.js';
import { readReport, reportHtml } from './index.js';

const DAY = 86_400_000;
const PERSIAN = 'شرکت نمونه آزمایشی';
const HOSTILE = `<img src=x onerror=alert(1)>\u202E${'long'.repeat(60)}`;

let bench: DashboardBench;
let browser: Browser;
let folder: string;

if (whyNotMore === null) {
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'sluice-report-'));
    bench = await startBench();
    for (let number = 1; number <= 4; number++) await bench.addService(number, number === 4 ? HOSTILE : PERSIAN);
    await bench.sluice.services.set('svc-1', { language: 'farsi' });
    for (let day = 0; day < 4; day++) {
      for (let number = 1; number <= 4; number++) {
        bench.panel.addTraffic(500 + number, { in: number * 3 * GB, out: number * 4.5 * GB });
      }
      bench.clock.advance(DAY);
      await bench.sluice.poll();
    }
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
  });
}

async function write(client?: string): Promise<string> {
  const report = await readReport(bench.sluice, { client, now: bench.clock.now() });
  let page = '';
  for await (const part of reportHtml(bench.sluice, report)) page += part;
  const file = path.join(folder, `${client ?? 'all'}.html`);
  writeFileSync(file, page);
  return pathToFileURL(file).href;
}

/** Opens a report; returns the page with what went wrong in it. */
async function open(url: string, width: number, scheme: 'light' | 'dark'): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  const problems: string[] = [];
  page.on('console', (message) => problems.push(message.text()));
  page.on('request', (request) => {
    if (request.url() !== url) problems.push(request.url());
  });
  await page.goto(url);
  return { page, problems };
}

const title = `a report in a browser${because(whyNotMore)}`;

(whyNotMore === null ? describe : describe.skip)(title, () => {
  it.each([
    ['all', undefined, 1440, 'light'],
    ['all', undefined, 360, 'dark'],
    ['a client', PERSIAN, 360, 'light'],
    ['a client', PERSIAN, 1440, 'dark'],
  ] as const)('is accessible and asks for nothing: %s', async (_name, client, width, scheme) => {
    const { page, problems } = await open(await write(client), width, scheme);
    const [sides, shown] = await page.evaluate<[number, number]>(`[
      document.documentElement.scrollWidth - document.documentElement.clientWidth,
      [...document.querySelectorAll('svg.chart')].filter((one) => one.getBoundingClientRect().width > 0).length,
    ]`);
    // No scrolling sideways, and one size of each chart.
    expect([problems, sides, shown]).toEqual([[], 0, client === undefined ? 4 : 6]);
    await page.evaluate(`document.querySelectorAll('details').forEach((part) => (part.open = true))`);
    // The page allows no script: what the debugger runs is not bound to that.
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.close();
  });

  it('is light on paper, whatever the screen is', async () => {
    const { page } = await open(await write(), 1440, 'dark');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const colours = await page.evaluate<string[]>(`[
      getComputedStyle(document.body).backgroundColor,
      getComputedStyle(document.querySelector('h1')).color,
      getComputedStyle(document.querySelector('.chart-wide text')).fill,
    ]`);
    expect(colours).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)', 'rgb(55, 65, 81)']);
    expect((await page.pdf()).byteLength).toBeGreaterThan(10_000);
    await page.close();
  });
});
