import { beforeAll, describe, expect, it } from '@jest/globals';
import { SERVE_TOKEN, useBench } from '../test/dashboard-bench.js';
import { beginRequest, sendEndless } from '../test/slow-request.js';

const API = '/api/v1';
const at = useBench({ dashboard: { limits: { requestMs: 700, headersMs: 300 } } });
beforeAll(async () => {
  await at.addService(1, '42');
  await at.addService(2, '43');
});

/** Sends the begin of a request with a large body, and nothing more; returns the answer when the connection has ended. */
function sendBegin(request: string, { token, length }: { token?: string; length?: number }) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'begin', ...authorization };
  return beginRequest(at, request, { headers, length }).answer;
}

describe('bodies that nobody may send', () => {
  it.each([
    ['PUT /nope', 404],
    [`PUT ${API}/nope`, 404],
    [`PUT ${API}/agent-traffic/nope`, 404],
    ['PUT /login', 405],
    [`POST ${API}/openapi.json`, 405],
    ['POST /login', 415],
    [`PUT ${API}/agent-traffic/agents/x/traffic-limit`, 401],
    [`POST ${API}/runs`, 401],
    ['POST /services/svc-1/buy', 303],
  ])('are not waited for, and end their connection: %s', async (request, status) => {
    const answer = await sendBegin(request, {});
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/^connection: close\r$/im);
  });

  it.each([
    ['read', `PUT ${API}/agent-traffic/agents/x/traffic-limit`, 403],
    ['client:42', `PUT ${API}/agent-traffic/agents/x/traffic-limit`, 403],
    ['client:42', `PUT ${API}/services/svc-1/auto-buy`, 403],
    ['client:42 buy', `PUT ${API}/services/svc-2/auto-buy`, 404],
    ['client:42 buy', `PUT ${API}/services/svc-1/auto-buy`, 413],
  ])('are not waited for with a token that may not send them: %s, %s', async (scopes, request, status) => {
    const { token } = await at.sluice.access.create({
      name: `${status}-${scopes.length}-${request.length}`,
      scopes: scopes.split(' '),
    });
    expect(await sendBegin(request, { token, length: 20_000 })).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('of a client are counted before they are read', async () => {
    const token = await at.token('client:43', 'buy');
    const statuses = new Set<number>();
    for (let n = 0; n < 120; n++)
      statuses.add((await at.call('PUT /services/svc-2/auto-buy', { token, body: { none: 1 } })).status);
    expect([...statuses]).toEqual([400]);
    expect(await sendBegin(`PUT ${API}/services/svc-2/auto-buy`, { token, length: 9000 })).toMatch(/^HTTP\/1.1 429 /);
  });
});

const TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
];

describe('bodies without an end', () => {
  it.each(TYPES)('are read by no route: %s', async (type) => {
    const routes = at.dashboard.routes.filter((route) => /^(?:POST|PUT|PATCH|DELETE) /.test(route));
    expect(routes.length).toBeGreaterThan(100);
    const read: string[] = [];
    for (const route of routes) {
      const request = route.replaceAll(/:\w+/g, 'x');
      const authorization = route.includes(API) ? { authorization: `Bearer ${SERVE_TOKEN}` } : {};
      const headers = { 'content-type': type, 'idempotency-key': 'endless', ...authorization };
      const answer = await sendEndless(at, request, headers);
      // A connection may be cut before its answer is read.
      const isEnded = answer === '' || /^HTTP\/1.1 (?:4\d\d|303) /.test(answer ?? '');
      if (!isEnded) read.push(`${request}: ${answer?.slice(0, 40) ?? 'all'}`);
    }
    expect(read).toEqual([]);
  });
});
