import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LANGUAGES } from '@sluice/messages';
import { CLIENT_PAGES, type EveryPage, staffPages, startEveryPage } from '../test/every-page.js';
import { Link } from '../test/share-link.js';

/** Ends an attribute and an element, and begins others. */
const HOSTILE = `"'><img src=x onerror=alert(1)><script>alert(2)</script>`;

let pages: EveryPage;
beforeAll(async () => {
  const limits = { requestsPerMinute: 1e6 };
  const brand = { name: HOSTILE, contact: 'help@example.com', terms: 'https://example.com/terms' };
  pages = await startEveryPage(limits, {
    brand,
    packages: { 'extra-50': { name: HOSTILE, traffic: '50GB', price: '5.00' } },
  });
  const { sluice } = pages.at;
  for (const id of ['svc-1', 'svc-2', 'relay-1', 'vpn-1', 'line-1'])
    await sluice.services.set(id, { name: HOSTILE, client_name: HOSTILE });
  await sluice.credit.add('c-1', { amount: '5.00', currency: 'EUR', description: HOSTILE });
});
afterAll(() => pages.close());

/** Returns what of a page is markup that only a name can have made. */
const findRaw = (page: string): string[] => page.match(/<img src=x|<script>alert|"'>/g) ?? [];

it.each(LANGUAGES)('hostile names are text on the pages of a client, in %s', async (language) => {
  const wrong: unknown[] = [];
  let shown = 0;
  for (const [path] of CLIENT_PAGES) {
    const { status, page } = await pages.customer(`${path}${path.includes('?') ? '&' : '?'}language=${language}`);
    shown += page.includes('&lt;img src=x onerror=alert(1)') ? 1 : 0;
    if (status !== 200 || findRaw(page).length > 0) wrong.push([path, status, findRaw(page)]);
  }
  expect(wrong).toEqual([]);
  expect(shown).toBeGreaterThan(5);
});

it('hostile names are text on the pages of operators and resellers, and in parts for other sites', async () => {
  const wrong: unknown[] = [];
  const check = (path: string, page: string): void => {
    const raw = findRaw(page);
    if (raw.length > 0) wrong.push([path, raw]);
  };
  for (const [path] of staffPages(pages.others)) check(path, (await pages.staff(path)).page);
  const link = await Link.open(pages.at, { agent: pages.others.agent });
  check('reseller', await (await link.get('/')).text());
  const token = await pages.at.token('read');
  for (const path of ['/services/svc-1?for=customer', '/services/line-1?for=staff', '/clients/c-1', '/overview']) {
    const { parts = [] } = (await (await pages.at.fetch(`/api/v1/embedded${path}`, { token })).json()) as {
      parts?: { html: string }[];
    };
    for (const { html } of parts) check(path, html);
  }
  expect(wrong).toEqual([]);
});
