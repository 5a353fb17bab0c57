import { request as send } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { onlyReads } from '@sluice/contract';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { type ApiRoute, ROUTES } from './routes.js';
import { processParts } from '@sluice/engine/process';

const API = '/api/v1';
/** A process that was killed. */
const DEAD = { host: processParts().owner.host, pid: 4_194_303, processStart: '1' };
const errors: unknown[] = [];
let at: DashboardBench;
beforeAll(async () => {
  at = await startBench({
    dashboard: {
      onError: (error) => errors.push(error),
      limits: { refusalsPerMinute: 100_000, requestsPerMinute: 100_000, headersMs: 300, requestMs: 700 },
    },
  });
  await at.addService(1, '42');
  await at.addService(2, '43');
  await at.sluice.credit.add('42', { amount: '100.00', currency: 'EUR', ref: 'first' });
  await at.sluice.poll();
});
afterAll(async () => {
  await at.close();
  expect(errors).toEqual([]);
});

/** The address of a route about the service and client of somebody else. */
const toAddress = ({ path }: ApiRoute, service = 'svc-2', client = '43'): string =>
  path.replace(':service', service).replace(':client', client).replace(/:\w+/g, 'telephony');

async function ask(route: ApiRoute, token: string | null, address = toAddress(route)) {
  const { status, json } = await at.call(`${route.method} ${address}`, { token, key: 'abuse' });
  const { error } = json as { error?: { code: string; message: string } };
  return { status, code: error?.code, message: error?.message };
}

describe('tokens', () => {
  it('open nothing when they are missing, wrong, revoked, expired, or of a link', async () => {
    const revoked = await at.token('read');
    await at.sluice.access.revoke('t-read');
    const { token: expired } = await at.sluice.access.create({
      name: 'short',
      scopes: ['operate'],
      expiresAt: new Date(at.clock.now() + 1).toISOString(),
    });
    at.clock.advance(2);
    const expiresAt = new Date(at.clock.now() + 86_400_000).toISOString();
    const { token: link } = await at.sluice.access.share({ client: '42', expiresAt });
    const [first] = ROUTES;
    for (const token of [revoked, expired, link, `${SERVE_TOKEN}x`, SERVE_TOKEN.slice(0, -1), 'x'.repeat(8000), '%00'])
      expect(await ask(first!, token)).toMatchObject({ status: 401, code: 'no_token' });
    for (const route of ROUTES) expect(await ask(route, null)).toMatchObject({ status: 401, code: 'no_token' });
  });

  it('permit no more than their scopes', async () => {
    const read = await at.token('read');
    expect((await at.fetch(`${API}/services/svc-1`, { token: await at.token('client:42') })).status).toBe(200);
    for (const route of ROUTES.filter(({ useCase }) => !onlyReads(useCase)))
      expect([route.path, await ask(route, read)]).toEqual([route.path, expect.objectContaining({ status: 403 })]);
  });

  it('of one client see the services of others as if there were none', async () => {
    const own = await at.token('client:42', 'buy', 'manage', 'password');
    for (const route of ROUTES) {
      const answer = await ask(route, own);
      if (route.clients === 'none') expect([route.path, answer.status]).toEqual([route.path, 403]);
      if (route.clients !== 'service' && route.clients !== 'client') continue;
      const none = await ask(route, own, toAddress(route, 'svc-9', '99'));
      const alike: unknown = JSON.parse(
        JSON.stringify(answer)
          .replaceAll('svc-2', 'svc-9')
          .replaceAll('"43"', '"99"')
          .replaceAll('\\"43\\"', '\\"99\\"'),
      );
      expect([route.path, alike]).toEqual([route.path, none]);
      expect(none.status).toBe(404);
    }
    const listed = (await (await at.fetch(`${API}/services?client=43`, { token: own })).json()) as { services: [] };
    expect(listed.services).toEqual([]);
    expect(await (await at.fetch(`${API}/services`, { token: own })).text()).not.toContain('svc-2');
  });
});

describe('keys', () => {
  const buy = (key: string | null, body: object = { package: 'extra-50' }, token?: string) =>
    at.call('POST /services/svc-1/purchases', { key, body, token });
  const bought = async () => (await at.sluice.purchases.list({ service: 'svc-1' })).purchases.length;

  it('are required for what changes something', async () => {
    expect(await buy(null)).toMatchObject({ status: 400, json: { error: { code: 'no_key' } } });
  });

  it('make repeated and concurrent requests one', async () => {
    const before = await bought();
    const answers = await Promise.all(Array.from({ length: 20 }, () => buy('at-once')));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].every((status) => status === 201 || status === 409)).toBe(true);
    const again = await buy('at-once');
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(await bought()).toBe(before + 1);
    expect((await buy('at-once', { package: 'other' })).status).toBe(422);
    expect((await buy('at-once', { package: 'extra-50' }, await at.token('operate'))).status).toBe(201);
    expect(await bought()).toBe(before + 2);
  });

  it('of a client buy nothing for another client that the request states', async () => {
    const own = await at.token('client:42', 'buy');
    const before = await bought();
    for (const client of ['41', '43'])
      expect((await buy(`for-${client}`, { package: 'extra-50', client }, own)).status).toBe(404);
    expect(await bought()).toBe(before);
    expect((await buy('for-42', { package: 'extra-50', client: '42' }, own)).status).toBe(201);
  });

  it('let a request run again that failed, and change nothing twice after a kill', async () => {
    expect((await buy('fails', { package: 'none' })).status).toBeGreaterThanOrEqual(400);
    expect((await buy('fails')).status).toBe(201);
    const before = await bought();
    const { json: first } = await buy('killed');
    // As a process leaves it that is killed between the purchase and its answer.
    const { id: who } = (await at.sluice.access.verify(SERVE_TOKEN, { master: SERVE_TOKEN }))!;
    const stored = (await at.store.requests.get(who, 'killed'))!;
    await at.store.requests.put({ ...stored, state: 'running', owner: DEAD, status: null, answer: null });
    const again = await buy('killed');
    expect([again.status, again.json]).toEqual([201, { ...first, repeated: true }]);
    expect(await bought()).toBe(before + 1);
  });

  it('store no token, and leave none whose text nobody has', async () => {
    const make = async () => {
      const body = { name: 'made', scopes: ['read'] };
      const { json } = await at.call('POST /tokens', { key: 'made', body });
      return json as { token: string | null; access: { id: string } };
    };
    const first = await make();
    expect(await make()).toEqual({ ...first, token: null });
    const { id: who } = (await at.sluice.access.verify(SERVE_TOKEN, { master: SERVE_TOKEN }))!;
    const stored = (await at.store.requests.get(who, 'made'))!;
    await at.store.requests.put({ ...stored, state: 'running', owner: DEAD, status: null, answer: null });
    const again = await make();
    expect(again.access.id).toBe(first.access.id);
    expect(await at.sluice.access.verify(first.token ?? '')).toBeNull();
    expect(await at.sluice.access.verify(again.token ?? '')).toMatchObject({ id: first.access.id });
  });
});

