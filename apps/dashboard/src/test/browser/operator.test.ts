import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { accessibilityProblems, fontSignature, launch, noBrowser, type View, visit } from './browser.js';
import { compareScreen, isSameMachine } from './screens.js';
import { serviceId, startWorld, type World } from './world.js';

const LONG = process.env['SLUICE_LONG'] === '1' || process.env['SLUICE_UPDATE_SCREENSHOTS'] === '1';

/** A picture that is kept: of the first page, or of the first service. */
interface Screen extends Required<Pick<View, 'width' | 'scheme' | 'rtl'>> {
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
const FEW = new Set(['overview-5000-ltr-light-1440', 'overview-5000-rtl-dark-360', 'service-5000-ltr-dark-1440']);

const nameOf = ({ page, services, rtl, scheme, width }: Screen): string =>
  `${page}-${services}-${rtl ? 'rtl' : 'ltr'}-${scheme}-${width}`;

const SCREENS = ALL.filter((screen) => LONG || FEW.has(nameOf(screen)));

(noBrowser === null ? describe : describe.skip)(
  `the operator's pages in a browser${noBrowser === null ? '' : ` (${noBrowser})`}`,
  () => {
    let browser: Browser;
    const worlds = new Map<string, Promise<World>>();
    const worldOf = (services: number, persian: boolean): Promise<World> => {
      const key = `${services} ${String(persian)}`;
      const known = worlds.get(key) ?? startWorld({ services, persian });
      worlds.set(key, known);
      return known;
    };

    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(async () => {
      await browser.close();
      for (const world of worlds.values()) await (await world).close();
    });

    it.each(SCREENS.map((screen) => [nameOf(screen), screen] as const))('%s is as it was', async (name, screen) => {
      if (!isSameMachine(await fontSignature(browser))) {
        process.stderr.write(
          `${name}: not compared, because this machine has other fonts than that of the kept pictures\n`,
        );
        return;
      }
      const { services, rtl, scheme, width, page: which } = screen;
      const { context, page, problems } = await visit(browser, await worldOf(services, rtl), {
        width,
        scheme,
        rtl,
        height: which === 'service' ? 1100 : 900,
      });
      try {
        await page.goto(which === 'overview' ? '/' : `/services/${encodeURIComponent(serviceId(1, rtl))}`);
        expect(compareScreen(name, await page.screenshot())).toEqual({ same: true });
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
        ).toBe(0);
        expect(problems).toEqual([]);
      } finally {
        await context.close();
      }
    });
  },
);
