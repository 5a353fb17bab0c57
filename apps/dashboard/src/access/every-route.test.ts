import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROUTES } from '../api/routes.js';
import { toCsrfToken } from './viewer.js';
import { type EveryPage, startEveryPage } from '../test/every-page.js';
import { Link, toKey } from '../test/share-link.js';

const API = '/api/v1';
/** What nobody needs a token for; each is looked at elsewhere. A new one needs a line here. */
const OPEN: readonly (string | RegExp)[] = [
  ...['GET /healthz', 'GET /metrics', 'GET /login', 'POST /login', 'POST /logout', `GET ${API}/openapi.json`],
  ...['GET /mails/:token', 'POST /mails/:token', 'GET /mails/confirm/:token', 'POST /mails/confirm/:token'],
  ...['GET /app.webmanifest', 'GET /brand/:file'],
  /^GET \/assets\/[^:]*$/,
];
/** What only reads, or computes, though it is a POST: permitted to who may read. */
const READING = [`POST ${API}/panels/test`, `POST ${API}/panels/:panel/plan-enforcing`];
/** Any request states all of it: forms and documents read what they know. */
const FIELDS = {
  ...{ package: 'extra-50', threshold: '10GB', max: '1', confirmed: 'yes', number: '+551142000001', name: 'x' },
  ...{ destination: '5511999990000', caller_id: '1142000001', traffic: '1', days: '1', address: 'a@example.com' },
};

let pages: EveryPage;
/** Values of parameters: what is of another client or agent, or of the provider. */
let foreign: Record<string, string>;
let marks: string[];
let callers: Record<'client' | 'agent' | 'reader', { token: string; session: { cookie: string; csrf: string } }>;
let links: Record<'client' | 'agent', Link>;

beforeAll(async () => {
  pages = await startEveryPage({
    requestsPerMinute: 1e6,
    refusalsPerMinute: 1e6,
    filesPerMinute: 1e6,
    loginsPerMinute: 1e6,
  });
  const { at, others, link } = pages;
  const { sluice } = at;
  await at.addService(40, 'c-own', 20);
  await sluice.services.set('svc-1', { name: 'FOREIGN service', client_name: 'FOREIGN person' });
  await sluice.credit.add('c-1', { amount: '50.00', currency: 'EUR', ref: 'foreign' });
  const { agents } = await sluice.agents.list({ panel: 'vpn' });
  const own = agents.find(({ uuid }) => uuid !== others.agent)?.uuid ?? '';
  const { users } = await sluice.agents.users(others.agent, { panel: 'vpn' });
  const [user = { uuid: '', name: '' }] = users;
  const [bill] = (await sluice.calls.bills({ service: 'line-1' })).bills;
  const newest = async (kind: 'run' | 'action') =>
    String((await sluice.log.list({ kinds: [kind] })).entries.map((entry) => ('id' in entry ? entry.id : null))[0]);
  foreign = {
    ...{ service: 'svc-1', client: 'c-1', panel: 'dcim', name: 'dcim', agent: others.agent, user: user.uuid },
    ...{
      bill: bill?.id ?? '',
      invoice: bill?.invoice ?? '',
      purchase: 'p-1',
      resource: 'plans',
      number: others.number,
    },
    ...{
      run: await newest('run'),
      action: await newest('action'),
      token: link.id,
      alarm: 'alarm-1',
      verb: 'x',
      id: 'svc-1',
    },
    shareToken: link.token,
  };
  marks = ['FOREIGN', 'svc-1', 'svc-2', 'relay-1', 'vpn-1', 'line-1', others.agent, user.uuid, foreign['bill'] ?? 'x'];
  const toCaller = async (...scopes: string[]) => {
    const token = await at.token(...scopes);
    const cookie = await at.login(token);
    return { token, session: { cookie, csrf: toCsrfToken(/=([^;]*)/.exec(cookie)?.[1] ?? '') } };
  };
  callers = {
    client: await toCaller('client:c-own', 'buy', 'manage', 'password'),
    agent: await toCaller(`agent:${own}`),
    reader: await toCaller('read'),
  };
  links = {
    client: await Link.open(at, { client: 'c-own', buy: true, manage: true, changePassword: true }),
    agent: await Link.open(at, { agent: own }),
  };
});
afterAll(() => pages.close());

const isOpen = (route: string): boolean =>
  OPEN.some((one) => (typeof one === 'string' ? one === route : one.test(route)));
/** All routes but those that nobody needs a token for; a HEAD is a GET. */
const guarded = (): string[] =>
  [...new Set(pages.at.dashboard.routes)].filter((route) => !/^(HEAD|OPTIONS) /.test(route) && !isOpen(route));

/** What `:id` is of, by what stands before it. */
const IDS: Record<string, () => string> = {
  services: () => 'svc-1',
  agents: () => foreign['agent'] ?? '',
  runs: () => foreign['run'] ?? '',
  alarms: () => 'alarm-1',
  lines: () => '9001',
  dids: () => '72',
  plans: () => '11',
  ':resource': () => '11',
  bills: () => foreign['bill'] ?? '',
};

/** Returns the path of a route with what is foreign in the place of its parameters. */
function toForeign(route: string): string {
  const [, path = ''] = route.split(' ');
  return path.replaceAll(/(?<=([\w:-]+)\/):(\w+)/g, (_, before: string, name: string) => {
    const of = name === 'id' ? IDS[before]?.() : foreign[name];
    if (of === undefined || of === '') throw new Error(`nothing foreign is known for :${name} of ${route}`);
    return encodeURIComponent(of);
  });
}

