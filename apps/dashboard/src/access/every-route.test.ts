import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROUTES } from '../api/routes.js';
import { API, ForeignRoutes } from '../test/foreign-routes.js';

/** What only reads, or computes, though it is a POST: permitted to who may read. */
const READING = [`POST ${API}/panels/test`, `POST ${API}/panels/:panel/plan-enforcing`];

let routes: ForeignRoutes;
beforeAll(async () => {
  routes = await ForeignRoutes.start();
});
afterAll(() => routes.close());

describe('every route', () => {
  it('is one that is known, and has a parameter that is', () => {
    const all = routes.list();
    expect(all.length).toBeGreaterThan(200);
    expect(all.map((route) => routes.toPath(route)).filter((path) => path.includes('/:'))).toEqual([]);
  });

  it('answers nobody without a token, session or link', async () => {
    const wrong: unknown[] = [];
    for (const route of routes.list()) {
      const path = routes
        .toPath(route)
        .replace(routes.foreign['shareToken'] ?? 'x', 'no-such-link-0123456789abcdefghijkl');
      for (const by of [{}, { token: 'no-such-token-0123456789abcdefghijklmn', cookie: 'sluice=nothing' }]) {
        const { status, to, text } = await routes.ask(route, path, by);
        const isRefused = path.startsWith(API)
          ? status === 401
          : path.startsWith('/share/')
            ? status === 404
            : to.startsWith('/login');
        if (!isRefused || routes.findMarks(text, path).length > 0) wrong.push([route, by, status, to]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('accepts the forms of a session and of a link where they are its own', async () => {
    const own = await routes.ask('POST /mails', '/mails', routes.callers.client.session);
    const path = `/share/${routes.links.client.token}/mails`;
    const byLink = await routes.ask('POST /mails', path, { csrf: routes.links.client.csrf() });
    expect([own.to, byLink.to]).toEqual(['/mails?done=saved', `${path}?done=saved`]);
  });

  it.each(['client', 'agent'] as const)('of others is shut for a %s, by token, session and link', async (who) => {
    const before = await routes.snapshot();
    const wrong: unknown[] = [];
    for (const route of routes.list()) {
      const path = routes.toPath(route);
      const ways = path.startsWith('/share/')
        ? [
            {
              at: path.replace(routes.foreign['shareToken'] ?? 'x', routes.links[who].token),
              by: { csrf: routes.links[who].csrf() },
            },
          ]
        : [
            { at: path, by: { token: routes.callers[who].token } },
            { at: path, by: routes.callers[who].session },
          ];
      for (const { at, by } of ways) {
        const { status, to, text } = await routes.ask(route, at, by);
        const isLogin = to.startsWith('/login');
        const isOfOthers = route.includes('/:') && !/^\w+ \/share\/:shareToken(?!.*\/:)/.test(route);
        const isShut = status >= 400 || isLogin;
        if ((isOfOthers && !isShut) || routes.findMarks(text, at).length > 0)
          wrong.push([route, Object.keys(by), status, to, routes.findMarks(text, at)]);
      }
    }
    expect(wrong).toEqual([]);
    expect(await routes.snapshot()).toBe(before);
  });

  it.each(['client', 'agent'] as const)('shows a %s nothing of others for a query that names them', async (who) => {
    const wrong: unknown[] = [];
    for (const { method, path, query } of ROUTES) {
      const names = Object.keys(query?.shape ?? {}).filter((name) => routes.foreign[name] !== undefined);
      if (method !== 'GET' || path.includes('/:')) continue;
      for (const name of names) {
        const at = `${API}${path}?${name}=${encodeURIComponent(routes.foreign[name] ?? '')}`;
        const { status, text } = await routes.ask(`GET ${path}`, at, { token: routes.callers[who].token });
        if (routes.findMarks(text, at).length > 0) wrong.push([at, status]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('changes nothing for a token that only reads, or its session', async () => {
    const before = await routes.snapshot();
    const wrong: unknown[] = [];
    for (const route of routes.list().filter((each) => !/^GET |\/share\//.test(each) && !READING.includes(each))) {
      const path = routes.toPath(route);
      for (const by of [{ token: routes.callers.reader.token }, routes.callers.reader.session]) {
        const { status, to } = await routes.ask(route, path, by);
        if (status < 400 && !to.startsWith('/login')) wrong.push([route, Object.keys(by), status, to]);
      }
    }
    expect(wrong).toEqual([]);
    expect(await routes.snapshot()).toBe(before);
  });
});
