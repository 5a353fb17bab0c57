import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { createPanelHttp } from './create-panel-http.js';
import { createCertificate, type TestCertificate } from './test/certificate.js';
import { startConnectProxy, type ConnectProxyOptions, type TestProxy } from './test/connect-proxy.js';
import { catchFailure } from './test/catch-failure.js';
import { startSocksProxy } from './test/socks-proxy.js';
import { json, startServer, type TestServer } from './test/test-server.js';
import type { PanelHttp, PanelHttpOptions, PanelRequest } from './types.js';

const write: PanelRequest<unknown> = { method: 'POST', path: '/x', endpoint: 'POST /x', json: { a: 1 } };

describe('a proxy', () => {
  let certificate: TestCertificate;
  let plain: TestServer;
  let secured: TestServer;
  let proxy: TestProxy | undefined;
  let http: PanelHttp | undefined;

  beforeAll(async () => {
    certificate = await createCertificate();
    const answer = (_seen: unknown, response: Parameters<typeof json>[0]): void => {
      json(response, { ok: true });
    };
    plain = await startServer(answer);
    secured = await startServer(answer, certificate);
  });
  afterAll(async () => {
    await plain.close();
    await secured.close();
  });
  afterEach(async () => {
    http?.close();
    await proxy?.close();
  });

  const connect = (url: string, baseUrl: string, options: Partial<PanelHttpOptions> = {}): PanelHttp => {
    http = createPanelHttp({
      panel: 'dcim',
      baseUrl,
      proxy: url,
      tls: { ca: certificate.cert },
      retry: { attempts: 1 },
      ...options,
    });
    return http;
  };
  const startHttp = async (options?: ConnectProxyOptions): Promise<TestProxy> => {
    proxy = await startConnectProxy(options);
    return proxy;
  };
  const startSocks = async (credentials?: { user: string; password: string }): Promise<TestProxy> => {
    proxy = await startSocksProxy(credentials);
    return proxy;
  };

  it('of the kind http carries plain and TLS connections, which are kept', async () => {
    for (const target of [plain, secured]) {
      const { port, targets, close } = await startHttp();
      const client = connect(`http://127.0.0.1:${port}`, target.url, { concurrency: 1 });
      for (let i = 0; i < 3; i += 1) expect((await client.request(write)).body).toEqual({ ok: true });
      expect(targets).toEqual([`127.0.0.1:${target.port}`]);
      client.close();
      await close();
    }
  });

  it('of the kind http is given its credentials, percent-decoded', async () => {
    const { port, targets } = await startHttp({ credentials: 'user:p@ss:w/rd' });
    const client = connect(`http://user:p%40ss%3Aw%2Frd@127.0.0.1:${port}`, secured.url);
    expect((await client.request(write)).status).toBe(200);
    expect(targets).toHaveLength(1);
  });

  it('that refuses the credentials makes the panel unreachable, without doubt and without the password', async () => {
    const { port } = await startHttp({ credentials: 'user:right-password' });
    const error = await catchFailure(
      connect(`http://user:wrong-password@127.0.0.1:${port}`, secured.url).request(write),
    );
    expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
    expect(error.message).toMatch(/the proxy opened no connection: Bad response: 407/);
    expect(inspect(error)).not.toContain('wrong-password');
  });

  it('that is not there makes the panel unreachable', async () => {
    const { port, close } = await startHttp();
    await close();
    const error = await catchFailure(connect(`http://127.0.0.1:${port}`, plain.url).request(write));
    expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
    expect(error.message).toContain('the proxy opened no connection');
    proxy = undefined;
  });

  it('of the kind https is verified as well', async () => {
    const own = await createCertificate('localhost');
    const { port, targets } = await startHttp({ tls: own });
    const url = `https://localhost:${port}`;
    const error = await catchFailure(connect(url, plain.url, { tls: { rejectUnauthorized: false } }).request(write));
    expect(error.message).toContain('self-signed certificate');
    http?.close();
    expect((await connect(url, plain.url, { tls: { ca: own.cert } }).request(write)).status).toBe(200);
    expect(targets).toHaveLength(1);
  });

  it('does not see into TLS, and cannot stand in for the panel', async () => {
    const { port } = await startHttp();
    const error = await catchFailure(connect(`http://127.0.0.1:${port}`, secured.url, { tls: {} }).request(write));
    expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
    expect(error.message).toContain('TLS failed');
    http?.close();
    const pinned = { tls: { pinSha256: 'cd'.repeat(32) } };
    const mismatch = await catchFailure(connect(`http://127.0.0.1:${port}`, secured.url, pinned).request(write));
    expect(mismatch.message).toContain('not the pinned one');
  });

  it('of the kind socks5 carries plain and TLS connections, which are kept', async () => {
    for (const target of [plain, secured]) {
      const { port, targets, close } = await startSocks();
      const client = connect(`socks5://127.0.0.1:${port}`, target.url, { concurrency: 1 });
      for (let i = 0; i < 3; i += 1) expect((await client.request(write)).body).toEqual({ ok: true });
      expect(targets).toEqual([`5 127.0.0.1:${target.port}`]);
      client.close();
      await close();
    }
  });

  it('of the kind socks5 looks names up here, of the kind socks5h there', async () => {
    const { port, targets } = await startSocks();
    const baseUrl = plain.url.replace('127.0.0.1', 'localhost');
    await connect(`socks5h://127.0.0.1:${port}`, baseUrl).request(write);
    http?.close();
    await connect(`socks4://127.0.0.1:${port}`, plain.url).request(write);
    expect(targets).toEqual([`5 localhost:${plain.port}`, `4 127.0.0.1:${plain.port}`]);
  });

  it('of the kind socks5 is given its credentials', async () => {
    const { port, targets } = await startSocks({ user: 'us', password: 'correct-horse' });
    expect((await connect(`socks5://us:correct-horse@127.0.0.1:${port}`, secured.url).request(write)).status).toBe(200);
    http?.close();
    const error = await catchFailure(connect(`socks5://us:wrong-horse@127.0.0.1:${port}`, secured.url).request(write));
    expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
    expect(inspect(error)).not.toContain('wrong-horse');
    expect(targets).toHaveLength(1);
  });

  it('of the kind socks5 does not soften the check of the certificate', async () => {
    const { port } = await startSocks();
    const error = await catchFailure(connect(`socks5://127.0.0.1:${port}`, secured.url, { tls: {} }).request(write));
    expect(error.message).toContain('TLS failed: self-signed certificate');
  });

  it('of the kind socks5 waits for an answer longer than an idle connection is kept', async () => {
    const slow = await startServer((_seen, response) => {
      setTimeout(json, 4_400, response, { slow: true });
    });
    const { port } = await startSocks();
    expect((await connect(`socks5://127.0.0.1:${port}`, slow.url).request(write)).body).toEqual({ slow: true });
    await slow.close();
  });

  it('does not shorten an answer that takes longer than the connection may', async () => {
    const slow = await startServer((_seen, response) => {
      setTimeout(() => {
        json(response, { slow: true });
      }, 250);
    });
    const kinds = [await startSocksProxy(), await startConnectProxy()];
    const urls = [`socks5://127.0.0.1:${kinds[0]!.port}`, `http://127.0.0.1:${kinds[1]!.port}`];
    for (const url of urls) {
      const client = connect(url, slow.url, { timeouts: { connectMs: 100 } });
      expect((await client.request(write)).body).toEqual({ slow: true });
      client.close();
    }
    for (const kind of kinds) await kind.close();
    await slow.close();
    proxy = undefined;
  });
});
