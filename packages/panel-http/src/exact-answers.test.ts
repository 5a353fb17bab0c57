import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createPanelHttp } from './create-panel-http.js';
import { catchFailure } from './test/catch-failure.js';
import { createTestClock } from './test/test-clock.js';
import { startServer, type TestServer } from './test/test-server.js';
import type { PanelFailure, PanelHttp, PanelReply } from './types.js';

let server: TestServer;
let http: PanelHttp;
let reply: { status: number; type: string; body: string; headers?: Record<string, string> };

beforeEach(async () => {
  server = await startServer((_, response) => {
    response.writeHead(reply.status, { 'content-type': reply.type, ...reply.headers }).end(reply.body);
  });
  const clock = createTestClock();
  http = createPanelHttp({ panel: 'p', baseUrl: server.url, exactNumbers: true, breaker: false, clock });
});

afterEach(async () => {
  http.close();
  await server.close();
});

it('keeps every digit of numbers, and nothing but them', async () => {
  const body =
    '{"a":0.10,"b":1.0e-5,"c":12345678901234567890,"d":0.232,"e":-7,"f":"0.10 \\" 1.0","g":[1.50,{"h":0}],"i":-0}';
  reply = { status: 200, type: 'application/json', body };
  const answer = await http.request({ method: 'GET', path: '/x', endpoint: 'GET /x' });
  expect(answer.body).toEqual({
    ...{ a: '0.10', b: '1.0e-5', c: '12345678901234567890', d: 0.232, e: -7 },
    ...{ f: '0.10 " 1.0', g: ['1.50', { h: 0 }], i: '-0' },
  });
  reply.body = '{"a":0.10';
  expect(await catchFailure(http.request({ method: 'GET', path: '/x', endpoint: 'GET /x' }))).toMatchObject({
    code: 'PANEL_UNREADABLE',
  });
});

it('sends each attempt with a body and headers of its own', async () => {
  let n = 0;
  const perAttempt = () => ({ body: `n=${(n += 1)}&s=%2A`, headers: { Sign: `s${n}`, 'Content-Type': 'text/x' } });
  reply = { status: 503, type: 'text/html', body: '<p>' };
  const call = { method: 'POST', path: '/x', endpoint: 'POST /x', idempotent: true, changing: false } as const;
  await catchFailure(http.request({ ...call, perAttempt }));
  expect(server.seen.map(({ body, headers }) => [body, headers['sign'], headers['content-type']])).toEqual([
    ['n=1&s=%2A', 's1', 'text/x'],
    ['n=2&s=%2A', 's2', 'text/x'],
    ['n=3&s=%2A', 's3', 'text/x'],
  ]);
});

it('lets the call decide about answers with any status and form', async () => {
  const seen: PanelReply[] = [];
  const call = {
    ...({ method: 'POST', path: '/x', endpoint: 'POST /x' } as const),
    outcomeIn: (answer: PanelReply): PanelFailure | 'success' | null => {
      seen.push(answer);
      if (answer.text === 'no') return { code: 'PANEL_REJECTED', message: 'no', outcomeUnknown: true };
      if (answer.status === 429) return { code: 'PANEL_RATE_LIMITED', message: '', fields: [] };
      return answer.status === 409 ? 'success' : null;
    },
  };
  reply = { status: 200, type: 'Text/HTML', body: 'no' };
  expect(await catchFailure(http.request(call))).toMatchObject({ code: 'PANEL_REJECTED', outcomeUnknown: true });
  reply = { status: 429, type: 'application/json', body: '{}', headers: { 'retry-after': '7' } };
  expect(await catchFailure(http.request(call))).toMatchObject({
    retryAfterMs: 7000,
    outcomeUnknown: false,
    fields: [],
  });
  reply = { status: 409, type: 'application/json', body: '{"a":1}' };
  expect((await http.request(call)).body).toEqual({ a: 1 });
  reply = { status: 404, type: 'application/json', body: '{}' };
  expect(await catchFailure(http.request(call))).toMatchObject({ code: 'PANEL_NOT_FOUND' });
  expect(seen.map(({ contentType, json }) => [contentType, json])).toEqual([
    ['text/html', undefined],
    ['application/json', {}],
    ['application/json', { a: 1 }],
    ['application/json', {}],
  ]);
});
