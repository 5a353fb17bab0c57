import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SERVE_TOKEN, useBench } from '../test/dashboard-bench.js';

const at = useBench({ dashboard: { limits: { requestsPerMinute: 100_000 }, trustedProxies: ['127.0.0.1'] } });
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

const toRequest = (path: string, token: string, from = '203.0.113.9'): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${from}\r\nAuthorization: Bearer ${token}\r\n\r\n`;

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

/** Sends 10 requests at once on each of 60 connections, each of an address of one network; resolves after `first` answers. */
async function hog(counted: Counted, first: number, [path, token]: readonly [string, string]): Promise<void> {
  const answers = new EventEmitter();
  const onStatus = (status: string): void => {
    counted[status] = (counted[status] ?? 0) + 1;
    if (sum(counted) === first) answers.emit('begun');
  };
  const opened = await Promise.all(Array.from({ length: 60 }, () => open(onStatus)));
  const begun = once(answers, 'begun');
  for (const [n, socket] of opened.entries()) socket.write(toRequest(path, token, `2001:db8:1:2::${n}`).repeat(10));
  await begun;
}

const sum = (counted: Counted): number => Object.values(counted).reduce((a, b) => a + b, 0);

/** Sends requests after the first answers to a hog, and has all answered; returns what was counted when each of them was. */
async function seenBy(others: readonly string[], first: number, hogged: readonly [string, string]) {
  const counted: Counted = {};
  const seen: Counted[] = [];
  const asked = await Promise.all(others.map(() => open(() => seen.push({ ...counted }))));
  await hog(counted, first, hogged);
  for (const [n, socket] of asked.entries()) socket.write(others[n] ?? '');
  while (sum(counted) < 60 * 10 || seen.length < others.length) await wait(20);
  return { seen, counted };
}

describe('600 requests at once', () => {
  beforeAll(async () => {
    for (let n = 1; n <= 3; n++) await at.addService(n, n === 3 ? '43' : '42', 20);
  });

  it('of a client: no more are answered than wait and are under way before others are answered', async () => {
    const [token, other] = [await at.token('client:42'), await at.token('client:43')];
    const others = [toRequest('/healthz', other), toRequest('/api/v1/services/svc-3', other)];
    const { seen, counted } = await seenBy(others, 1, ['/api/v1/services', token]);
    for (const answered of seen) expect(answered['200']).toBeLessThan(36);
    // Of 60 connections, 36 are served or wait. One of the others is let in for each answer.
    expect(counted['429']).toBeGreaterThanOrEqual(24 * 8);
  });

  it.each([
    ['with a wrong token', '/api/v1/services', 'wrong-token', ['401', '429']],
    ['with a wrong link', '/share/wrong', 'wrong-token', ['404', '429']],
    ['for what does not exist', '/nothing', 'wrong-token', ['404', '429']],
    ['for addresses that are not valid', '/%zz', 'wrong-token', ['400']],
    ['for its health', '/healthz', 'wrong-token', ['200']],
    ['for the login', '/login', 'wrong-token', ['200']],
    ['of an operator', '/api/v1/services/svc-1', SERVE_TOKEN, ['200']],
  ])('%s: few are answered before others are', async (_what, path, token, statuses) => {
    const other = await at.sluice.access.share({ client: '43', expiresAt: '2026-12-20T12:00:00.000Z' });
    const others = ['/healthz', '/login', '/nothing', `/share/${other.token}`].map((each) => toRequest(each, 'none'));
    const { seen, counted } = await seenBy(others, 120, [path, token]);
    // They are of one sender, which has one turn in each round.
    for (const answered of seen) expect(sum(answered)).toBeLessThan(130);
    expect(statuses).toEqual(expect.arrayContaining(Object.keys(counted)));
  });
});