async function ask(route: string, path: string, by: { token?: string; cookie?: string; csrf?: string }) {
  const [method = ''] = route.split(' ');
  const { csrf = 'x', ...who } = by;
  const isApi = path.startsWith(API);
  const body = isApi ? JSON.stringify({}) : new URLSearchParams({ ...FIELDS, csrf, key: toKey() }).toString();
  const type = isApi ? 'application/json' : 'application/x-www-form-urlencoded';
  // What is counted for each minute is counted elsewhere.
  pages.at.clock.advance(2000);
  const answer = await pages.at.fetch(path, {
    ...{ method, ...who },
    ...(method === 'GET' ? {} : { body, headers: { 'content-type': type, 'idempotency-key': toKey() } }),
  });
  return { status: answer.status, to: answer.headers.get('location') ?? '', text: await answer.text() };
}

/** What a request could have changed of others. */
async function snapshot(): Promise<string> {
  const { sluice } = pages.at;
  const { entries } = await sluice.log.list({ limit: 100_000 });
  const balances = await Promise.all(['c-1', 'c-own'].map((client) => sluice.credit.show(client)));
  const about = entries.filter((entry) => findMarks(JSON.stringify(entry), '').length > 0);
  return JSON.stringify([about.length, balances, await sluice.services.list()]);
}

/** Marks of others in an answer, but for what the request itself has. */
const findMarks = (text: string, path: string): string[] =>
  marks.filter((mark) => text.includes(mark) && !decodeURIComponent(path).includes(mark));

describe('every route', () => {
  it('is one that is known, and has a parameter that is', () => {
    const routes = guarded();
    expect(routes.length).toBeGreaterThan(200);
    expect(routes.map(toForeign).filter((path) => path.includes('/:'))).toEqual([]);
  });

  it('answers nobody without a token, session or link', async () => {
    const wrong: unknown[] = [];
    for (const route of guarded()) {
      const path = toForeign(route).replace(foreign['shareToken'] ?? 'x', 'no-such-link-0123456789abcdefghijkl');
      for (const by of [{}, { token: 'no-such-token-0123456789abcdefghijklmn', cookie: 'sluice=nothing' }]) {
        const { status, to, text } = await ask(route, path, by);
        const isRefused = path.startsWith(API)
          ? status === 401
          : path.startsWith('/share/')
            ? status === 404
            : to.startsWith('/login');
        if (!isRefused || findMarks(text, path).length > 0) wrong.push([route, by, status, to]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('accepts the forms of a session and of a link where they are its own', async () => {
    const own = await ask('POST /mails', '/mails', callers.client.session);
    const path = `/share/${links.client.token}/mails`;
    const byLink = await ask('POST /mails', path, { csrf: links.client.csrf() });
    expect([own.to, byLink.to]).toEqual(['/mails?done=saved', `${path}?done=saved`]);
  });

  it.each(['client', 'agent'] as const)('of others is shut for a %s, by token, session and link', async (who) => {
    const before = await snapshot();
    const wrong: unknown[] = [];
    for (const route of guarded()) {
      const path = toForeign(route);
      const ways = path.startsWith('/share/')
        ? [{ at: path.replace(foreign['shareToken'] ?? 'x', links[who].token), by: { csrf: links[who].csrf() } }]
        : [
            { at: path, by: { token: callers[who].token } },
            { at: path, by: callers[who].session },
          ];
      for (const { at, by } of ways) {
        const { status, to, text } = await ask(route, at, by);
        const isLogin = to.startsWith('/login');
        const isOfOthers = route.includes('/:') && !/^\w+ \/share\/:shareToken(?!.*\/:)/.test(route);
        const isShut = status >= 400 || isLogin;
        if ((isOfOthers && !isShut) || findMarks(text, at).length > 0)
          wrong.push([route, Object.keys(by), status, to, findMarks(text, at)]);
      }
    }
    expect(wrong).toEqual([]);
    expect(await snapshot()).toBe(before);
  });

  it.each(['client', 'agent'] as const)('shows a %s nothing of others for a query that names them', async (who) => {
    const wrong: unknown[] = [];
    for (const { method, path, query } of ROUTES) {
      const names = Object.keys(query?.shape ?? {}).filter((name) => foreign[name] !== undefined);
      if (method !== 'GET' || path.includes('/:')) continue;
      for (const name of names) {
        const at = `${API}${path}?${name}=${encodeURIComponent(foreign[name] ?? '')}`;
        const { status, text } = await ask(`GET ${path}`, at, { token: callers[who].token });
        if (findMarks(text, at).length > 0) wrong.push([at, status]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('changes nothing for a token that only reads, or its session', async () => {
    const before = await snapshot();
    const wrong: unknown[] = [];
    for (const route of guarded().filter((each) => !/^GET |\/share\//.test(each) && !READING.includes(each))) {
      const path = toForeign(route);
      for (const by of [{ token: callers.reader.token }, callers.reader.session]) {
        const { status, to } = await ask(route, path, by);
        if (status < 400 && !to.startsWith('/login')) wrong.push([route, Object.keys(by), status, to]);
      }
    }
    expect(wrong).toEqual([]);
    expect(await snapshot()).toBe(before);
  });
});
