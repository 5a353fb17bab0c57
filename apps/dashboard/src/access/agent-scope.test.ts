import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { whoMay } from '@sluice/contract';
import { type FakeHiddify, manualClock, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { AGENT_TRAFFIC_CALLS } from '../agent-traffic/calls.js';
import { agentTrafficAddress } from '../api/openapi.js';
import { type ApiRoute, ROUTES } from '../api/routes.js';
import { type DashboardBench, GB, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';

let at: DashboardBench;
let fake: FakeHiddify;
let agents: Record<'north' | 'east' | 'south', string>;
let users: Record<'anna' | 'bela' | 'foreign', string>;
let token: string;

beforeAll(async () => {
  fake = await startFakeHiddify({ now: manualClock('2026-11-20T12:00:00.000Z').now });
  const north = fake.addAgent(undefined, { name: 'north' });
  agents = { north, east: fake.addAgent(north, { name: 'east' }), south: fake.addAgent(undefined, { name: 'south' }) };
  const add = (agent: string, name: string): string => fake.addUser({ agent, name, usageLimit: 10 * GB });
  users = { anna: add(north, 'anna'), bela: add(agents.east, 'bela'), foreign: add(agents.south, 'foreign') };
  const vpn = {
    kind: 'hiddify',
    url: fake.url,
    allowHttp: true,
    apiKey: fake.key,
    retries: 0,
    agents: { accounting: 'allocated' },
  };
  at = await startBench({
    fakes: [fake],
    kinds: [hiddify],
    panels: { vpn },
    dashboard: { limits: { requestsPerMinute: 100_000 } },
  });
  await at.addService(1, '42', 20);
  await at.sluice.poll();
  await at.sluice.agents.limit('north', {
    panel: 'vpn',
    limitBytes: 40 * GB,
    opening: undefined,
    dryRun: false,
    confirm: () => Promise.resolve(),
  });
  ({ token } = await at.sluice.access.create({ name: 'reseller', scopes: [`agent:${north}`] }));
});
afterAll(() => at.close());

const send = async (request: string, body?: object, by = token) => {
  const { status, json } = await at.call(request, { token: by, body });
  return { status, text: JSON.stringify(json), json };
};
/** What an agent must never read: its own key and those of others, and everything of others. */
const secrets = (): string[] => [...Object.values(agents), users.foreign, 'south', 'foreign', 'svc-1', fake.key];

describe('a token of one agent', () => {
  it('shows its budget and the users below it, and no key of an agent', async () => {
    const { status, json, text } = await send('GET /agents/own/users');
    expect(status).toBe(200);
    const shown = json as {
      agent: { name: string };
      users: { uuid: string; name: string; access: { links: unknown[] } }[];
    };
    expect([shown.agent.name, shown.users.map(({ name, uuid }) => [name, uuid])]).toEqual([
      'north',
      [
        ['anna', users.anna],
        ['bela', users.bela],
      ],
    ]);
    expect(shown.users[0]?.access.links).toHaveLength(1);
    expect(JSON.stringify(shown.users[0]?.access.links)).toContain(users.anna);
    expect(secrets().filter((secret) => text.includes(secret))).toEqual([]);
    const own = await send('GET /agents/own');
    expect([own.status, secrets().filter((secret) => own.text.includes(secret))]).toEqual([200, []]);
    expect(own.json).toMatchObject({ name: 'north', limitBytes: 40 * GB, panel: 'vpn' });
    const history = await send('GET /agents/own/history');
    expect([history.status, secrets().filter((secret) => history.text.includes(secret))]).toEqual([200, []]);
    expect(history.json).toMatchObject({ agent: { name: 'north' }, periods: [{ ended: false, limitBytes: 40 * GB }] });
    for (const other of ['south', agents.south, agents.east, 'nobody'])
      expect([other, (await send(`GET /agents/${other}/history`)).status]).toEqual([other, 404]);
    expect((await send('GET /me')).json).toMatchObject({ agent: 'north', client: null, read: false, operate: false });
    expect((await send(`GET /agents/own/can-create-user?limitBytes=${GB}`)).json).toMatchObject({ allowed: true });
  });

  it('changes the users below it within the budget, by its own name or the word for it', async () => {
    const made = await send('POST /agents/own/users', { name: 'cora', limitBytes: 5 * GB, days: 10 });
    expect([made.status, secrets().filter((secret) => made.text.includes(secret))]).toEqual([201, []]);
    expect((await send('POST /agents/north/users/cora/extend', { bytes: GB, days: 5 })).json).toMatchObject({
      user: { name: 'cora', limitBytes: 6 * GB, days: 15 },
    });
    expect((await send(`POST /agents/own/users/${users.bela}/disable`, {})).json).toMatchObject({
      user: { uuid: users.bela, state: 'disabled', disabledFor: ['reseller'] },
    });
    expect(fake.user(users.bela).enable).toBe(false);
    expect((await send(`POST /agents/own/users/bela/enable`, {})).status).toBe(200);
    expect(fake.user(users.bela).enable).toBe(true);
    const over = await send('POST /agents/own/users/cora/extend', { bytes: 20 * GB });
    const figures = { askedBytes: 20 * GB, remainingBytes: 14 * GB, limitBytes: 40 * GB };
    expect([over.status, over.json]).toEqual([
      409,
      {
        error: {
          code: 'agent_limit',
          message:
            'You asked for 20 GB, but 14 GB of your budget of 40 GB are left, so at most 14 GB fit; nothing was changed.',
          details: figures,
        },
      },
    ]);
    const mode = await send('POST /agents/own/users', { name: 'dora', limitBytes: GB, mode: 'monthly' });
    expect(mode.status).toBe(403);
  });

  it('is refused in words that name nobody else', async () => {
    await at.sluice.agents.suspend('north', { note: 'did not pay', actor: 'alice' });
    const refused = [
      await send('POST /agents/own/users', { name: 'emma', limitBytes: GB }),
      await send('POST /agents/own/users/anna/extend', { days: 1 }),
      await send('POST /agents/own/users/nobody/disable', {}),
      await send(`POST /agents/own/users/${users.foreign}/disable`, {}),
      await send('POST /agents/own/users/foreign/extend', { bytes: GB }),
    ];
    await at.sluice.agents.unsuspend('north');
    expect(refused.map(({ status, json }) => [status, (json['error'] as { code: string }).code])).toEqual([
      [409, 'agent_suspended'],
      [409, 'agent_suspended'],
      [404, 'unknown_user'],
      [404, 'unknown_user'],
      [404, 'unknown_user'],
    ]);
    for (const { text } of refused)
      expect(['north', 'alice', 'did not pay', ...secrets()].filter((word) => text.includes(word))).toEqual([]);
    expect(fake.user(users.foreign)).toMatchObject({ enable: true, usageLimit: 10 * GB });
  });

  it('reaches on each route what is below its own agent, and nothing of others', async () => {
    const before = JSON.stringify(fake.snapshot());
    for (const agent of [
      'south',
      agents.south,
      agents.east,
      'east',
      'nobody',
      '11111111-1111-4111-8111-111111111111',
    ]) {
      const toPath = ({ path }: Pick<ApiRoute, 'path'>): string =>
        path
          .replace(':agent', agent)
          .replace(':user', users.foreign)
          .replace(':service', 'svc-1')
          .replace(':client', '42')
          .replace(':panel', 'vpn')
          .replace(/:\w+/g, 'none');
      for (const route of [...ROUTES, ...AGENT_TRAFFIC_CALLS.map(agentTrafficAddress)]) {
        const body = route.method === 'GET' ? undefined : { panel: 'vpn', limitBytes: GB, name: 'x', bytes: GB };
        const { status, text } = await send(`${route.method} ${toPath(route)}`, body);
        const isMe = route.path === '/me';
        expect([route.method, route.path, agent, isMe ? status === 200 : status === 403 || status === 404]).toEqual([
          route.method,
          route.path,
          agent,
          true,
        ]);
        const shown = isMe ? [] : secrets().filter((secret) => text.includes(secret) && secret !== agent);
        expect([route.method, route.path, agent, shown]).toEqual([route.method, route.path, agent, []]);
      }
    }
    expect(JSON.stringify(fake.snapshot())).toBe(before);
  });

  it('may do what the catalogue says, and nothing else', async () => {
    const open = ROUTES.filter(({ useCase }) => whoMay(useCase).reseller === true);
    expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      [
        'GET /agents/:agent',
        'GET /agents/:agent/can-create-user',
        'GET /agents/:agent/history',
        'GET /agents/:agent/users',
        'GET /me',
        'POST /agents/:agent/users',
        'POST /agents/:agent/users/:user/disable',
        'POST /agents/:agent/users/:user/enable',
        'POST /agents/:agent/users/:user/extend',
      ].sort(),
    );
    for (const route of ROUTES.filter((each) => !open.includes(each))) {
      const path = route.path.replace(':agent', 'own').replace(/:\w+/g, 'none');
      const { status } = await send(`${route.method} ${path}`, route.method === 'GET' ? undefined : {});
      expect([route.method, route.path, status]).toEqual([route.method, route.path, 403]);
    }
  });

  it('opens its own page, and none of the provider’s', async () => {
    const cookie = await at.login(token);
    for (const path of ['/', '/agents', `/agents/${agents.south}`, '/services/svc-1', '/runs', '/settings']) {
      const answer = await at.fetch(path, { cookie });
      const text = await answer.text();
      expect([path, answer.status >= 400, secrets().filter((secret) => text.includes(secret))]).toEqual([
        path,
        path !== '/',
        [],
      ]);
    }
  });

  it('reads the same as before under another uuid of its agent, and nothing once the agent is gone', async () => {
    const { token: other } = await at.sluice.access.create({ name: 'of-south', scopes: [`agent:${agents.south}`] });
    fake.rotateKey(agents.south);
    at.clock.advance(10 * 60_000);
    await at.sluice.agents.check({});
    const { status, json } = await send('GET /agents/own/users', undefined, other);
    expect([status, json]).toMatchObject([200, { agent: { name: 'south' }, users: [{ name: 'foreign' }] }]);
  });
});

describe('making such a token', () => {
  const create = (scopes: string[], by: string) => send('POST /tokens', { name: `t${scopes.length}`, scopes }, by);

  it('needs the right to operate, a known agent, and no further scope', async () => {
    const scope = `agent:${agents.north}`;
    const code = async (scopes: string[], by = SERVE_TOKEN) =>
      ((await create(scopes, by)).json['error'] as { code?: string } | undefined)?.code;
    expect(await code([scope], await at.token('tokens', 'read'))).toBe('token_exceeds');
    expect(await code([scope, 'read'])).toBe('bad_token');
    expect(await code([scope, 'client:42'])).toBe('bad_token');
    expect(await code([scope, `agent:${agents.east}`])).toBe('bad_token');
    expect(await code(['agent:north'])).toBe('bad_token');
    expect(await code(['agent:11111111-1111-4111-8111-111111111111'])).toBe('unknown_agent');
    expect(await code([scope.toUpperCase().replace('AGENT', 'agent')])).toBeUndefined();
  });

  it('shows the key of the agent to who may change it alone', async () => {
    const list = async (...scopes: string[]) => (await send('GET /tokens', undefined, await at.token(...scopes))).text;
    expect(await list('tokens')).not.toContain(agents.north);
    expect(await list('tokens', 'operate')).toContain(agents.north);
  });

  it('makes links, too, which have no rights to choose and open no page of services', async () => {
    const make = (body: object, by = SERVE_TOKEN) => send('POST /share-links', { validSeconds: 600, ...body }, by);
    const made = await make({ agent: 'north' });
    expect([made.status, made.json]).toMatchObject([
      201,
      { access: { kind: 'share', name: 'agent north', client: null, scopes: [`agent:${agents.north}`] } },
    ]);
    const code = async (body: object) => ((await make(body)).json['error'] as { code?: string } | undefined)?.code;
    expect(await code({ agent: 'north', client: '42' })).toBe('bad_token');
    expect(await code({})).toBe('bad_token');
    expect(await code({ agent: 'north', mayBuy: true })).toBe('bad_token');
    expect(await code({ agent: 'nobody' })).toBe('unknown_agent');
    expect((await make({ agent: 'north' }, await at.token('read', 'tokens'))).status).toBe(403);
    const { token: link } = made.json as { token: string };
    expect((await send('GET /me', undefined, link)).status).toBe(401);
    for (const path of ['', '/services/svc-1']) {
      const answer = await at.fetch(`/share/${link}${path}`);
      expect([path, answer.status, (await answer.text()).includes('svc-1')]).toEqual([
        path,
        path === '' ? 200 : 404,
        false,
      ]);
    }
  });
});
