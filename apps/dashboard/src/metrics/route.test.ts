import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { SERVE_TOKEN, startBench, useBenchForEach } from '../test/dashboard-bench.js';

const at = useBenchForEach();

describe('/metrics', () => {
  it('is open on loopback only, and refuses a token that is wrong or of one client', async () => {
    await at.addService(1, '42', 10);
    at.clock.advance(3_600_000);
    await at.sluice.poll();
    const answer = await at.fetch('/metrics');
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    expect(text).toContain(`{panel="dcim",service="svc-1",direction="total"} ${10 * 1024 ** 3}\n`);
    const status = async (token: string): Promise<number> => (await at.fetch('/metrics', { token })).status;
    expect(await status(SERVE_TOKEN)).toBe(200);
    expect(await status(await at.token('read'))).toBe(200);
    expect(await status(await at.token('client:42', 'read'))).toBe(403);
    expect(await status('wrong-token-0123456789')).toBe(401);
  });

  it('needs a token for a host name that is not one of loopback', async () => {
    const { port } = new URL(at.dashboard.url);
    const status = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        get({ port, path: '/metrics', headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).on('error', reject);
      });
    for (const host of ['localhost', `localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`])
      expect([host, await status(host)]).toEqual([host, 200]);
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example'])
      expect([host, await status(host)]).toEqual([host, 401]);
  });

  it('needs a token for a request that went through a proxy, or that a page of another site made', async () => {
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await at.fetch('/metrics', { headers })).status;
    for (const headers of [
      { 'x-forwarded-for': '203.0.113.9' },
      { 'x-real-ip': '203.0.113.9' },
      { forwarded: 'for=203.0.113.9' },
      { via: '1.1 proxy' },
      { 'sec-fetch-site': 'cross-site' },
    ])
      expect([headers, await status(headers)]).toEqual([headers, 401]);
    expect(await status({ 'sec-fetch-site': 'none' })).toBe(200);
  });

  it('is rendered once per change of the store', async () => {
    await at.addService(1, '42', 10);
    let rendered = 0;
    const { sluice, store } = at;
    const counting = new Proxy(sluice, {
      get: (target, name, receiver) => {
        if (name === 'metrics') rendered++;
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
    const { startDashboard } = await import('../index.js');
    const options = {
      listen: { host: '127.0.0.1', port: 0 },
      clock: { ...at.clock, sleep: () => Promise.resolve() },
      randomBytes,
      version: '0.0.0-test',
    };
    const dashboard = await startDashboard({ sluice: counting, store, ...options });
    const read = async (): Promise<string> => (await fetch(new URL('/metrics', dashboard.url))).text();
    const texts = await Promise.all([read(), read(), read()]);
    expect([new Set(texts).size, rendered]).toEqual([1, 1]);
    at.clock.advance(3_600_000);
    await sluice.poll();
    expect([(await read()) === texts[0], rendered]).toEqual([false, 2]);
    await dashboard.close();
  });

  it('needs a token where others reach the server', async () => {
    const open = await startBench({ dashboard: { publicUrl: 'https://sluice.example.com' } });
    const refused = await open.fetch('/metrics');
    expect([refused.status, await refused.text()]).toEqual([401, expect.not.stringContaining('sluice_services')]);
    expect((await open.fetch('/metrics', { token: SERVE_TOKEN })).status).toBe(200);
    await open.close();
  });
});
