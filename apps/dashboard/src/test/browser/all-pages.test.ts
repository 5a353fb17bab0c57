import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type EveryPage, startEveryPage } from '../every-page.js';
import { Link } from '../share-link.js';
import { accessibilityProblems, launch, noBrowser, type View, visit } from './browser.js';
import { measureLists } from './lists.js';

/** Where `npm run pictures` has the pictures; none are taken without it. */
const FOLDER = process.env['SLUICE_PICTURES'];
/** Whether all pages are looked at, in each language, width and scheme, and on paper. */
const ALL = process.env['SLUICE_LONG'] === '1' || FOLDER !== undefined;

const LOCALES = { en: 'en-GB', fa: 'fa-IR', 'zh-CN': 'zh-CN', 'pt-BR': 'pt-BR' } as const;
type Language = keyof typeof LOCALES;

/** Who reads pages. */
type Reader = 'customer' | 'reseller' | 'operator';

interface Look extends Required<Pick<View, 'width' | 'scheme'>> {
  reader: Reader;
  language: Language;
}

const ofClients = { readers: ['customer', 'reseller'], languages: Object.keys(LOCALES) as Language[] } as const;
/** Staff's pages are English. */
const ofStaff = { readers: ['operator'], languages: ['en'] } as const;

const toName = ({ reader, language, width, scheme }: Look): string => `${reader} ${language} ${width} ${scheme}`;

function listLooks(): Look[] {
  if (!ALL)
    return (['customer', 'reseller'] as const).flatMap((reader) =>
      (['en', 'fa'] as const).map((language) => ({ reader, language, width: 360, scheme: 'light' })),
    );
  return [ofClients, ofStaff].flatMap(({ readers, languages }) =>
    readers.flatMap((reader) =>
      languages.flatMap((language) =>
        [360, 768, 1440].flatMap((each) =>
          (['light', 'dark'] as const).map((scheme) => ({ reader, language, width: each, scheme })),
        ),
      ),
    ),
  );
}

const title = `every page${noBrowser === null ? '' : ` (${noBrowser})`}`;

(noBrowser === null ? describe : describe.skip)(title, () => {
  let browser: Browser;
  let every: EveryPage;
  let cookie: string;
  let paths: Record<Reader, readonly string[]>;
  beforeAll(async () => {
    [browser, every] = [await launch(), await startEveryPage()];
    cookie = await every.at.login();
    paths = await listPaths(every);
  });
  afterAll(async () => {
    await browser.close();
    await every.close();
  });

  it.each(listLooks().map((look) => [toName(look), look] as const))(
    'fits the screen, asks no other host, and has nothing for axe-core to find: %s',
    async (name, { reader, language, width, scheme }) => {
      const view = { width, scheme, locale: LOCALES[language] };
      const { context, page, problems } = await visit(browser, { bench: every.at, cookie }, view);
      try {
        for (const each of paths[reader]) {
          await page.goto(each);
          const where = `${name} ${toPart(each)}`;
          expect([where, await findProblems(page), problems]).toEqual([where, [], []]);
          const moved = reader === 'operator' ? [] : (await measureLists(page)).filter(({ moves }) => moves);
          expect([where, moved]).toEqual([where, []]);
          await keep(page, { reader, name: `${toPart(each)}-${language}-${width}-${scheme}` });
          if (scheme === 'light' && width === 1440)
            await keepPrinted(page, { reader, name: `${toPart(each)}-${language}-print` });
        }
      } finally {
        await context.close();
      }
    },
  );
});

/** The pages of each reader; `npm test` looks at six. */
async function listPaths({ at, link, others }: EveryPage): Promise<Record<Reader, readonly string[]>> {
  const { agent } = others;
  const reseller = await Link.open(at, { agent });
  const [user] = (await at.sluice.agents.users(agent, { panel: 'vpn' })).users;
  const [bill] = (await at.sluice.calls.bills({ service: 'line-1' })).bills;
  const few = ['', '/services/svc-2', '/services/svc-2/buy?package=extra-50', '/services/line-1'];
  const more = [
    '/services/svc-1',
    '/services/relay-1',
    '/services/vpn-1',
    '/services/line-1/calls',
    '/services/line-1/rates',
  ];
  const bills = bill === undefined ? [] : [`/services/line-1/bills/${bill.id}`, `/invoices/${bill.invoice ?? ''}`];
  return {
    customer: [...few, ...(ALL ? [...more, ...bills] : [])].map((each) => `/share/${link.token}${each}`),
    reseller: ['', `/users/${user?.uuid ?? ''}`].map((each) => `/share/${reseller.token}${each}`),
    operator: [
      ...[
        '/',
        '/services/svc-2',
        '/services/line-1',
        '/products',
        '/packages',
        '/log',
        '/queue',
        '/panels',
        '/panels/dcim',
      ],
      ...['/panels/dcim/unassigned', '/agents', `/agents/${agent}`, '/lines', '/dids', '/plans', '/calls', '/bills'],
    ],
  };
}

/** Returns what axe-core finds, and by how much the page is wider than its window. */
async function findProblems(page: Page): Promise<string[]> {
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  return [...(overflow > 0 ? [`wider than its window by ${overflow} px`] : []), ...(await accessibilityProblems(page))];
}

/** Returns a part of the name of a file from the path of a page, without the token and other random parts. */
function toPart(of: string): string {
  const part = of
    .replace(/^\/share\/[^/]+/, '')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\bcb-[\w-]+/g, '')
    .replaceAll(/[^\w-]+/g, '-');
  return part.replaceAll(/^-+|-+$/g, '') || 'home';
}

interface Kept {
  reader: Reader;
  name: string;
}

async function keep(page: Page, { reader, name }: Kept): Promise<void> {
  if (FOLDER === undefined) return;
  const folder = path.join(FOLDER, reader);
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

async function keepPrinted(page: Page, kept: Kept): Promise<void> {
  await page.emulateMedia({ media: 'print' });
  await keep(page, kept);
  await page.emulateMedia({ media: 'screen' });
}
