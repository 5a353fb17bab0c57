import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { toNetwork } from './networks.js';

let at: DashboardBench | undefined;
afterEach(async () => {
  await at?.close();
  at = undefined;
});

describe('networks of addresses', () => {
  it.each([
    ['203.0.113.19:4711', '203.0.113.19'],
    ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
    ['unknown17', 'unknown'],
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is of %s', (address, network) => {
    expect(toNetwork(address)).toBe(network);
  });
});

describe('failed attempts', () => {
  const login = (forwarded: string): Promise<Response> =>
    at!.fetch('/login', {
      method: 'POST',
      body: new URLSearchParams({ token: 'wrong' }),
      headers: { 'x-forwarded-for': forwarded },
    });
  const codes = async (addresses: readonly string[]): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (const address of addresses) {
      const { status } = await login(address);
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  };
  const limits = { loginsPerMinute: 3 };
  const publicUrl = 'http://sluice.example.com';

  const many = (count: number, toAddress: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => toAddress(n));

  it.each([
    [
      'by the address that the proxy states, whatever its client wrote before it',
      many(5, (n) => `203.0.113.${n}, 192.168.1.50`),
      { 401: 3, 429: 2 },
    ],
    ['over all addresses, too', many(70, (n) => `203.0.113.${n}`), { 401: 60, 429: 10 }],
  ])('are counted %s', async (_how, addresses, counts) => {
    at = await startBench({ dashboard: { limits, publicUrl } });
    expect(await codes(addresses)).toEqual(counts);
  });

  it('are counted together over a network of IPv6', async () => {
    at = await startBench({ dashboard: { limits, publicUrl } });
    expect(await codes(many(5, (n) => `2001:db8:1:2::${n + 1}`))).toEqual({ 401: 3, 429: 2 });
    expect((await login('2001:db8:1:3::1')).status).toBe(401);
  });

  it('are counted by the addresses behind configured proxies', async () => {
    at = await startBench({ dashboard: { limits, publicUrl, trustedProxies: ['127.0.0.1', '198.51.100.0/24'] } });
    expect(await codes(many(5, (n) => `203.0.113.${n}, 198.51.100.7`))).toEqual({ 401: 5 });
    expect(await codes(many(5, () => '203.0.113.77, 198.51.100.7'))).toEqual({ 401: 3, 429: 2 });
  });
});

it('logins with a valid token are requests of that token, and end the oldest of its sessions beyond twenty', async () => {
  at = await startBench({ dashboard: { limits: { requestsPerMinute: 24 } } });
  const { token } = await at.sluice.access.create({ name: 'script', scopes: ['read'] });
  const login = (text: string): Promise<Response> =>
    at!.fetch('/login', { method: 'POST', body: new URLSearchParams({ token: text }) });
  const answers: Response[] = [];
  for (let n = 0; n < 25; n++) answers.push(await login(token));
  expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 24 }, () => 303), 429]);
  expect((await login(SERVE_TOKEN)).status).toBe(303);
  const sessions = answers.map(({ headers }) => /^sluice=([^;]*)/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '');
  const open = await Promise.all([3, 4, 23].map((n) => at!.fetch('/', { cookie: `sluice=${sessions[n] ?? ''}` })));
  // Those that last are of the token whose requests are used up.
  expect(open.map(({ status }) => status)).toEqual([303, 429, 429]);
});

it('requests without a valid token or link are limited, and not those that lead to the login', async () => {
  at = await startBench({ dashboard: { limits: { refusalsPerMinute: 3 } } });
  const statuses = async (path: string, cookie?: string): Promise<number[]> => {
    const found: number[] = [];
    for (let sent = 0; sent < 5; sent += 1)
      found.push((await at!.fetch(path, cookie === undefined ? {} : { cookie })).status);
    return found;
  };
  expect(await statuses('/')).toEqual([303, 303, 303, 303, 303]);
  expect(await statuses('/', 'sluice=made-up')).toEqual([303, 303, 303, 303, 303]);
  expect(await statuses('/api/v1/services')).toEqual([401, 401, 401, 429, 429]);
  expect(await statuses('/share/made-up')).toEqual([429, 429, 429, 429, 429]);
});

it.each([
  ['an unknown address', 'GET', '/nothing', 404],
  ['an unknown address of the API', 'PUT', '/api/v1/nothing', 404],
  ['a wrong method', 'PUT', '/login', 405],
])('requests for %s without a valid token are limited with those', async (_what, method, path, status) => {
  at = await startBench({ dashboard: { limits: { refusalsPerMinute: 3 } } });
  const send = async (init: { token?: string; cookie?: string } = {}): Promise<number> =>
    (await at!.fetch(path, { method, ...init })).status;
  const statuses: number[] = [];
  for (let n = 0; n < 4; n++) statuses.push(await send({ token: 'wrong' }));
  expect(statuses).toEqual([status, status, status, 429]);
  expect((await at.fetch('/api/v1/services')).status).toBe(429);
  expect(await send({ token: SERVE_TOKEN })).toBe(status);
  if (method === 'GET') expect(await send({ cookie: await at.login() })).toBe(status);
});

describe('one connection', () => {
  it('is served a number of requests, however many were sent at once', async () => {
    at = await startBench({ dashboard: { limits: { requestsPerConnection: 5 } } });
    const { port } = new URL(at.dashboard.url);
    const request = `GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const text = await new Promise<string>((resolve) => {
      let received = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(request.repeat(50)));
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString();
        // The first request beyond the limit is refused.
        if (!received.includes('HTTP/1.1 503')) return;
        socket.destroy();
        resolve(received);
      });
      socket.on('error', () => undefined);
    });
    expect(text.match(/HTTP\/1.1 200/g)).toHaveLength(5);
  });
});
