import { expect, it } from '@jest/globals';
import { catchFailure } from './test/catch-failure.js';
import type { PanelFailure, PanelReply } from './types.js';
import { useServer } from './test/use-server.js';

const at = useServer({ exactNumbers: true, breaker: false });

const reply = (body: string, status = 200, type = 'application/json'): void => {
  at.always(body, status, { 'content-type': type });
};

it('keeps every digit of numbers, and nothing but them', async () => {
  const body =
    '{"a":0.10,"b":1.0e-5,"c":12345678901234567890,"d":0.232,"e":-7,"f":"0.10 \\" 1.0","g":[1.50,{"h":0}],"i":-0}';
  reply(body);
  const answer = await at.http.request({ method: 'GET', path: '/x', endpoint: 'GET /x' });
  expect(answer.body).toEqual({
    ...{ a: '0.10', b: '1.0e-5', c: '12345678901234567890', d: 0.232, e: -7 },
    ...{ f: '0.10 " 1.0', g: ['1.50', { h: 0 }], i: '-0' },
  });
  reply('{"a":0.10');
  expect(await catchFailure(at.http.request({ method: 'GET', path: '/x', endpoint: 'GET /x' }))).toMatchObject({
    code: 'PANEL_UNREADABLE',
  });
});

it('sends each attempt with a body and headers of its own', async () => {
  let n = 0;
  const perAttempt = () => ({ body: `n=${(n += 1)}&s=%2A`, headers: { Sign: `s${n}`, 'Content-Type': 'text/x' } });
  reply('<p>', 503, 'text/html');
  const call = { method: 'POST', path: '/x', endpoint: 'POST /x', idempotent: true, changing: false } as const;
  await catchFailure(at.http.request({ ...call, perAttempt }));
  expect(at.server.seen.map(({ body, headers }) => [body, headers['sign'], headers['content-type']])).toEqual([
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
  reply('no', 200, 'Text/HTML');
  expect(await catchFailure(at.http.request(call))).toMatchObject({ code: 'PANEL_REJECTED', outcomeUnknown: true });
  at.always({}, 429, { 'retry-after': '7' });
  expect(await catchFailure(at.http.request(call))).toMatchObject({
    retryAfterMs: 7000,
    outcomeUnknown: false,
    fields: [],
  });
  reply('{"a":1}', 409);
  expect((await at.http.request(call)).body).toEqual({ a: 1 });
  reply('{}', 404);
  expect(await catchFailure(at.http.request(call))).toMatchObject({ code: 'PANEL_NOT_FOUND' });
  expect(seen.map(({ contentType, json }) => [contentType, json])).toEqual([
    ['text/html', undefined],
    ['application/json', {}],
    ['application/json', { a: 1 }],
    ['application/json', {}],
  ]);
});
