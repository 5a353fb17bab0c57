import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { StateStore } from '@sluice/state-store';
import { type BenchOptions, type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import type { Limits } from './options.js';

let at: DashboardBench;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await at.close();
});

async function start(limits: Partial<Limits>, options: BenchOptions = {}): Promise<void> {
  at = await startBench({ ...options, dashboard: { ...options.dashboard, limits } });
}

/** Connects, sends a text and reads nothing. */
async function open(text = ''): Promise<Socket> {
  const { port } = new URL(at.dashboard.url);
  const socket = connect(Number(port), '127.0.0.1').pause();
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  return socket;
}

/** Opens connections one after the other, and returns which of them the server has not ended. */
async function openMany(texts: readonly string[]): Promise<boolean[]> {
  const opened: Socket[] = [];
  for (const text of texts) {
    opened.push(await open(text));
    await wait(20);
  }
  await wait(100);
  for (const socket of opened) socket.resume();
  await wait(100);
  return opened.map((socket) => !socket.destroyed && !socket.readableEnded);
}

const isHealthy = async (): Promise<number> =>
  (await at.fetch('/healthz', { headers: { connection: 'close' } })).status;
const SILENT = '';
const STREAM = `GET /api/v1/log/follow?kind=api HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${SERVE_TOKEN}\r\n\r\n`;
const FORM = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6000';
const PART = `POST /login HTTP/1.1\r\nHost: x\r\n${FORM}\r\n\r\na`;

describe.each(['connections', 'connectionsPerNetwork'])('open connections: %s', (limit) => {
  it.each([
    ['that ask nothing', SILENT],
    ['that send only a part of a request', PART],
    ['that keep theirs after an answer', 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('keep nobody out %s: the oldest end', async (_what, text) => {
    await start({ [limit]: 3 });
    expect(await openMany(Array.from({ length: 5 }, () => text))).toEqual([false, false, true, true, true]);
    expect(await isHealthy()).toBe(200);
  });

  it('end never while they are served', async () => {
    await start({ [limit]: 3 }, { sleep: () => wait(5) });
    expect(await openMany([STREAM, SILENT, SILENT, SILENT, SILENT])).toEqual([true, false, false, true, true]);
    expect(await openMany([STREAM, STREAM, SILENT])).toEqual([true, true, false]);
  });
});

it('one network has no more than its part of the connections', async () => {
  await start({ connections: 10, connectionsPerNetwork: 2 });
  expect(await openMany([SILENT, SILENT, SILENT])).toEqual([false, true, true]);
});

it('a trusted proxy connects for many', async () => {
  await start({ connectionsPerNetwork: 2 }, { dashboard: { trustedProxies: ['127.0.0.0/8'] } });
  expect(await openMany([SILENT, SILENT, SILENT])).toEqual([true, true, true]);
});

it('a client that reads no answer gets one request at a time handled', async () => {
  let lists = 0;
  const counting = (store: StateStore): StateStore => ({
    ...store,
    apiCalls: {
      ...store.apiCalls,
      list: (...args) => {
        lists++;
        return store.apiCalls.list(...args);
      },
    },
  });
  await start({}, { seenAs: counting });
  const call = { panel: 'dcim', run: null, service: null, at: new Date(at.clock.now()).toISOString() };
  const failed = { ok: false, code: 'PANEL_HTTP', message: 'x'.repeat(50_000), changing: false };
  const made = { endpoint: 'x', method: 'GET', path: '/x', attempt: 1, status: 500, durationMs: 1 };
  await at.store.apiCalls.add(Array.from({ length: 600 }, () => ({ ...call, ...made, ...failed })));
  const one = `GET /api/v1/log?kind=api&limit=10000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${SERVE_TOKEN}\r\n\r\n`;
  await (await at.fetch('/api/v1/log?kind=api&limit=10000', { token: SERVE_TOKEN })).arrayBuffer();
  const ofOne = lists;
  await open(one.repeat(5));
  await wait(1500);
  expect(lists).toBe(2 * ofOne);
});

it('pipelined requests are answered in their order', async () => {
  await start({});
  const socket = await open(['/healthz', '/login', '/api/v1/openapi.json', '/healthz'].map(toRequest).join(''));
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.resume();
  for (let n = 0; n < 100 && (text.match(/HTTP\/1.1 200/g) ?? []).length < 4; n++) await wait(20);
  expect([...text.matchAll(/content-type: (\S+?);/gi)].map(([, type]) => type)).toEqual([
    ...['application/json', 'text/html', 'application/json', 'application/json'],
  ]);
});

const toRequest = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

it('of what is sent at once above the limit only the first request is refused, and the rest is forgotten', async () => {
  await start({ requestsPerConnection: 3 });
  const socket = await open(toRequest('/healthz').repeat(50));
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.resume();
  await once(socket, 'close');
  expect([...text.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '200', '200', '503']);
});

it.each([
  ['documents', '/api/v1/openapi.json', { documentsPerMinute: 3 }],
  ['files', '/metrics', { filesPerMinute: 3 }],
])('%s that need no token are counted by address', async (_what, path, limits) => {
  await start(limits);
  const statuses: number[] = [];
  for (let n = 0; n < 4; n++) statuses.push((await at.fetch(path)).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  expect((await at.fetch(path)).headers.get('connection')).toBe('close');
  expect((await at.fetch(path, { token: SERVE_TOKEN })).status).toBe(200);
});
