import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Link } from '../share-link.js';
import { accessibilityProblems, because, launch, noBrowser, visit, whyNotMore } from './browser.js';
import { ALL_PICTURES, AS_KEPT, lookAt, toName, type Picture, Worlds } from './pictures.js';
import { serviceId, startWorld, type World } from './world.js';

const CLIENT = 'فروشگاه آفتاب';
const MANY = 25;
const WIDTHS = [360, 768, 1440] as const;
const LIGHT = { rtl: false, scheme: 'light' } as const;
const DARK = { rtl: true, scheme: 'dark' } as const;
const LIGHT_RTL = { rtl: true, scheme: 'light' } as const;
const DARK_LTR = { rtl: false, scheme: 'dark' } as const;

const PICTURES: Picture[] = [
  ...WIDTHS.flatMap((width) => [
    { page: 'client-overview', services: 1, ...LIGHT_RTL, width },
    { page: 'client-overview', services: 1, ...DARK_LTR, width },
    { page: 'client-overview', services: MANY, ...LIGHT, width },
    { page: 'client-overview', services: MANY, ...DARK, width },
    { page: 'client-service', services: MANY, ...LIGHT_RTL, width },
    { page: 'client-service', services: MANY, ...DARK_LTR, width },
  ]),
  { page: 'client-overview', services: 0, ...LIGHT, width: 1440 },
  { page: 'client-overview', services: 0, ...DARK, width: 360 },
  { page: 'client-account', services: 1, ...LIGHT, width: 1440 },
  { page: 'client-account', services: 1, ...DARK, width: 360 },
  { page: 'client-line', services: 1, ...LIGHT_RTL, width: 360 },
  { page: 'client-line', services: 1, ...DARK_LTR, width: 1440 },
];
/** What `npm test` compares. */
const FEW = new Set([`client-service-${MANY}-rtl-light-360`]);

interface ClientWorld extends World {
  link: Link;
}

const title = `the pictures of the client's pages${because(noBrowser)}`;

(noBrowser === null ? describe : describe.skip)(title, () => {
  let browser: Browser;
  const worlds = new Worlds<ClientWorld>();
  const createWorld = ({ services, rtl }: Pick<Picture, 'services' | 'rtl'>): Promise<ClientWorld> => {
    return worlds.get(`${services} ${String(rtl)}`, () => startClientWorld(services, rtl));
  };
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await worlds.close();
  });

  const chosen = PICTURES.filter((picture) => ALL_PICTURES || FEW.has(toName(picture)));
  it.each(chosen.map((picture) => [toName(picture), picture] as const))('%s is as it was', async (_name, picture) => {
    const world = await createWorld(picture);
    const isWhole = picture.page !== 'client-overview';
    const path = `/share/${world.link.token}${toPath(picture)}`;
    expect(await lookAt(browser, world, picture, { path, isWhole })).toEqual(AS_KEPT);
  });

  (whyNotMore === null ? it : it.skip).each(['light', 'dark'] as const)(
    `have nothing for axe-core to find in %s${because(whyNotMore)}`,
    async (scheme) => {
      for (const rtl of [false, true]) {
        const world = await createWorld({ services: 1, rtl });
        const { context, page, problems } = await visit(browser, world, { scheme, rtl, width: rtl ? 360 : 1440 });
        const found: string[] = [];
        for (const which of ['client-overview', 'client-service', 'client-account', 'client-line']) {
          await page.goto(`/share/${world.link.token}${toPath({ page: which, rtl })}`);
          found.push(...(await accessibilityProblems(page)).map((problem) => `${which}: ${problem}`));
        }
        await context.close();
        expect([...found, ...problems]).toEqual([]);
      }
    },
  );
});

function toPath({ page, rtl }: Pick<Picture, 'page' | 'rtl'>): string {
  const services: Record<string, string> = {
    'client-service': serviceId(1, rtl),
    'client-account': 'relay-1',
    'client-line': 'line-1',
  };
  const service = services[page];
  return service === undefined ? '' : `/services/${encodeURIComponent(service)}`;
}

/** A client with services on EasyDCIM; where it is one, also with a line and a relay account; none is left where it is 0. */
async function startClientWorld(services: number, persian: boolean): Promise<ClientWorld> {
  const client = persian ? CLIENT : 'client-1001';
  const world = await startWorld({ services, persian, client, others: services === 1 });
  const { bench } = world;
  if (services === 0) await bench.addService(1, client);
  else await bench.sluice.credit.add(client, { amount: '20.00', currency: 'EUR', ref: 'first' });
  const link = await Link.open(bench, { client, buy: true, manage: true, changePassword: true, maxAmount: '50.00' });
  if (services === 0) await bench.sluice.services.remove('svc-1');
  return { ...world, link };
}
