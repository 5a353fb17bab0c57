import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import type { Limits } from './options.js';

const MESSAGE = 'x'.repeat(50_000);
const CALLS = 600;
/** More than the buffers of a connection. */
const BYTES = CALLS * MESSAGE.length;

let at: DashboardBench;
let client: Socket;
/** The ends of connections that servers of this process have. */
const accepted: Socket[] = [];
subscribe('net.server.socket', (message) => accepted.push((message as { socket: Socket }).socket));
afterEach(async () => {
  client.destroy();
  await at.close();
});

async function logCalls(count: number): Promise<void> {
  const about = { panel: 'dcim', run: null, service: null, at: new Date(at.clock.now()).toISOString() };
  const call = { ...about, endpoint: 'x', method: 'GET', path: '/x', attempt: 1, status: 500, durationMs: 1 };
  const failed = { ok: false, code: 'PANEL_HTTP', message: MESSAGE, changing: false };
  await at.store.apiCalls.add(Array.from({ length: count }, () => ({ ...call, ...failed })));
}

/** Sends a request whose answer nobody reads. */
async function stall(limits: Partial<Limits>, path: string, calls: number): Promise<void> {
  at = await startBench({ dashboard: { limits }, sleep: () => wait(5) });
  await logCalls(calls);
  const { port } = new URL(at.dashboard.url);
  client = connect(Number(port), '127.0.0.1');
  client.on('error', () => undefined);
  client.write(`GET /api/v1${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${SERVE_TOKEN}\r\n\r\n`);
  await once(client, 'readable');
}

/** Waits until the server has ended the connection. */
async function waitUntilCut(): Promise<void> {
  const end = accepted.find(({ remotePort }) => remotePort === client.localPort);
  if (end?.destroyed === false) await once(end, 'close');
}

/** Reads what was sent, until the server ends the connection; returns how many bytes. */
async function readToEnd(): Promise<number> {
  const closed = once(client, 'close');
  let bytes = 0;
  client.on('data', (data) => (bytes += data.length));
  await closed;
  return bytes;
}

it.each(['/log?kind=api&limit=10000', '/log/export?kind=api'])(
  'cuts a client off that does not read %s',
  async (path) => {
    await stall({ stalledMs: 50 }, path, CALLS);
    await waitUntilCut();
    expect(await readToEnd()).toBeLessThan(BYTES);
  },
);

it('cuts a client off that does not read the stream of the log', async () => {
  await stall({ streamMs: 20 }, '/log/follow?kind=api', 0);
  for (let batch = 0; batch < 20; batch++) await logCalls(CALLS / 20);
  await waitUntilCut();
  expect(await readToEnd()).toBeLessThan(BYTES);
});

it.each(['/log?kind=api&limit=10000', '/log/export?kind=api'])(
  'does not wait for it when it ends: %s',
  async (path) => {
    await stall({ endMs: 50 }, path, CALLS);
    await at.dashboard.close();
    expect(await readToEnd()).toBeLessThan(BYTES);
  },
);
