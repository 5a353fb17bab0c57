import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import * as z from 'zod';
import { createPanelHttp } from './create-panel-http.js';
import { startConnectProxy, type TestProxy } from './test/connect-proxy.js';
import { catchFailure } from './test/catch-failure.js';
import { json, startServer, type Answer, type TestServer } from './test/test-server.js';
import type { PanelError } from './errors.js';
import type { CallEvent, PanelHttp, PanelHttpOptions, PanelRequest } from './types.js';

const token = 'tok+en/with=odd|letters&42';
const apiKey = 'api-key-0123456789';
const password = 'p@ss wörd "quoted"';
const proxyPassword = 'proxy%pass/9876';
const email = 'client+tag@example.test';
const dynamic = 'per-call-token-5555';

/** Every way that a panel or a person could write them down. */
function listFaces(secret: string): string[] {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ x: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    base64(secret),
    base64(secret).replace(/=+$/, ''),
    base64(`user:${secret}`),
    `Basic ${base64(`user:${secret}`)}`,
    `Bearer ${secret}`,
  ];
}

const secrets = [token, apiKey, password, proxyPassword, email, dynamic];
const allFaces = secrets.flatMap(listFaces);

function expectClean(what: string, text: string): void {
  const found = allFaces.filter((face) => text.includes(face));
  expect({ what, found }).toEqual({ what, found: [] });
}

function toEverything(error: PanelError): string {
  const cause = error.cause as Error | undefined;
  return [
    error.message,
    error.stack,
    String(error),
    JSON.stringify(error),
    JSON.stringify(Object.entries(error)),
    JSON.stringify(cause),
    cause?.message,
    cause?.stack,
    inspect(error, { depth: 10, showHidden: true }),
    inspect(cause, { depth: 10, showHidden: true }),
  ].join('\n');
}

describe('secrets', () => {
  let server: TestServer;
  let proxy: TestProxy;
  let answer: Answer;
  let events: CallEvent[];

  beforeAll(async () => {
    server = await startServer((seen, response) => {
      answer(seen, response);
    });
    proxy = await startConnectProxy({ credentials: 'nobody:else' });
  });
  afterAll(async () => {
    await server.close();
    await proxy.close();
  });

  const connect = (options: Partial<PanelHttpOptions> = {}): PanelHttp => {
    events = [];
    return createPanelHttp({
      panel: 'dcim',
      baseUrl: server.url,
      auth: { bearer: token },
      headers: { 'X-Api-Key': apiKey },
      secrets: [password, proxyPassword, dynamic],
      retry: { attempts: 1 },
      breaker: false,
      onCall: (event) => events.push(event),
      ...options,
    });
  };
  const call: PanelRequest<unknown> = {
    method: 'POST',
    path: `/clients/${encodeURIComponent(email)}`,
    endpoint: 'POST /clients/{email}',
    query: { secret: password, next: `x${token}` },
    json: { password },
    headers: { 'X-Impersonate-User': email },
    tag: `for ${email}`,
    secrets: [email],
  };

  /** A panel that repeats what it was told, as debug pages do. */
  const echo = (status: number, wrap: (text: string) => string): Answer => {
    return (seen, response) => {
      const told = [...allFaces, seen.url, seen.body, JSON.stringify(seen.headers)].join(' ');
      response.writeHead(status, {
        'content-type': 'application/json',
        location: `https://x.example/${token}?t=${token}`,
      });
      response.end(wrap(told));
    };
  };
  const asMessage = (text: string): string => JSON.stringify({ message: text.slice(0, 250), more: text });
  const asFields = (text: string): string => JSON.stringify({ message: 'invalid', errors: { [text]: [text] } });

  it.each([
    ['200 that is not JSON', 200, (text: string) => text],
    ['200 with a refusal', 200, asMessage],
    ['302', 302, asMessage],
    ['400', 400, asMessage],
    ['401', 401, asMessage],
    ['404 with text', 404, (text: string) => text],
    ['422 with fields', 422, asFields],
    ['500', 500, asMessage],
  ])('do not come back in what is told of %s', async (_what, status, wrap) => {
    answer = echo(status, wrap);
    const http = connect({
      failureIn: ({ json: body }) => ({ code: 'PANEL_REJECTED', message: JSON.stringify(body), panelCode: token }),
    });
    const error = await catchFailure(http.request(call));
    expectClean('error', toEverything(error));
    expect(events).toHaveLength(1);
    expectClean('event', JSON.stringify(events));
    expect(error.message).not.toBe('');
    http.close();
  });

  it('do not come back cut in half at the end of a long message', async () => {
    const http = connect();
    for (let before = 280; before < 301; before += 1) {
      answer = (_seen, response) => {
        json(response, { message: 'x'.repeat(before) + token }, 400);
      };
      const { message } = await catchFailure(http.request(call));
      expect(message).not.toContain(token.slice(0, 5));
    }
    http.close();
  });

  it('do not come back from a schema that quotes values', async () => {
    answer = (_seen, response) => {
      json(response, { data: token });
    };
    const http = connect();
    const schema = z.object({
      data: z.string().refine(() => false, { error: (issue) => `unexpected ${String(issue.input)}` }),
    });
    const error = await catchFailure(http.request({ ...call, schema }));
    expect(error.message).toContain('data: unexpected [redacted]');
    expectClean('error', toEverything(error));
    http.close();
  });

  it('that are made per call do not come back', async () => {
    answer = echo(403, asMessage);
    const http = connect({
      auth: { headers: () => ({ Authorization: `Token ${dynamic}` }) },
      secrets: [password, token, proxyPassword],
    });
    const error = await catchFailure(http.request(call));
    expectClean('error', toEverything(error));
    expectClean('event', JSON.stringify(events));
    http.close();
  });

  it.each<[string, Partial<PanelHttpOptions>]>([
    ['of a refused connection', { baseUrl: 'http://127.0.0.1:9' }],
    ['of an unknown name', { baseUrl: 'http://panel.invalid' }],
    ['of a time-out', { timeouts: { attemptMs: 30 } }],
  ])('are not in the failure %s', async (_what, options) => {
    answer = () => undefined;
    const http = connect(options);
    const error = await catchFailure(http.request(call));
    expectClean('error', toEverything(error));
    expectClean('event', JSON.stringify(events));
    http.close();
  });

  it('of a proxy are not in its failure', async () => {
    const http = connect({ proxy: `http://user:${encodeURIComponent(proxyPassword)}@127.0.0.1:${proxy.port}` });
    const error = await catchFailure(http.request(call));
    expect(error.code).toBe('PANEL_UNREACHABLE');
    expectClean('error', toEverything(error));
    expectClean('event', JSON.stringify(events));
    http.close();
  });

  it('are not in the path of a call that went well', async () => {
    answer = (_seen, response) => {
      json(response, {});
    };
    const http = connect();
    await http.request(call);
    expect(events[0]).toMatchObject({
      ok: true,
      path: '/clients/[redacted]?secret=[redacted]&next=x[redacted]',
      tag: 'for [redacted]',
    });
    http.close();
  });

  it('are not shown by the client itself', () => {
    const http = connect({ proxy: `http://user:${encodeURIComponent(proxyPassword)}@127.0.0.1:${proxy.port}` });
    expectClean('inspect', inspect(http, { depth: 10, showHidden: true }));
    expectClean('JSON', JSON.stringify(http));
    http.close();
  });
});
