import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../test/dashboard-bench.js';

const at = useBench({ dashboard: { limits: { requestsPerMinute: 100_000 } } });
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

const toRequest = (path: string, token: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`;

/** Answers by their status. */
type Counted = Record<string, number>;

async function open(onStatus: (status: string) => void): Promise<Socket> {
  const socket = connect(Number(new URL(at.dashboard.url).port), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    for (const [, status = ''] of data.toString('latin1').matchAll(/HTTP\/1\.1 (\d+)/g)) onStatus(status);
  });
  await once(socket, 'connect');
  return socket;
}

/** Sends 10 requests of a client at once on each of 60 connections; resolves with the first answer. */
async function hog(token: string, counted: Counted): Promise<void> {
  const answers = new EventEmitter();
  const onStatus = (status: string): void => {
    counted[status] = (counted[status] ?? 0) + 1;
    answers.emit('answer');
  };
  const opened = await Promise.all(Array.from({ length: 60 }, () => open(onStatus)));
  const begun = once(answers, 'answer');
  for (const socket of opened) socket.write(toRequest('/api/v1/services', token).repeat(10));
  await begun;
}

describe('a client that sends 600 requests at once', () => {
  it('has no more of them answered than wait and are under way before others are answered', async () => {
    for (let n = 1; n <= 3; n++) await at.addService(n, n === 3 ? '43' : '42', 20);
    const [token, other] = [await at.token('client:42'), await at.token('client:43')];
    const seen: number[] = [];
    const counted: Counted = {};
    const ask = async (path: string): Promise<() => void> => {
      const socket = await open(() => seen.push(counted['200'] ?? 0));
      return () => socket.write(toRequest(path, other));
    };
    const others = [await ask('/healthz'), await ask('/api/v1/services/svc-3')];
    await hog(token, counted);
    for (const send of others) send();
    const sum = (): number => (counted['200'] ?? 0) + (counted['429'] ?? 0);
    while (sum() < 60 * 10) await wait(20);
    expect(seen).toHaveLength(2);
    for (const answered of seen) expect(answered).toBeLessThan(36);
    // Of 60 connections, 36 are served or wait. One of the others is let in for each answer.
    expect(counted['429']).toBeGreaterThanOrEqual(24 * 8);
  });
});
