import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AGENT_USER_SORTS } from '@sluice/contract';
import { GB } from '../../test/dashboard-bench.js';
import { extractMain } from '../../test/page-texts.js';
import { type ResellerBench, startResellers } from '../../test/reseller-bench.js';

/** Users besides anna (9 GB, never online) and bela of a reseller below (0 B, never online), by what they differ in. */
const USERS = [
  { name: 'user-10', used: 5, lastOnline: '2026-11-20 10:00:00', startDate: '2026-11-01' },
  { name: 'user-9', used: 7, lastOnline: '2026-11-20 11:00:00', startDate: '2026-11-15' },
  { name: 'user-8', used: 1, lastOnline: '2026-11-19 11:00:00', startDate: '2026-10-25' },
];

/** By each order; what is not known stands at the end, either way. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  user: ['anna', 'bela', 'user-8', 'user-9', 'user-10'],
  '-user': ['user-10', 'user-9', 'user-8', 'bela', 'anna'],
  used: ['bela', 'user-8', 'user-10', 'user-9', 'anna'],
  '-used': ['anna', 'user-9', 'user-10', 'user-8', 'bela'],
  online: ['user-8', 'user-10', 'user-9', 'anna', 'bela'],
  '-online': ['user-9', 'user-10', 'user-8', 'anna', 'bela'],
  end: ['user-8', 'user-10', 'user-9', 'anna', 'bela'],
  '-end': ['user-9', 'user-10', 'user-8', 'anna', 'bela'],
};

let bench: ResellerBench;
let token: string;
beforeAll(async () => {
  bench = await startResellers();
  const { fake, agents, at } = bench;
  for (const { name, used, ...facts } of USERS) {
    const user = fake.addUser({ agent: agents.north, name, usageLimit: 10 * GB, currentUsage: used * GB });
    fake.changeUser(user, { ...facts, packageDays: 30 });
  }
  ({ token } = await at.sluice.access.create({ name: 'r', scopes: [`agent:${agents.north}`] }));
});
afterAll(() => bench.at.close());

const read = async (path: string) => {
  const answer = await bench.link.get(path);
  const text = await answer.text();
  return { status: answer.status, text };
};
/** The names of the users in the order in which a page has them. */
const names = (page: string): string[] =>
  [...extractMain(page).matchAll(/<th scope="row"[^>]*><a href="[^"]*"><bdi>([^<]*)</g)].map(([, name = '']) => name);
/** The columns that a page marks as ordered. */
const marked = (page: string): string[] =>
  [...page.matchAll(/aria-sort="(\w+)"><a[^>]*>([^<]*)</g)].map(([, way = '', title = '']) => `${title} ${way}`);
/** Where the head of a column leads to. */
const head = (page: string, title: string): string => {
  const [, href = ''] = new RegExp(`<a href="([^"]*)">${title}</a></th>`).exec(page) ?? [];
  return href.replaceAll('&amp;', '&').replace(`/share/${bench.link.token}`, '');
};

describe('the users of a reseller', () => {
  it.each(AGENT_USER_SORTS.map((sort) => [sort]))('have one order on the page and in the API: %s', async (sort) => {
    const { text } = await read(`/?sort=${sort}`);
    expect(names(text)).toEqual(EXPECTED[sort]);
    const { json } = await bench.at.call(`GET /agents/own/users?sort=${sort}`, { token });
    expect((json as { users: { name: string }[] }).users.map(({ name }) => name)).toEqual(EXPECTED[sort]);
  });

  it('are at first in the order of their use, which is marked, and the heads lead to the others and back', async () => {
    const { text: first } = await read('/');
    expect([names(first), marked(first)]).toEqual([EXPECTED['-used'], ['Used descending']]);
    expect(['Name', 'Used', 'Days left', 'Last active'].map((title) => head(first, title))).toEqual([
      '?sort=user#users',
      '?sort=used#users',
      '?sort=end#users',
      '?sort=-online#users',
    ]);
    const { text: online } = await read(head(first, 'Last active').replace('#users', '').replace('?', '/?'));
    expect([names(online), marked(online)]).toEqual([EXPECTED['-online'], ['Last active descending']]);
    expect(head(online, 'Last active')).toBe('?sort=online#users');
  });

  it('stay in that order in a search, and have no other: what is not an order is refused by the API alone', async () => {
    const { text } = await read('/?sort=user&q=user');
    expect([names(text), marked(text)]).toEqual([['user-8', 'user-9', 'user-10'], ['Name ascending']]);
    expect(text).toMatch(/<input type="hidden" name="sort" value="user"/);
    expect(head(text, 'Used')).toBe('?q=user&sort=-used#users');
    for (const sort of ['limitBytes', '--used', '"><b>', 'used,user']) {
      const page = await read(`/?sort=${encodeURIComponent(sort)}`);
      expect([page.status, names(page.text)]).toEqual([200, EXPECTED['-used']]);
      expect(page.text).not.toContain('"><b>');
      const { status } = await bench.at.call(`GET /agents/own/users?sort=${encodeURIComponent(sort)}`, { token });
      expect([sort, status]).toEqual([sort, 400]);
    }
  });

  it('are on pages in that order, with the search', async () => {
    for (let each = 0; each < 101; each++)
      bench.fake.addUser({ agent: bench.agents.north, name: `many-${each}`, usageLimit: GB, currentUsage: each });
    bench.at.clock.advance(60_000);
    const { text } = await read('/?sort=used&q=many');
    expect([names(text)[0], names(text).length, text.includes('Page 1 of 2')]).toEqual(['many-0', 100, true]);
    const [, href = ''] = /<a href="([^"]*)" rel="next"/.exec(text) ?? [];
    expect(href.replaceAll('&amp;', '&').replace(`/share/${bench.link.token}`, '')).toBe('?q=many&sort=used&page=2');
    expect(names((await read('/?q=many&sort=used&page=2')).text)).toEqual(['many-100']);
    for (const page of ['3', '0', '-1', 'x', '1e9'])
      expect([page, (await read(`/?q=many&sort=used&page=${page}`)).status]).toEqual([page, 200]);
  });
});
