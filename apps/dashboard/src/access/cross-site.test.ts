import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { API, ForeignRoutes, type Sender } from '../test/foreign-routes.js';

const FOREIGN_SITE = 'https://evil.example.com';
/** What a browser says of a form that a page of another site sends; older browsers state no site, or nothing at all. */
const SITES: readonly Record<string, string>[] = [
  { 'sec-fetch-site': 'cross-site', origin: FOREIGN_SITE },
  { 'sec-fetch-site': 'same-site', origin: FOREIGN_SITE },
  { origin: FOREIGN_SITE, referer: `${FOREIGN_SITE}/page` },
  { origin: 'null' },
  {},
];
/** Bodies that a page may send without asking this server first (Fetch Standard, CORS-safelisted request headers). */
const TYPES = ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'];

let routes: ForeignRoutes;
beforeAll(async () => {
  routes = await ForeignRoutes.start();
});
afterAll(() => routes.close());

const changing = (): string[] => routes.list().filter((route) => !route.startsWith('GET '));
const isRefused = ({ status, to }: { status: number; to: string }): boolean =>
  (status >= 400 && status < 500) || to.startsWith('/login');

describe('a page of another site', () => {
  it('changes nothing by the session of an operator, whatever it sends', async () => {
    const before = await routes.snapshot();
    const { cookie } = routes.callers.operator.session;
    const wrong: unknown[] = [];
    // The token of the form is one of another session at best: that of its own.
    const tokens = ['', routes.callers.client.session.csrf];
    for (const route of changing().filter((each) => !each.includes('/share/'))) {
      const path = routes.toPath(route);
      for (const [at, site] of SITES.entries()) {
        const csrf = tokens[at % tokens.length] ?? '';
        const type = TYPES[at % TYPES.length] ?? '';
        const answer = await routes.ask(route, path, { cookie, csrf }, { 'content-type': type, ...site });
        if (!isRefused(answer)) wrong.push([route, site, type, answer.status, answer.to]);
      }
    }
    expect(wrong).toEqual([]);
    expect(await routes.snapshot()).toBe(before);
  });

  it('changes nothing even with the right token of the form', async () => {
    const before = await routes.snapshot();
    const wrong: unknown[] = [];
    for (const route of changing().filter((each) => !each.includes('/share/') && !each.includes(API))) {
      for (const site of ['cross-site', 'same-site']) {
        const by = routes.callers.operator.session;
        const answer = await routes.ask(route, routes.toPath(route), by, { 'sec-fetch-site': site });
        if (!isRefused(answer)) wrong.push([route, site, answer.status, answer.to]);
      }
    }
    expect(wrong).toEqual([]);
    expect(await routes.snapshot()).toBe(before);
  });

  it('changes nothing by the link of a client or an agent, with the token of another link', async () => {
    const before = await routes.snapshot();
    const wrong: unknown[] = [];
    const own = routes.foreign['shareToken'] ?? '';
    for (const route of changing().filter((each) => each.includes('/share/'))) {
      const path = routes.toPath(route);
      const ways: readonly [string, Sender][] = [
        [own, { csrf: routes.links.client.csrf() }],
        [own, { csrf: '' }],
        [routes.links.agent.token, { csrf: routes.links.client.csrf() }],
      ];
      for (const [token, by] of ways) {
        const answer = await routes.ask(route, path.replace(own, token), by, { origin: FOREIGN_SITE });
        if (!isRefused(answer)) wrong.push([route, by, answer.status, answer.to]);
      }
    }
    expect(wrong).toEqual([]);
    expect(await routes.snapshot()).toBe(before);
  });

  it('begins and ends no session', async () => {
    const { at } = routes.pages;
    const { token, session } = routes.callers.reader;
    for (const site of SITES.filter((each) => Object.keys(each).length > 0)) {
      const body = new URLSearchParams({ token });
      const begun = await at.fetch('/login', { method: 'POST', body, headers: site });
      expect([site, begun.headers.get('set-cookie')]).toEqual([site, null]);
    }
    for (const csrf of ['', routes.callers.client.session.csrf]) {
      const { cookie } = session;
      await at.fetch('/logout', { method: 'POST', cookie, body: new URLSearchParams({ csrf }) });
    }
    expect((await at.fetch('/', { cookie: session.cookie })).status).toBe(200);
  });

  it('is refused for what it is: the same forms of the operator are accepted', async () => {
    const accepted: string[] = [];
    for (const route of changing().filter((each) => !each.includes('/share/') && !each.includes(API))) {
      const { session } = routes.callers.operator;
      const answer = await routes.ask(route, routes.toPath(route), session, { 'sec-fetch-site': 'same-origin' });
      if (answer.status === 303 && !answer.to.startsWith('/login')) accepted.push(route);
    }
    expect(accepted.length).toBeGreaterThan(5);
  });
});
