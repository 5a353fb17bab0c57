import { describe, expect, it, jest } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { catchFailure } from './test/catch-failure.js';
import { json } from './test/test-server.js';
import type { PanelFile } from './types.js';
import { useServer } from './test/use-server.js';

const read = { method: 'GET', path: '/x', endpoint: 'GET /x' } as const;

describe('request', () => {
  const at = useServer({ auth: { bearer: 'token-12345678' } }, '/sub');

  it('gets JSON with credentials, an agent name and the path prefix', async () => {
    const reply = await at.http.request({
      method: 'GET',
      path: '/items/7',
      endpoint: 'GET /items/{id}',
      query: { page: 2, name: 'a b&c', 'fields[]': 'x', left: undefined },
    });
    expect(reply.body).toEqual({ data: { id: 7 } });
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.durationMs).toBeGreaterThan(0);
    expect(at.server.seen[0]).toMatchObject({
      method: 'GET',
      url: '/sub/items/7?page=2&name=a+b%26c&fields%5B%5D=x',
      body: '',
      headers: {
        accept: 'application/json',
        authorization: 'Bearer token-12345678',
        'cache-control': 'no-cache',
        'user-agent': 'Sluice/0.1.0',
        host: `127.0.0.1:${at.server.port}`,
      },
    });
  });

  it('posts JSON', async () => {
    await at.http.request({ method: 'POST', path: '/x', endpoint: 'POST /x', json: { name: 'ü' } });
    expect(at.server.seen[0]).toMatchObject({
      method: 'POST',
      body: '{"name":"ü"}',
      headers: { 'content-type': 'application/json', 'content-length': '13' },
    });
  });

  it('posts a form', async () => {
    await at.http.request({
      method: 'POST',
      path: '/x',
      endpoint: 'POST /x',
      form: { action: 'Get Clients', id: '7' },
    });
    expect(at.server.seen[0]).toMatchObject({
      body: 'action=Get+Clients&id=7',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  });

  it.each(['PUT', 'PATCH', 'DELETE'] as const)('sends a body with %s', async (method) => {
    await at.http.request({ method, path: '/x', endpoint: `${method} /x`, json: { a: 1 } });
    expect(at.server.seen[0]).toMatchObject({ method, body: '{"a":1}' });
  });

  it('posts without a body', async () => {
    await at.http.request({ method: 'POST', path: '/x', endpoint: 'POST /x' });
    expect(at.server.seen[0]).toMatchObject({ method: 'POST', body: '', headers: { 'content-length': '0' } });
  });

  it('adds the headers of the panel and of the call, the latter first', async () => {
    at.connect({ headers: { 'X-Kind': 'panel', 'X-Both': 'panel' }, userAgent: 'Tool/1' });
    await at.http.request({ ...read, headers: { 'X-Both': 'call' } });
    expect(at.server.seen[0]?.headers).toMatchObject({ 'x-kind': 'panel', 'x-both': 'call', 'user-agent': 'Tool/1' });
  });

  it('encodes the letters of a path, and takes nothing of it for a host', async () => {
    await at.http.request({ method: 'GET', path: '//x/é', endpoint: 'GET //x/{id}' });
    expect(at.server.seen[0]?.url).toBe('/sub//x/%C3%A9');
  });

  it('asks for headers that are made per call', async () => {
    const asked: unknown[] = [];
    at.connect({
      auth: {
        headers: (request) => {
          asked.push(request);
          return Promise.resolve({ 'X-Token': `made-${asked.length}` });
        },
      },
    });
    await at.http.request({ ...read, query: { a: 1 } });
    await at.http.request({ method: 'POST', path: '/y', endpoint: 'POST /y' });
    expect(asked).toEqual([
      { method: 'GET', path: '/x?a=1' },
      { method: 'POST', path: '/y' },
    ]);
    expect(at.server.seen.map((seen) => seen.headers['x-token'])).toEqual(['made-1', 'made-2']);
  });

  it('sends no credentials when told not to', async () => {
    await at.http.request({ method: 'POST', path: '/login', endpoint: 'POST /login', auth: false });
    expect(at.server.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('reads text and bytes', async () => {
    at.always(Buffer.from([0xc3, 0xbc, 0x41]));
    expect((await at.http.request({ method: 'GET', path: '/t', endpoint: 'GET /t', accept: 'text' })).body).toBe('üA');
    const bytes = await at.http.request<Buffer>({ method: 'GET', path: '/b', endpoint: 'GET /b', accept: 'bytes' });
    expect([...bytes.body]).toEqual([0xc3, 0xbc, 0x41]);
  });

  it('reads a file with its kind, through a schema where there is one', async () => {
    at.always(Buffer.from([1, 2, 3]), 200, { 'content-type': 'Image/PNG' });
    const call = { method: 'GET', path: '/f', endpoint: 'GET /f', accept: 'file' } as const;
    expect((await at.http.request(call)).body).toEqual({ contentType: 'image/png', bytes: Buffer.from([1, 2, 3]) });
    const schema = z.unknown().transform((file) => (file as PanelFile).bytes.length);
    expect((await at.http.request({ ...call, schema })).body).toBe(3);
  });

  it.each(['text', 'bytes', 'file'] as const)('finds a refusal in JSON where %s is due', async (accept) => {
    at.connect({ failureIn: () => ({ code: 'PANEL_REJECTED', message: 'no graph' }) });
    const call = { method: 'GET', path: '/f', endpoint: 'GET /f', accept } as const;
    expect(await catchFailure(at.http.request(call))).toMatchObject({ code: 'PANEL_REJECTED', status: 200 });
    at.always('{}');
    expect((await at.http.request(call)).status).toBe(200);
  });

  it('unpacks what the panel has packed', async () => {
    at.always(gzipSync('{"packed":true}'), 200, { 'content-encoding': 'gzip' });
    expect((await at.http.request(read)).body).toEqual({ packed: true });
  });

  it('reads a byte order mark over', async () => {
    at.always('\uFEFF{"a":1}');
    expect((await at.http.request(read)).body).toEqual({ a: 1 });
  });

  it('accepts an empty body only where that is allowed', async () => {
    at.always('', 204);
    const call = { method: 'POST', path: '/x', endpoint: 'POST /x' } as const;
    expect((await at.http.request({ ...call, allowEmpty: true })).body).toBeNull();
    expect(await catchFailure(at.http.request(call))).toMatchObject({ code: 'PANEL_UNREADABLE', outcomeUnknown: true });
  });

  it('gives what the schema makes of the answer', async () => {
    const schema = z.object({ data: z.object({ id: z.number().transform(String) }) });
    const reply = await at.http.request({ ...read, schema });
    expect(reply.body.data.id).toBe('7');
  });

  it('says which field of which endpoint was wrong', async () => {
    const schema = z.object({
      data: z.object({ id: z.string(), list: z.array(z.string()), a: z.null(), b: z.null() }),
    });
    const error = await catchFailure(at.http.request({ method: 'GET', path: '/x/7', endpoint: 'GET /x/{id}', schema }));
    expect(error.code).toBe('PANEL_UNREADABLE');
    expect(error.message).toMatch(
      /GET \/x\/\{id\} \(HTTP 200: wrong fields, data\.id: .*expected string.*; data\.list: .*and 1 more\)/,
    );
    expect(error.fields?.map((field) => field.path)).toEqual(['data.id', 'data.list', 'data.a', 'data.b']);
    expect(at.server.seen).toHaveLength(1);
  });

  it('tells of each call', async () => {
    await at.http.request({
      method: 'POST',
      path: '/x',
      endpoint: 'POST /x',
      json: { a: 1 },
      changing: false,
      tag: 's-501',
    });
    expect(at.events).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        panel: 'dcim',
        endpoint: 'POST /x',
        method: 'POST',
        path: '/x',
        status: 200,
        serverTime: expect.any(Number),
        durationMs: expect.any(Number),
        attempt: 1,
        ok: true,
        code: null,
        message: null,
        requestBytes: 7,
        responseBytes: 17,
        tag: 's-501',
        changing: false,
      },
    ]);
  });

  it.each<[name: string, headers: Record<string, string>, serverTime: number | null]>([
    ['its date', { date: 'Fri, 20 Nov 2026 10:03:00 GMT' }, Date.UTC(2026, 10, 20, 10, 3)],
    ['its date and age', { date: 'Fri, 20 Nov 2026 10:03:00 GMT', age: '90' }, Date.UTC(2026, 10, 20, 10, 4, 30)],
    ['a date without a zone', { date: '2026-11-20 10:03:00' }, null],
    ['no date', {}, null],
  ])("tells the panel's clock by %s", async (_name, headers, serverTime) => {
    at.answer = (_seen, response) => {
      response.sendDate = false;
      for (const [key, value] of Object.entries(headers)) response.setHeader(key, value);
      json(response, {});
    };
    await at.http.request(read);
    expect(at.events.map((event) => event.serverTime)).toEqual([serverTime]);
  });

  it('counts what it did', async () => {
    await at.http.request(read);
    at.always({ message: 'gone' }, 404);
    await catchFailure(at.http.request(read));
    expect({ ...at.http.stats }).toEqual({
      calls: 2,
      failures: 1,
      retries: 0,
      inFlight: 0,
      waiting: 0,
      concurrency: 4,
    });
  });

  it('keeps its connections, a quarter more of them than calls at once', async () => {
    await Promise.all(Array.from({ length: 40 }, () => at.http.request(read)));
    expect(at.server.seen).toHaveLength(40);
    expect(at.server.connections()).toBeLessThanOrEqual(5);
  });

  it.each(['x', '/a/../b', '/a/%2e%2E/b', '/a/./b', '/a b', '/a?b=c', '/a#b', '/a\\b', 'https://other.example/x'])(
    'refuses the path %s',
    async (path) => {
      await expect(at.http.request({ method: 'GET', path, endpoint: 'GET /x' })).rejects.toMatchObject({
        name: 'PanelConfigError',
        code: 'path_invalid',
      });
      expect(at.server.seen).toHaveLength(0);
    },
  );

  it('refuses a GET with a body', async () => {
    const call = at.http.request({ ...read, json: {} });
    await expect(call).rejects.toMatchObject({ code: 'option_invalid' });
  });

  it('refuses calls once it was closed', async () => {
    at.http.close();
    const error = await catchFailure(at.http.request({ ...read, retryable: false }));
    expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
    expect(error.message).toContain('closed');
  });

  it('is not disturbed by a listener that throws, and warns', async () => {
    at.connect({
      onCall: () => {
        throw new Error('listener broke on token-12345678');
      },
    });
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    expect((await at.http.request(read)).status).toBe(200);
    expect(warn.mock.calls).toEqual([
      ['The call listener of panel "dcim" failed: Error: listener broke on [redacted]', 'PanelHttpWarning'],
    ]);
    warn.mockRestore();
  });
});
