import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { GB } from '../dashboard-bench.js';
import { type ResellerBench, startResellers } from '../reseller-bench.js';
import { accessibilityProblems, because, launch, noBrowser, visit, whyNotMore } from './browser.js';
import { isWiderThanScreen, measureLists } from './lists.js';
import { ALL_PICTURES, AS_KEPT, lookAt, type Picture, toName } from './pictures.js';

const PICTURES: Picture[] = (['reseller-home', 'reseller-user'] as const).flatMap((page) =>
  ([360, 768, 1440] as const).flatMap((width) => [
    { page, services: 0, rtl: false, scheme: 'light' as const, width },
    { page, services: 0, rtl: true, scheme: 'dark' as const, width },
  ]),
);
/** What `npm test` compares. */
const FEW = new Set(['reseller-home-0-rtl-dark-360']);

const title = `the pictures of the reseller's pages${because(noBrowser)}`;

(noBrowser === null ? describe : describe.skip)(title, () => {
  let browser: Browser;
  let bench: ResellerBench;
  beforeAll(async () => {
    [browser, bench] = [await launch(), await startResellers()];
  });
  afterAll(async () => {
    await browser.close();
    await bench.at.close();
  });

  const toPath = ({ page }: Pick<Picture, 'page'>): string =>
    `/share/${bench.link.token}${page === 'reseller-user' ? `/users/${bench.users.anna}` : ''}`;
  const toWorld = () => ({ bench: bench.at, cookie: 'none=none' });

  const chosen = PICTURES.filter((picture) => ALL_PICTURES || FEW.has(toName(picture)));
  it.each(chosen.map((picture) => [toName(picture), picture] as const))('%s is as it was', async (_name, picture) => {
    const path = toPath(picture);
    expect(await lookAt(browser, toWorld(), picture, { path, isWhole: true })).toEqual(AS_KEPT);
  });

  it.each([false, true])('have lists that nobody moves sideways on a phone, right to left: %s', async (rtl) => {
    const ended = { startedAt: '2026-10-01T00:00:00.000Z', endedAt: '2026-11-01T00:00:00.000Z', readAt: null };
    const figures = { usedBytes: null, exceeded: null, exceededAt: null, limitBytes: 30 * GB };
    const period = { panel: 'vpn', agent: bench.agents.north, accounting: 'consumed' as const, ...ended, ...figures };
    await bench.at.store.agentPeriods.put([period]);
    const name = `${'a'.repeat(60)} ${'b'.repeat(39)}`;
    bench.fake.addUser({ agent: bench.agents.north, name, enable: false });
    bench.at.clock.advance(60_000);
    const { context, page, problems } = await visit(browser, toWorld(), { rtl, width: 360 });
    await page.goto(`/share/${bench.link.token}`);
    const lists = await measureLists(page);
    const isWide = await isWiderThanScreen(page);
    await context.close();
    expect([isWide, lists, problems]).toEqual([
      false,
      [
        { moves: false, heads: 5, empty: 0, links: 4, columns: 1 },
        { moves: false, heads: 3, empty: 0, links: 0, columns: 1 },
      ],
      [],
    ]);
  });

  (whyNotMore === null ? it : it.skip).each(['light', 'dark'] as const)(
    `have nothing for axe-core to find in %s${because(whyNotMore)}`,
    async (scheme) => {
      for (const rtl of [false, true]) {
        const { context, page, problems } = await visit(browser, toWorld(), { scheme, rtl, width: rtl ? 360 : 1440 });
        const found: string[] = [];
        for (const which of ['reseller-home', 'reseller-user']) {
          await page.goto(toPath({ page: which }));
          found.push(...(await accessibilityProblems(page)).map((problem) => `${which}: ${problem}`));
        }
        await context.close();
        expect([...found, ...problems]).toEqual([]);
      }
    },
  );
});
