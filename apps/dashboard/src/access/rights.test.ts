import { beforeAll, describe, expect, it } from '@jest/globals';
import { whoMay } from '@sluice/contract';
import { needsKey } from '@sluice/contract/endpoints';
import { type ApiRoute, ROUTES } from '../api/routes.js';
import { SERVE_TOKEN, useBench } from '../test/dashboard-bench.js';

/** What only a provider states. */
const INPUTS = ['customer', 'adopt', 'forfeitUnbilled', 'finalInvoice', 'force', 'until', 'as', 'withDids'];
/** What no customer may do. */
const VERBS = [
  ...['create', 'suspend', 'unsuspend', 'renew', 'change-package', 'terminate'].map((verb) => `provision/${verb}`),
  ...['holds', 'holds/release', 'holds/adopt'],
];
const RIGHTS = ['buy', 'manage', 'password'] as const;

const at = useBench({ dashboard: { limits: { requestsPerMinute: 100_000 } } });
let made = 0;
beforeAll(async () => {
  await at.addService(1, '42', 20);
  await at.sluice.credit.add('42', { amount: '100.00', currency: 'EUR' });
  await at.sluice.poll();
});

const send = async (method: string, path: string, token: string, body?: object) => {
  const { status, json } = await at.call(`${method} ${path}`, { token, body });
  return { status, answer: json as Record<string, never> };
};
const create = (scopes: string[], token: string, more: object = {}) =>
  send('POST', '/tokens', token, { name: `made-${made++}`, scopes, ...more });

it('a token reads usage from the panels with the scope to operate only', async () => {
  const scopes = [['read'], ['operate'], ['client:42']] as const;
  const statuses = [];
  for (const [scope] of scopes) {
    const { token } = (await create([scope], SERVE_TOKEN)).answer as unknown as { token: string };
    const stored = await send('GET', '/usage', token);
    const refreshed = await send('GET', '/usage?refresh=true', token);
    statuses.push([scope, stored.status, refreshed.status]);
  }
  expect(statuses).toEqual([
    ['read', 200, 403],
    ['operate', 200, 200],
    ['client:42', 200, 403],
  ]);
});

it('a token accepts the form of the answers of panels with the scope to operate only', async () => {
  const shapes = async () => (await at.store.fingerprints.list('dcim')).map(({ endpoint }) => endpoint);
  const made = await Promise.all(['read', 'operate'].map((scope) => create([scope], SERVE_TOKEN)));
  const [reads = '', operates = ''] = made.map(({ answer }) => String(answer['token']));
  const before = await shapes();
  expect((await send('GET', '/doctor', reads)).status).toBe(200);
  expect((await send('GET', '/doctor?contract=true', reads)).status).toBe(403);
  expect(await shapes()).toEqual(before);
  expect((await send('GET', '/doctor?contract=true', operates)).status).toBe(200);
  expect(await shapes()).not.toEqual(before);
  const { entries } = await at.sluice.log.list({ kinds: ['run'], limit: 50 });
  const accepted = { command: 'doctor --contract', actor: expect.stringMatching(/^token /), scope: 'panel dcim' };
  expect(entries).toContainEqual(expect.objectContaining(accepted));
});

it('a session neither accepts the form of answers nor reads usage from the panels: these need a token', async () => {
  const cookie = await at.login();
  const shapes = await at.store.fingerprints.list('dcim');
  at.panel.server.clearCalls();
  for (const path of ['/doctor?contract=true', '/usage?refresh=true', '/usage?refresh=true&refresh=true']) {
    const answer = await at.fetch(`/api/v1${path}`, { cookie });
    expect([path, answer.status, await answer.json()]).toMatchObject([path, 401, { error: { code: 'no_token' } }]);
  }
  expect(at.panel.server.calls).toEqual([]);
  expect(await at.store.fingerprints.list('dcim')).toEqual(shapes);
  for (const path of ['/doctor', '/usage', '/usage?refresh=false'])
    expect([path, (await at.fetch(`/api/v1${path}`, { cookie })).status]).toEqual([path, 200]);
  expect((await send('GET', '/usage?refresh=true', SERVE_TOKEN)).status).toBe(200);
});

