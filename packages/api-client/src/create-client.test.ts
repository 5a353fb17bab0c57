import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSluiceApi, SluiceApiError, type SluiceApi } from './index.js';

let server: Server;
let api: SluiceApi;
const seen: { method: string; url: string; key: string | undefined; token: string | undefined }[] = [];

const ANSWERS: Record<string, (response: ServerResponse) => void> = {
  '/api/v1/me': (response) => response.end('{"name":"token x","client":null,"read":true,"operate":true}'),
  '/api/v1/tokens/x': (response) => response.end('{}'),
  '/api/v1/runs/r/events': (response) => {
    response.write('event: progress\ndata: {"done":1,"tot');
    response.write('al":2}\n\n: still here\n\n');
    response.end('event: failure\ndata: {"code":"busy","message":"m","details":{}}\n\n');
  },
  '/api/v1/services/svc-9': (response) => {
    response.statusCode = 404;
    response.end('{"error":{"code":"unknown_service","message":"There is no service","details":{"service":"svc-9"}}}');
  },
  '/api/v1/tokens?limit=7': (response) => {
    response.writeHead(500).end('{}');
  },
  '/api/v1/tokens': (response) => {
    response.writeHead(307, { location: '/api/v1/elsewhere' }).end();
  },
  '/api/v1/services?limit=500&status=held': (response) =>
    response.end('{"services":[{"id":"svc-1"}],"total":2,"next":"svc-1"}'),
  '/api/v1/services?limit=500&after=svc-1&status=held': (response) =>
    response.end('{"services":[{"id":"svc-2"}],"total":2,"next":null}'),
  '/api/v1/services/svc-1/holds?limit=1': (response) =>
    response.end('{"holds":[],"released":[],"total":0,"next":null}'),
  '/api/v1/panels': (response) => {
    response.statusCode = 502;
    response.end('<html>Bad gateway</html>');
  },
};

beforeAll(async () => {
  server = createServer((request: IncomingMessage, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, key: headers['idempotency-key'] as string | undefined, token: headers.authorization });
    response.setHeader('content-type', 'application/json');
    ANSWERS[url]?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let keys = 0;
  api = createSluiceApi({ url: `http://127.0.0.1:${port}/`, token: 'secret', newKey: () => `key-${++keys}` });
});
afterAll(() => {
  server.close();
});

describe('the client', () => {
  it('reads a list page by page, each when it is asked for', async () => {
    const before = seen.length;
    const query = { status: 'held' } as const;
    const pages = api.pages('/services', { params: { query } });
    const first = await pages.next();
    const asked = (): number => seen.filter(({ url }) => url.startsWith('/api/v1/services?')).length;
    expect([first.value?.services[0]?.id, first.value?.total, asked()]).toEqual(['svc-1', 2, 1]);
    const second = await pages.next();
    expect([second.value?.services[0]?.id, (await pages.next()).done, asked()]).toEqual(['svc-2', true, 2]);
    const params = { path: { service: 'svc-1' }, query: { limit: 1 } };
    for await (const { holds } of api.pages('/services/{service}/holds', { params })) expect(holds).toEqual([]);
    await expect(api.pages('/tokens', { params: { query: { limit: 7 } } }).next()).rejects.toThrow(SluiceApiError);
    seen.length = before;
  });

  it('sends its token, and a new key with each change unless there is one', async () => {
    const { data } = await api.GET('/me');
    expect(data?.operate).toBe(true);
    const params = { path: { token: 'x' } };
    await api.DELETE('/tokens/{token}', { params });
    await api.DELETE('/tokens/{token}', { params: { ...params, header: { 'Idempotency-Key': 'own' } } });
    expect(seen.map(({ method, key, token }) => [method, key, token])).toEqual([
      ['GET', undefined, 'Bearer secret'],
      ['DELETE', 'key-1', 'Bearer secret'],
      ['DELETE', 'own', 'Bearer secret'],
    ]);
  });

  it('throws errors with their code, also those of a proxy', async () => {
    await expect(api.GET('/services/{service}', { params: { path: { service: 'svc-9' } } })).rejects.toMatchObject({
      name: 'SluiceApiError',
      status: 404,
      code: 'unknown_service',
      details: { service: 'svc-9' },
    });
    await expect(api.GET('/panels')).rejects.toEqual(
      new SluiceApiError(502, { code: 'http_error', message: 'The server answered HTTP 502' }),
    );
  });

  it('follows no redirect, with which a body would go elsewhere', async () => {
    const before = seen.length;
    await expect(api.POST('/tokens', { body: { name: 'x', scopes: ['read'] } })).rejects.toMatchObject({
      name: 'SluiceApiError',
      status: 307,
      code: 'redirected',
      details: { location: '/api/v1/elsewhere' },
    });
    expect(seen.slice(before).map(({ url }) => url)).toEqual(['/api/v1/tokens']);
  });

  it('throws its own error where the server is away', async () => {
    const away = createSluiceApi({ url: 'http://127.0.0.1:1', token: 'secret' });
    const expected = { name: 'SluiceApiError', status: 0, code: 'unreachable' };
    await expect(away.GET('/me')).rejects.toMatchObject(expected);
    await expect(away.events('r').next()).rejects.toMatchObject(expected);
  });

  it('throws its own error for an answer that is a page, or cut', async () => {
    for (const body of ['<html>Welcome</html>', '{"services": [{"id": "sv']) {
      const answers = (): Promise<Response> => Promise.resolve(new Response(body, { status: 200 }));
      const odd = createSluiceApi({ url: 'http://127.0.0.1:1', token: 'secret', fetch: answers });
      await expect(odd.GET('/services')).rejects.toMatchObject({
        name: 'SluiceApiError',
        status: 200,
        code: 'unreadable',
      });
    }
  });

  it('yields the events of a run to the last', async () => {
    const events = [];
    for await (const event of api.events('r')) events.push(event);
    expect(events).toEqual([
      { event: 'progress', data: { done: 1, total: 2 } },
      { event: 'failure', data: { code: 'busy', message: 'm', details: {} } },
    ]);
  });
});
