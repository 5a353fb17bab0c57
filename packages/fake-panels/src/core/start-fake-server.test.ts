import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type FakeServer } from './fake-server.js';
import { type FakeServerOptions } from './fake-server-options.js';
import { type Fault } from './fault-rule.js';
import { startFakeServer } from './start-fake-server.js';

let server: FakeServer;
let counter = 0;

async function start(options: Partial<FakeServerOptions> = {}): Promise<void> {
  counter = 0;
  server = await startFakeServer({
    name: 'counter',
    handle: ({ method }) => {
      if (method === 'POST') counter += 1;
      return { status: 200, body: { counter, text: 'enough of it to be cut in half' } };
    },
    toEndpoint: ({ method, path }) => `${method} ${path.replace(/\d+/, '{id}')}`,
    changing: ({ method }) => method === 'POST',
    ...options,
  });
}

afterEach(async () => {
  await server.close();
});

const post = (path = '/things/7'): Promise<Response> => fetch(server.url + path, { method: 'POST', body: '{"a":1}' });
const get = (path = '/things/7'): Promise<Response> => fetch(server.url + path);

describe('a fake server', () => {
  it('tells the time of its clock', async () => {
    await start({ now: () => Date.UTC(2030, 0, 2, 3, 4, 5) });
    expect((await get()).headers.get('date')).toBe('Wed, 02 Jan 2030 03:04:05 GMT');
  });

  it('answers with the logic of the panel and logs the call', async () => {
    await start();
    const response = await fetch(`${server.url}/things/7?page=2&f[]=a&f[]=b`, {
      method: 'POST',
      headers: { 'X-Thing': 'yes' },
      body: '{"a":1}',
    });
    expect(await response.json()).toEqual({ counter: 1, text: 'enough of it to be cut in half' });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(server.calls).toHaveLength(1);
    const call = server.calls[0]!;
    expect(call).toMatchObject({
      n: 1,
      method: 'POST',
      path: '/things/7',
      endpoint: 'POST /things/{id}',
      body: '{"a":1}',
      changing: true,
      status: 200,
      fault: null,
    });
    expect(call.headers['x-thing']).toBe('yes');
    expect(call.query.get('page')).toBe('2');
    expect(call.query.getAll('f[]')).toEqual(['a', 'b']);
    expect(Math.abs(call.at - Date.now())).toBeLessThan(60_000);
  });

  it('sorts out the changing calls and forgets on demand, counting on', async () => {
    await start();
    await get();
    await post();
    expect(server.changingCalls().map((call) => call.n)).toEqual([2]);
    expect(server.totals).toMatchObject({ calls: 2, changing: 1 });
    server.clearCalls();
    expect(server.calls).toEqual([]);
    expect(server.totals).toMatchObject({ calls: 0, changing: 0 });
    await get();
    expect(server.calls[0]?.n).toBe(3);
  });

  it('keeps no log when told so, but counts', async () => {
    await start({ keepCalls: false });
    await get();
    await post();
    expect(server.calls).toEqual([]);
    expect(server.totals).toMatchObject({ calls: 2, changing: 1 });
  });

  it('chooses the content type by the body', async () => {
    const bodies: Record<string, string | Buffer | null> = {
      '/html': '<p>',
      '/text': 'a,b',
      '/bytes': Buffer.from([1, 2]),
      '/null': null,
    };
    await start({ handle: ({ path }) => ({ status: 200, body: bodies[path] ?? null }) });
    const readType = async (path: string): Promise<string | null> => (await get(path)).headers.get('content-type');
    expect(await readType('/html')).toBe('text/html; charset=utf-8');
    expect(await readType('/text')).toBe('text/plain; charset=utf-8');
    expect(await readType('/bytes')).toBe('application/octet-stream');
    expect(await readType('/null')).toBe('application/json');
    expect(await (await get('/null')).text()).toBe('null');
  });

  it('sends headers, statuses without body and empty bodies as told', async () => {
    await start({
      handle: ({ path }) =>
        path === '/none' ? { status: 204, body: {} } : { status: 302, headers: { Location: '/' } },
    });
    const none = await get('/none');
    expect([none.status, await none.text(), none.headers.get('content-length')]).toEqual([204, '', null]);
    const moved = await fetch(`${server.url}/x`, { redirect: 'manual' });
    expect([moved.status, moved.headers.get('location'), await moved.text()]).toEqual([302, '/', '']);
  });

  it('gives the parsed body, undefined for none, and throws for no JSON', async () => {
    const seen: unknown[] = [];
    await start({
      handle: (request) => {
        seen.push(request.json());
        return { status: 200 };
      },
    });
    await post();
    await fetch(server.url, { method: 'POST' });
    await fetch(server.url, { method: 'POST', body: '{' });
    expect(seen).toEqual([{ a: 1 }, undefined]);
    expect(server.failures).toHaveLength(1);
    expect(server.calls[2]?.status).toBe(500);
  });

  it('answers 500 and remembers why when the logic of the panel throws', async () => {
    await start({
      handle: () => {
        throw new Error('no such thing');
      },
    });
    const response = await get();
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: 'The fake counter failed: Error: no such thing' });
    expect(server.failures).toEqual(['Error: no such thing']);
  });

  it('waits its latency before the work', async () => {
    await start({ latencyMs: 40 });
    const began = performance.now();
    await get();
    expect(performance.now() - began).toBeGreaterThanOrEqual(39);
  });

  it('counts the calls in flight', async () => {
    await start();
    let come = 0;
    const until = new Promise<void>((resolve) => {
      server.onCall(() => {
        come += 1;
        if (come === 3) resolve();
      });
    });
    server.inject({ fault: { kind: 'wait', until: () => until } });
    await Promise.all([get(), get(), get()]);
    expect(server.totals.maxInFlight).toBe(3);
    server.clearFaults();
    server.clearCalls();
    await get();
    expect(server.totals.maxInFlight).toBeLessThan(3);
  });

  it('tells listeners and waiters of a call before its work is done', async () => {
    await start();
    const heard: number[][] = [];
    const stop = server.onCall((call) => heard.push([call.n, counter]));
    const waited = server.waitForCall((call) => call.changing);
    await get();
    await post();
    stop();
    await get();
    expect(heard).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect((await waited).n).toBe(2);
    expect(counter).toBe(1);
  });

  it('survives a client that leaves in the middle of its request', async () => {
    await start();
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"a":', () => socket.destroy());
      });
      socket.on('close', () => {
        resolve();
      });
    });
    await get();
    expect(server.calls).toHaveLength(1);
    expect(server.failures).toEqual([]);
  });

  it('does the work of a client that left, and logs that it got no answer', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    await start({
      handle: async () => {
        await finished;
        counter += 1;
        return { status: 200 };
      },
    });
    const stop = new AbortController();
    const arrived = server.waitForCall();
    const gone = fetch(server.url, { method: 'POST', signal: stop.signal }).catch((error: unknown) => String(error));
    await arrived;
    stop.abort();
    expect(await gone).toMatch('Abort');
    while (server.totals.inFlight > 0) await nextTurn();
    finish();
    await nextTurn();
    expect(counter).toBe(1);
    expect(server.calls[0]?.status).toBeNull();
    expect(server.failures).toEqual([]);
  });

  it('refuses a port that is taken', async () => {
    await start();
    await expect(
      startFakeServer({
        name: 'second',
        port: server.port,
        handle: () => ({ status: 200 }),
        toEndpoint: () => '',
        changing: () => false,
      }),
    ).rejects.toThrow('EADDRINUSE');
  });
});