it('a token without the scope to make tokens lists share links alone', async () => {
  const expiresAt = '2026-12-01T00:00:00Z';
  await at.call('POST /share-links', { token: SERVE_TOKEN, body: { client: '42', expiresAt } });
  const { token } = (await create(['operate'], SERVE_TOKEN)).answer as unknown as { token: string };
  const kinds = async (by: string): Promise<string[]> => {
    const { tokens } = (await send('GET', '/tokens', by)).answer as unknown as { tokens: { kind: string }[] };
    return [...new Set(tokens.map(({ kind }) => kind))].sort();
  };
  expect([await kinds(token), await kinds(SERVE_TOKEN)]).toEqual([['share'], ['api', 'share']]);
});

it('a run is started with nothing of another command, and calls are listed of one time', async () => {
  const refused = [
    await send('POST', '/runs', SERVE_TOKEN, { command: 'agent check', service: 'svc-1' }),
    await send('POST', '/runs', SERVE_TOKEN, { command: 'poll', agent: 'north' }),
    await send('GET', '/services/svc-1/calls?day=2026-11-19&from=2026-11-01', SERVE_TOKEN),
  ];
  expect(refused.map(({ status, answer }) => [status, (answer['error'] as unknown as { code: string }).code])).toEqual([
    [400, 'bad_request'],
    [400, 'bad_request'],
    [400, 'bad_option'],
  ]);
});

describe('a token of one client', () => {
  it('cannot operate, and needs a client for its rights', async () => {
    for (const scopes of [['client:42', 'operate'], ['client:42', 'tokens'], ['buy'], ['operate', 'manage']])
      expect([scopes, (await create(scopes, SERVE_TOKEN)).answer]).toEqual([
        scopes,
        { error: expect.objectContaining({ code: 'bad_token' }) },
      ]);
  });

  it('is refused all verbs of the provider, with every right', async () => {
    const token = await at.token('client:42', ...RIGHTS);
    for (const verb of VERBS)
      expect([verb, (await send('POST', `/services/svc-1/${verb}`, token, {})).status]).toEqual([verb, 403]);
    expect((await at.sluice.services.show('svc-1')).holds).toEqual([]);
  });

  it('may send no input of the provider on any route', () => {
    const open = ROUTES.filter(({ useCase, clients }) => clients !== 'none' && whoMay(useCase).customer.length > 0);
    const inputs = open.flatMap(({ method, path, body }) =>
      Object.keys(body?.shape ?? {}).map((input) => [`${method} ${path}`, input]),
    );
    expect(inputs.filter(([, input = '']) => INPUTS.includes(input))).toEqual([]);
  });

  it('may do with each right what the list says, and nothing else', async () => {
    const tokens = new Map<string, string>([['read', await at.token('client:42')]]);
    for (const right of RIGHTS) tokens.set(right, await at.token('client:42', right));
    const toPath = ({ path }: ApiRoute) =>
      path.replace(':service', 'svc-1').replace(':client', '42').replace(/:\w+/g, 'none');
    for (const route of ROUTES)
      for (const [right, token] of tokens) {
        const { status } = await send(
          route.method,
          toPath(route),
          token,
          route.method === 'GET' ? undefined : { dryRun: true },
        );
        const ways = route.clients === 'none' ? [] : whoMay(route.useCase).customer;
        // Its panel can't change passwords (customer/magnus-line.test.ts).
        const isLacking = route.useCase === 'provision.changePassword';
        const isPermitted =
          !isLacking && ways.some(({ need, field }) => field === undefined && (need === 'read' || need === right));
        expect([route.method, route.path, right, status === 403]).toEqual([
          route.method,
          route.path,
          right,
          !isPermitted,
        ]);
      }
    await at.sluice.autoBuy.clear({ service: 'svc-1' }).catch(() => undefined);
  });

  it('may do the same on the pages', async () => {
    const forms = { buy: '/buy?', manage: '/destination', password: '/password' } as const;
    for (const right of RIGHTS) {
      const cookie = await at.login(await at.token('client:42', right, 'read'));
      const page = await at.page('/services/svc-1', cookie);
      expect([right, page.includes(forms.buy), page.includes('action="/services/svc-1/auto-buy"')]).toEqual([
        right,
        right === 'buy',
        right === 'buy',
      ]);
      const password = await at.fetch('/services/svc-1/password', { cookie });
      expect([right, password.status]).toEqual([right, 403]);
    }
  });
});