describe('load', () => {
  it('of hundreds of requests at once is answered', async () => {
    const count = process.env['SLUICE_LONG'] === '1' ? 1000 : 400;
    // With the usual time limits: on a busy machine some of them wait longer than the short ones of the other tests.
    const busy = await startBench();
    try {
      await busy.addService(1, '42');
      const asked = Array.from({ length: count }, () => busy.fetch(`${API}/services/svc-1`, { token: SERVE_TOKEN }));
      const answers = await Promise.all(asked.map(async (one) => (await one).status));
      expect(answers.filter((status) => status === 200)).toHaveLength(count);
    } finally {
      await busy.close();
    }
  });

  it('of 100 MB in a body is refused early', async () => {
    const { port } = new URL(at.dashboard.url);
    const post = (headers: Record<string, string>) =>
      new Promise<{ status: number; sent: number }>((resolve) => {
        let sent = 0;
        const usual = {
          authorization: `Bearer ${SERVE_TOKEN}`,
          'content-type': 'application/json',
          'idempotency-key': 'big',
        };
        const request = send({
          port,
          path: `${API}/services/import`,
          method: 'POST',
          headers: { ...usual, ...headers },
        });
        const chunk = Buffer.alloc(65_536, 0x20);
        const more = (): void => {
          while (sent < 100 * 1024 * 1024 && !request.destroyed) {
            sent += chunk.length;
            if (!request.write(chunk)) return void request.once('drain', more);
          }
        };
        request.on('response', (response) => {
          resolve({ status: response.statusCode ?? 0, sent });
          request.destroy();
        });
        request.on('error', () => undefined);
        more();
      });
    const before = process.memoryUsage().rss;
    for (const headers of [{ 'content-length': String(100 * 1024 * 1024) }, { 'transfer-encoding': 'chunked' }]) {
      const { status, sent } = await post(headers);
      expect(status).toBe(413);
      expect(sent).toBeLessThan(20 * 1024 * 1024);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
  });

  it.each([
    ['headers', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    [
      'a body',
      `POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 90\r\n\r\ntoken=`,
    ],
  ])('of slow clients ends: %s', async (_what, text) => {
    const { port } = new URL(at.dashboard.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1');
      let got = '';
      socket.on('data', (data) => (got += data.toString()));
      socket.on('close', () => {
        resolve(got);
      });
      socket.write(text);
    });
    expect(answer).toMatch(/^(HTTP\/1\.1 408|$)/);
  });
});

describe('strange requests', () => {
  it('are refused without a word about what is inside', async () => {
    const paths = [
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/services/..%2f..%2fetc',
      '/services/%00',
      '/services/%zz',
      '//evil',
    ];
    for (const path of paths) {
      const answer = await at.fetch(`${at.dashboard.url}${API}${path}`, { token: SERVE_TOKEN });
      expect([path, answer.status >= 400 && answer.status < 500]).toEqual([path, true]);
      expect(await answer.text()).not.toMatch(/panel-secret|first-start|\/src\/|node_modules|at \w+ \(/);
    }
    const odd = ['{', '[]', '"x"', '{"command":"poll","__proto__":{"a":1}}', '{"command":"rm -rf"}', 'null'];
    for (const body of odd) {
      const headers = { 'content-type': 'application/json', 'idempotency-key': `odd-${body.length}` };
      const answer = await at.fetch(`${API}/runs`, { method: 'POST', token: SERVE_TOKEN, headers, body });
      expect([body, answer.status]).toEqual([body, 400]);
    }
    const form = {
      method: 'POST',
      token: SERVE_TOKEN,
      headers: { 'idempotency-key': 'form' },
      body: new URLSearchParams({ command: 'poll' }),
    };
    expect((await at.fetch(`${API}/runs`, form)).status).toBe(415);
  });
});

it('lists of another client are empty', async () => {
  const token = await at.token('client:42', 'read', 'buy');
  for (const path of ['/services', '/usage', '/invoices', '/call-bills']) {
    const answer = (await at.call(`GET ${path}?client=43`, { token })).json;
    expect([path, Object.values(answer).filter(Array.isArray)]).toEqual([path, [[]]]);
  }
});