describe('fault injection', () => {
  const inject = (fault: Fault, when: 'before' | 'after' = 'before'): (() => void) => server.inject({ fault, when });

  it('answers a status with headers and body, without doing the work', async () => {
    await start();
    inject({ kind: 'status', status: 429, headers: { 'Retry-After': '30' }, body: { message: 'Too Many Attempts.' } });
    const response = await post();
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '30']);
    expect(await response.json()).toEqual({ message: 'Too Many Attempts.' });
    expect(counter).toBe(0);
    expect(server.calls[0]).toMatchObject({ status: 429, fault: 'status' });
  });

  it('spoils only the answer with "after"', async () => {
    await start();
    inject({ kind: 'status', status: 503 }, 'after');
    expect((await post()).status).toBe(503);
    expect(counter).toBe(1);
  });

  it('meets endpoints by name and by pattern, lets calls through and stops after some', async () => {
    await start();
    const fault: Fault = { kind: 'status', status: 500 };
    server.inject({ endpoint: 'POST /things/{id}', skip: 1, times: 2, fault });
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await post()).status, (await get()).status);
    expect(statuses).toEqual([200, 200, 500, 200, 500, 200, 200, 200]);
    server.inject({ endpoint: /^GET/g, fault });
    expect([(await get()).status, (await get()).status, (await post()).status]).toEqual([500, 500, 200]);
  });

  it('meets calls by a condition, and ends when removed or cleared', async () => {
    await start();
    const remove = server.inject({
      match: (call) => call.path.endsWith('/8'),
      fault: { kind: 'status', status: 500 },
    });
    expect([(await get('/things/7')).status, (await get('/things/8')).status]).toEqual([200, 500]);
    remove();
    expect((await get('/things/8')).status).toBe(200);
    inject({ kind: 'empty' });
    server.clearFaults();
    expect(await (await get()).text()).not.toBe('');
  });

  it('lets the first rule decide, and adds latency to any', async () => {
    await start();
    inject({ kind: 'latency', ms: 30 });
    inject({ kind: 'latency', ms: 20 }, 'after');
    inject({ kind: 'status', status: 502 });
    inject({ kind: 'status', status: 504 });
    const began = performance.now();
    expect((await get()).status).toBe(502);
    expect(performance.now() - began).toBeGreaterThanOrEqual(48);
    expect(server.calls[0]?.fault).toBe('latency+latency+status');
  });

  it('cuts the connection before and after the work', async () => {
    await start();
    const remove = inject({ kind: 'cut' });
    await expect(post()).rejects.toThrow();
    expect(counter).toBe(0);
    remove();
    inject({ kind: 'cut' }, 'after');
    await expect(post()).rejects.toThrow();
    expect(counter).toBe(1);
    expect(server.calls.map((call) => call.status)).toEqual([null, null]);
  });

  it('hangs until the client gives up, and closes all the same', async () => {
    await start();
    inject({ kind: 'hang' }, 'after');
    const arrived = server.waitForCall();
    const answer = post().catch((error: unknown) => String(error));
    await arrived;
    await server.close();
    expect(await answer).toMatch('fetch failed');
    expect(counter).toBe(1);
    expect(server.calls[0]).toMatchObject({ status: null, fault: 'hang' });
  });

  it('truncates: an honest head, half of the body, then the end', async () => {
    await start();
    inject({ kind: 'truncated' });
    const seen = await new Promise<{ status: number; announced: number; text: string; complete: boolean }>(
      (resolve) => {
        httpRequest(server.url, { method: 'POST' }, (response) => {
          let text = '';
          response.on('data', (piece: Buffer) => (text += piece.toString()));
          response.on('error', () => undefined);
          response.on('close', () => {
            const { statusCode = 0, headers, complete } = response;
            resolve({ status: statusCode, announced: Number(headers['content-length']), text, complete });
          });
        }).end();
      },
    );
    expect(seen).toMatchObject({ status: 200, complete: false });
    expect(seen.text).toMatch(/^\{"counter":1/);
    expect(seen.text).toHaveLength(Math.floor(seen.announced / 2));
    expect(counter).toBe(1);
  });

  it('answers HTML with status 200 or another', async () => {
    await start();
    const remove = inject({ kind: 'html' });
    const response = await post();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await response.text()).toMatch('Sign in');
    remove();
    inject({ kind: 'html', status: 502 });
    expect((await post()).status).toBe(502);
    expect(counter).toBe(0);
  });

  it('keeps a call waiting before the work until a promise is kept, and lets other faults meet it, too', async () => {
    await start();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    inject({ kind: 'wait', until: () => gate });
    inject({ kind: 'status', status: 503 }, 'after');
    const arrived = server.waitForCall();
    const answer = post();
    await arrived;
    await nextTurn();
    expect([counter, server.calls[0]?.status]).toEqual([0, null]);
    open();
    expect((await answer).status).toBe(503);
    expect([counter, server.calls[0]?.fault]).toEqual([1, 'wait+status']);
  });

  it('answers another body, an empty one, and one changed', async () => {
    await start();
    const removers = [inject({ kind: 'body', body: { status: 'error' } })];
    expect(await (await post()).json()).toEqual({ status: 'error' });
    removers.pop()?.();
    removers.push(
      inject({ kind: 'body', body: '{"in": 123, "out":', headers: { 'content-type': 'application/json' } }),
    );
    expect(await (await post()).text()).toBe('{"in": 123, "out":');
    removers.pop()?.();
    removers.push(inject({ kind: 'empty' }));
    const empty = await post();
    expect([empty.status, empty.headers.get('content-type'), await empty.text()]).toEqual([
      200,
      'application/json',
      '',
    ]);
    removers.pop()?.();
    expect(counter).toBe(0);
    inject({ kind: 'mutate', change: (json) => ({ ...(json as object), counter: 'many' }) });
    expect(await (await post()).json()).toMatchObject({ counter: 'many', text: expect.any(String) });
    expect(counter).toBe(1);
  });

  it('sends a huge body, and stops when the client leaves', async () => {
    await start();
    inject({ kind: 'huge', bytes: 3_000_000 });
    const response = await get();
    expect(response.headers.get('content-length')).toBeNull();
    const text = await response.text();
    expect(text.length).toBeGreaterThan(3_000_000);
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['padding']);
    server.clearFaults();
    inject({ kind: 'huge', bytes: 1e12 });
    const endless = await get();
    await endless.body?.cancel();
    server.clearFaults();
    expect((await get()).status).toBe(200);
    expect(server.failures).toEqual([]);
  });
});