describe('a token that makes tokens', () => {
  it('needs the scope tokens', async () => {
    const operate = await at.token('operate');
    expect((await create(['read'], operate)).status).toBe(403);
    const both = await at.token('operate', 'tokens');
    expect((await create(['read'], both)).status).toBe(201);
    const { status } = await send('POST', '/share-links', operate, { client: '42', validSeconds: 600 });
    expect(status).toBe(201);
  });

  it('makes none that permits more or ends later than itself', async () => {
    const expiresAt = new Date(at.clock.now() + 3_600_000).toISOString();
    const { token } = await at.sluice.access.create({ name: 'hour', scopes: ['read', 'tokens'], expiresAt });
    const later = new Date(at.clock.now() + 7_200_000).toISOString();
    for (const [scopes, more] of [
      [['operate'], { expiresAt }],
      [['client:42', 'buy'], { expiresAt }],
      [['read'], {}],
      [['read'], { expiresAt: later }],
    ] as const)
      expect([scopes, more, (await create([...scopes], token, more)).answer]).toMatchObject([
        scopes,
        more,
        { error: { code: 'token_exceeds' } },
      ]);
    expect((await create(['read'], token, { expiresAt })).status).toBe(201);
    const link = { client: '42', expiresAt: later };
    const { token: billing } = await at.sluice.access.create({ name: 'billing', scopes: ['operate'], expiresAt });
    expect((await send('POST', '/share-links', billing, link)).answer).toMatchObject({
      error: { code: 'token_exceeds' },
    });
  });

  it('is named by its id in what it made, which revoking it names and can end', async () => {
    const { token, access } = await at.sluice.access.create({ name: 'parent', scopes: ['operate', 'tokens'] });
    const child = (await create(['operate', 'tokens'], token)).answer as unknown as Made;
    const grandchild = (await create(['read'], child.token)).answer as unknown as Made;
    expect([child.access.createdBy, grandchild.access.createdBy]).toEqual([access.id, child.access.id]);
    const first = await send('DELETE', `/tokens/${access.id}`, SERVE_TOKEN, {});
    const ids = [child.access.id, grandchild.access.id];
    expect((first.answer['made'] as unknown as { id: string }[]).map(({ id }) => id)).toEqual(ids);
    expect((await send('GET', '/me', grandchild.token)).status).toBe(200);
    const all = await send('DELETE', `/tokens/${access.id}`, SERVE_TOKEN, { withMade: true });
    expect((all.answer['made'] as unknown as { id: string }[]).map(({ id }) => id)).toEqual(ids);
    for (const made of [child, grandchild]) expect((await send('GET', '/me', made.token)).status).toBe(401);
  });

  it('ends links only, where it may only operate', async () => {
    const { token } = await at.sluice.access.create({ name: 'operator', scopes: ['operate'] });
    const other = await at.sluice.access.create({ name: 'other', scopes: ['read'] });
    const link = (await send('POST', '/share-links', token, { client: '42', validSeconds: 600 }))
      .answer as unknown as Made;
    expect((await send('DELETE', `/tokens/${link.access.id}`, token, {})).status).toBe(200);
    expect((await send('DELETE', `/tokens/${other.access.id}`, token, {})).status).toBe(403);
    expect((await send('GET', '/me', other.token)).answer).toMatchObject({ read: true, operate: false, tokens: false });
  });
});

interface Made {
  token: string;
  access: { id: string; createdBy: string };
}

it('each changing route of a client asks for a key', () => {
  const changing = ROUTES.filter(({ method, clients }) => method !== 'GET' && clients !== 'none');
  expect(changing.filter((route) => !needsKey(route))).toEqual([]);
});

describe('a token of one client that could operate before', () => {
  it('is listed by doctor until it ends', async () => {
    const listed = async () =>
      (await at.sluice.panels.doctor({})).checks
        .filter(({ code }) => code === 'scopes_changed')
        .map(({ object }) => object);
    expect(await listed()).toEqual([]);
    const [some] = await at.store.apiTokens.list();
    const old = { id: 'tok-old', hash: 'old', name: 'old', scopes: ['client:42', ...RIGHTS], client: '42' };
    await at.store.apiTokens.add({
      ...some!,
      ...old,
      revokedAt: null,
      expiresAt: null,
      scopesBefore: ['client:42', 'operate'],
    });
    expect(await listed()).toEqual(['old']);
    await at.sluice.access.revoke('old');
    expect(await listed()).toEqual([]);
  });
});
