import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LANGUAGES } from '@sluice/messages';
import { ASSETS } from '../../assets/assets.js';
import { SERVE_TOKEN } from '../../test/dashboard-bench.js';
import { CLIENT_PAGES, type EveryPage, startEveryPage } from '../../test/every-page.js';
import { findHardCoded } from '../../test/hard-coded.js';

/** What is from outside, or a name: ids of the scene, zones, the product, and the languages by their own names. */
const DATA = new Set([
  ...['Sluice', 'test', 'UTC', 'EUR', 'BRL', 'CSV', 'svc', 'vpn', 'relay', 'line', 'extra', 'dcim', 'c'],
  // Of the hint of a field.
  'GB',
  ...['Europe', 'Berlin', 'Asia', 'Shanghai', 'Tehran', 'America', 'Sao', 'Paulo'],
  ...['Reseller', 'reseller'],
]);

let pages: EveryPage;
beforeAll(async () => {
  pages = await startEveryPage();
});
afterAll(() => pages.close());

const inLanguage = (path: string, language: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}language=${language}`;
const inPersian = (path: string): string => inLanguage(path, 'fa');

it('finds a text that is from no catalogue', () => {
  const page = '<p title="read">شما <b>۵</b> left <bdi>name</bdi> svc <a href="/services">همه</a></p>';
  expect(findHardCoded(page, new Set(['svc']))).toEqual(['left', 'read']);
});

it('no page of a customer has a text that is from no catalogue', async () => {
  for (const [path] of CLIENT_PAGES) {
    const { status, page } = await pages.customer(inPersian(path));
    expect([path, status, findHardCoded(page, DATA)]).toEqual([path, 200, []]);
    expect(page).toContain('<html lang="fa" dir="rtl">');
  }
  for (const range of ['24h', '7d']) {
    const { page } = await pages.customer(inPersian(`/services/svc-1?range=${range}`));
    expect(findHardCoded(page, DATA)).toEqual([]);
  }
  const { page } = await pages.customer(inPersian('/services/line-1?destination=5511987654321&length=1:01'));
  expect(findHardCoded(page, DATA)).toEqual([]);
});

it('neither has one that refuses, nor one of a dead link', async () => {
  const { at, link } = pages;
  const read = async (path: string) => (await at.fetch(path, { headers: { 'accept-language': 'fa-IR' } })).text();
  for (const path of [`/share/${link.token}/services/none`, `/share/${'x'.repeat(43)}`, `/share/${link.token}/none`])
    expect([path, findHardCoded(await read(path), DATA)]).toEqual([path, []]);
  const { page } = await pages.customer(inPersian('/services/svc-2/buy?package=extra'));
  expect(findHardCoded(page, DATA)).toEqual([]);
  const refused: [string, Record<string, string>][] = [
    ['/services/line-1/caller-id', { caller_id: 'x' }],
    ['/services/line-1/destination', { number: '551140000001', destination: 'x' }],
    ['/services/svc-1/auto-buy', { enabled: 'yes', package: 'extra-50', threshold: 'x', max: '1' }],
    ['/services/svc-1/auto-buy', { enabled: 'yes', package: 'extra-50', threshold: '10%', max: 'x' }],
    ['/services/svc-2/buy', { package: 'extra' }],
    ['/services/svc-1/buy', { package: 'extra-50' }],
  ];
  for (const [path, fields] of refused) {
    const answer = await link.post(inPersian(path), fields);
    expect([path, answer.status >= 400, findHardCoded(await answer.text(), DATA)]).toEqual([path, true, []]);
  }
});

it('nor has a part inside another site, or its summary', async () => {
  for (const path of [
    '/services/svc-1',
    '/services/svc-2',
    '/services/relay-1',
    '/services/vpn-1',
    '/services/line-1',
  ]) {
    const answer = await pages.at.fetch(`/api/v1/embedded${path}?for=customer&language=farsi`, { token: SERVE_TOKEN });
    const document = (await answer.json()) as { summary: string; parts: { title: string; html: string }[] };
    const texts = [document.summary, ...document.parts.flatMap(({ title, html }) => [title, html])];
    expect([path, texts.flatMap((text) => findHardCoded(text, DATA))]).toEqual([path, []]);
    expect(document.parts[0]?.html).toContain('<div lang="fa" dir="rtl">');
  }
  const answer = await pages.at.fetch('/api/v1/embedded/clients/c-1?language=farsi', { token: SERVE_TOKEN });
  const { parts } = (await answer.json()) as { parts: { title: string; html: string }[] };
  expect(parts.flatMap(({ title, html }) => findHardCoded(`${title} ${html}`, DATA))).toEqual([]);
});

it('a page of a customer with its style has at most 60 kB', async () => {
  const style = ASSETS.find(({ type }) => type.startsWith('text/css'))?.body ?? '';
  for (const language of LANGUAGES)
    for (const [path] of CLIENT_PAGES) {
      const { page } = await pages.customer(inLanguage(path, language));
      const size = Buffer.byteLength(page) + Buffer.byteLength(style);
      expect([language, path, size <= 60_000 ? 'fits' : size]).toEqual([language, path, 'fits']);
    }
});
