import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { accessibilityProblems, because, launch, noBrowser, visit, whyNotMore } from './browser.js';
import { ALL_PICTURES as LONG, AS_KEPT, lookAt, toName, type Picture, Worlds } from './pictures.js';
import { serviceId, startWorld, type World } from './world.js';

/** A kept picture of the first page, or of the first service. */
interface Screen extends Picture {
  services: 0 | 1 | 5000;
  page: 'overview' | 'service';
}

const WIDTHS = [360, 768, 1440] as const;
const SCHEMES = ['light', 'dark'] as const;
const ALL: Screen[] = ([0, 1, 5000] as const).flatMap((services) =>
  [false, true].flatMap((rtl) =>
    SCHEMES.flatMap((scheme) =>
      WIDTHS.flatMap((width): Screen[] => [
        { page: 'overview', services, rtl, scheme, width },
        ...(services === 5000 ? [{ page: 'service' as const, services, rtl, scheme, width }] : []),
      ]),
    ),
  ),
);
/** What `npm test` looks at. */
const FEW = new Set(['overview-1-ltr-light-1440']);

const SCREENS = ALL.filter((screen) => LONG || FEW.has(toName(screen)));

const inBrowser = noBrowser === null ? describe : describe.skip;
const more = whyNotMore === null ? it : it.skip;
const title = `the operator's pages in a browser${because(noBrowser)}`;

inBrowser(title, () => {
  let browser: Browser;
  const worlds = new Worlds<World>();
  const createWorld = (services: number, persian: boolean, others = false, name = ''): Promise<World> => {
    const key = `${services} ${String(persian)} ${String(others)} ${name}`;
    return worlds.get(key, () => startWorld({ services, persian, others }));
  };

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await worlds.close();
  });

  it.each(SCREENS.map((screen) => [toName(screen), screen] as const))('%s is as it was', async (_name, screen) => {
    const { services, rtl, page } = screen;
    const where =
      page === 'overview'
        ? { path: '/' }
        : { path: `/services/${encodeURIComponent(serviceId(1, rtl))}`, height: 1100 };
    expect(await lookAt(browser, await createWorld(services, rtl), screen, where)).toEqual(AS_KEPT);
  });

  const PATHS = [
    ...['/', `/services/${serviceId(1)}`, `/services/${serviceId(1)}/suspend`, '/log', '/agents', '/lines/9001'],
    ...['/plans/11', '/simulator?destination=5511999990000&seconds=60&plan=11', '/services/none'],
    ...['/?status=held&q=svc', '/products', '/packages', '/panels', '/panels/dcim', '/lines', '/dids', '/customers'],
    ...['/plans', '/carriers', '/calls', '/simulator', '/bills', '/traffic', '/traffic?by=client&range=7d'],
  ];

  more.each(SCHEMES)(`have nothing for axe-core to find in %s${because(whyNotMore)}`, async (scheme) => {
    const world = await createWorld(3, false, true);
    const { context, page, problems } = await visit(browser, world, { scheme });
    try {
      const found: string[] = [];
      const { agents } = await world.bench.sluice.agents.listStored();
      for (const path of [...PATHS, `/agents/${agents[0]?.uuid ?? ''}?panel=vpn`]) {
        const answer = await page.goto(path);
        expect([path, answer?.status()]).toEqual([path, path === '/services/none' ? 404 : 200]);
        found.push(...(await accessibilityProblems(page)).map((problem) => `${path}: ${problem}`));
      }
      expect(found).toEqual([]);
      expect(problems.filter((problem) => !problem.includes('404'))).toEqual([]);
    } finally {
      await context.close();
    }
  });

  /** Returns what of the page is wider than its window or card. */
  const wider = `[
    ...[document.documentElement].filter((all) => all.scrollWidth > all.clientWidth).map(() => 'page'),
    ...[...document.querySelectorAll('.card .scroll')].filter((one) => one.scrollWidth > one.clientWidth)
      .map((one) => one.getAttribute('aria-label')),
  ]`;

  more(`fit phones, their cards and paper${because(whyNotMore)}`, async () => {
    const world = await createWorld(3, false, true);
    const { context, page } = await visit(browser, world, { width: 360 });
    try {
      for (const path of ['/', '/bills', '/lines', '/dids', '/calls', '/runs/none', '/services/line-1', '/panels']) {
        await page.goto(path);
        const found = await page.evaluate<string[]>(wider);
        expect([path, found.filter((what) => what === 'page' || what === 'Services')]).toEqual([path, []]);
      }
      for (const width of [1280, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(`/services/${serviceId(1)}`);
        expect([width, await page.evaluate(wider)]).toEqual([width, []]);
      }
      await page.emulateMedia({ media: 'print' });
      const printed = `[...document.querySelectorAll('form, #actions, nav')].filter((one) => one.checkVisibility()).length`;
      expect(await page.evaluate(printed)).toBe(0);
    } finally {
      await context.close();
    }
  });

  it('have forms that work without scripts', async () => {
    const world = await createWorld(1, false, false, 'forms');
    const { context, page } = await visit(browser, world, { script: false });
    try {
      await page.goto(`/services/${serviceId(1)}`);
      await page.fill('#override-quota', '300GB');
      await page.click('text=Set the override');
      expect(await page.textContent('[role=status]')).toContain('override is set');
      await page.selectOption('#buy-package', 'extra-50');
      await page.click('text=Buy…');
      expect(await page.textContent('main')).toContain('5.00 EUR');
      await page.goto('/');
      await page.click('text=Poll now…');
      await page.click('button:has-text("Poll now")');
      for (let tries = 0; tries < 20 && (await page.textContent('h1'))?.startsWith('Running') === true; tries++)
        await page.reload();
      expect(await page.textContent('h1')).toBe('Ended: poll');
    } finally {
      await context.close();
    }
  });
});
