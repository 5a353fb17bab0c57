import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { toCsrfToken } from './viewer.js';
import { logout } from './sessions.js';
import { useBench } from '../test/dashboard-bench.js';
import { Link, toKey } from '../test/share-link.js';
import { beginRequest } from '../test/slow-request.js';

const HOUR = 3_600_000;
const at = useBench();
beforeAll(async () => {
  await at.addService(1, '42', 20);
  await at.sluice.credit.add('42', { amount: '100.00', currency: 'EUR' });
  await at.sluice.poll();
});

interface Sent {
  headers: Record<string, string>;
  body: string;
  /** What the server asks about who sends it. */
  by?: 'verify' | 'granted';
}

/** Sends a request; between the begin and the end of its body, when the server has admitted it, something ends. Returns the answer. */
async function sendAround(request: string, { headers, body, by = 'verify' }: Sent, end: () => Promise<unknown>) {
  const asked = jest.spyOn(at.sluice.access, by);
  const slow = beginRequest(at, request, { headers: { ...headers, connection: 'close' }, body });
  while (asked.mock.results.length === 0) await setImmediate();
  await asked.mock.results[0]?.value;
  asked.mockRestore();
  await end();
  slow.finish();
  const answer = await slow.answer;
  return { status: Number(answer.slice(9, 12)), answer };
}

const inJson = (token: string, body: object): Sent => ({
  headers: { authorization: `Bearer ${token}`, 'idempotency-key': toKey(), 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const inForm = (secret: string, fields: Record<string, string>): Sent => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ ...fields, csrf: toCsrfToken(secret), key: toKey() }).toString(),
});
const balance = async () => (await at.call('GET /clients/42/credit')).json['balance'];

describe('a request whose token ends while its body is sent', () => {
  let made = 0;
  const create = (...scopes: string[]) => at.sluice.access.create({ name: `slow-${made++}`, scopes });

  it.each([
    ['POST /api/v1/clients/42/credit', { amount: '7.00', currency: 'EUR' }],
    ['POST /api/v1/tokens', { name: 'lasting', scopes: ['operate'] }],
    ['POST /api/v1/share-links', { client: '42', validSeconds: 3600 }],
    ['PUT /api/v1/agent-traffic/agents/x/traffic-limit', { traffic_limit_GB: 5 }],
  ])('changes nothing: %s', async (request, body) => {
    const { token, access } = await create('operate', 'tokens');
    const before = await balance();
    const sent = await sendAround(request, inJson(token, body), () =>
      at.call(`DELETE /tokens/${access.id}`, { body: { withMade: true } }),
    );
    expect(sent.status).toBe(401);
    expect(await balance()).toBe(before);
    const { tokens } = await at.sluice.access.list();
    expect(tokens.filter(({ createdBy }) => createdBy === access.id)).toEqual([]);
  });

  it('changes nothing where the token expires', async () => {
    const expiresAt = new Date(at.clock.now() + HOUR).toISOString();
    const { token } = await at.sluice.access.create({ name: 'short', scopes: ['operate'], expiresAt });
    const body = { amount: '7.00', currency: 'EUR' };
    const before = await balance();
    const { status } = await sendAround('POST /api/v1/clients/42/credit', inJson(token, body), () => {
      at.clock.advance(HOUR);
      return Promise.resolve();
    });
    expect([status, await balance()]).toEqual([401, before]);
  });
});

it('a form of a link that is revoked while it is sent buys nothing', async () => {
  const link = await Link.open(at, { client: '42', buy: true });
  const before = await balance();
  const form = inForm(link.token, { package: 'extra-50' });
  const { status, answer } = await sendAround(`POST /share/${link.token}/services/svc-1/buy`, form, () =>
    at.sluice.access.revoke(link.id),
  );
  expect([status, await balance()]).toEqual([404, before]);
  expect(answer).toContain('This link is not valid');
});

it('a form of a session that ends while it is sent changes nothing', async () => {
  const cookie = await at.login();
  const secret = cookie.split('=')[1] ?? '';
  const form = inForm(secret, {});
  const { status, answer } = await sendAround(
    'POST /services/svc-1/suspend',
    { ...form, headers: { ...form.headers, cookie }, by: 'granted' },
    () => logout(at, secret),
  );
  expect([status, /^location: (.*)\r$/m.exec(answer)?.[1]]).toEqual([303, '/login']);
  expect((await at.sluice.holds.list({ service: 'svc-1' })).holds).toEqual([]);
});
