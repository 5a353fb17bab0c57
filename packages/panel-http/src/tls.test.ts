import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createPanelHttp } from './create-panel-http.js';
import { createCertificate, type TestCertificate } from './test/certificate.js';
import { catchFailure } from './test/catch-failure.js';
import { json, startServer, type TestServer } from './test/test-server.js';
import type { PanelHttp, PanelRequest, PanelTlsOptions } from './types.js';

const write: PanelRequest<unknown> = { method: 'POST', path: '/x', endpoint: 'POST /x', json: { a: 1 } };

describe('TLS', () => {
  let certificate: TestCertificate;
  let server: TestServer;
  let http: PanelHttp | undefined;

  beforeAll(async () => {
    certificate = await createCertificate();
    server = await startServer((_seen, response) => {
      json(response, {});
    }, certificate);
  });
  afterAll(() => server.close());
  afterEach(() => {
    http?.close();
  });

  const connect = (tls?: PanelTlsOptions, baseUrl = server.url): PanelHttp => {
    server.seen.length = 0;
    http = createPanelHttp({
      panel: 'dcim',
      baseUrl,
      auth: { bearer: 'token-12345678' },
      retry: { attempts: 1 },
      ...(tls === undefined ? {} : { tls }),
    });
    return http;
  };

  it('refuses a certificate that nobody vouches for, before anything is sent', async () => {
    const error = await catchFailure(connect().request(write));
    expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
    expect(error.message).toContain('TLS failed: self-signed certificate');
    expect(error.message).toContain('tls.ca');
    expect(server.seen).toHaveLength(0);
  });

  it('says so when plain http answers where TLS is due', async () => {
    const plain = await startServer((_seen, response) => {
      json(response, {});
    });
    const error = await catchFailure(connect(undefined, plain.url.replace('http:', 'https:')).request(write));
    await plain.close();
    expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
    expect(error.message).toContain('does not speak TLS');
    expect(error.message).toContain('use http://');
    expect(error.message).not.toContain('routines');
  });

  it('accepts a certificate whose authority is given', async () => {
    const reply = await connect({ ca: certificate.cert }).request(write);
    expect(reply.status).toBe(200);
    expect(server.seen[0]?.headers.authorization).toBe('Bearer token-12345678');
  });

  it('refuses a trusted certificate for another name', async () => {
    const other = await createCertificate('other.example');
    const wrong = await startServer((_seen, response) => {
      json(response, {});
    }, other);
    const error = await catchFailure(connect({ ca: other.cert }, wrong.url).request(write));
    expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
    expect(error.message).toContain('TLS failed');
    expect(wrong.seen).toHaveLength(0);
    await wrong.close();
  });

  it('refuses an authority that did not sign it', async () => {
    const other = await createCertificate();
    expect((await catchFailure(connect({ ca: other.cert }).request(write))).code).toBe('PANEL_UNREACHABLE');
  });

  it('accepts anything when verification is switched off', async () => {
    expect((await connect({ rejectUnauthorized: false }).request(write)).status).toBe(200);
  });

  it('accepts the pinned certificate without an authority, again and again', async () => {
    const pinned = connect({ pinSha256: certificate.fingerprint.replaceAll(':', '').toLowerCase() });
    const replies = await Promise.all(Array.from({ length: 12 }, () => pinned.request(write)));
    expect(replies.every((reply) => reply.status === 200)).toBe(true);
  });

  it('refuses every certificate but the pinned one, before anything is sent', async () => {
    const wrong = { pinSha256: 'ab'.repeat(32) };
    for (const tls of [wrong, { ...wrong, ca: certificate.cert }, { ...wrong, rejectUnauthorized: false }]) {
      const error = await catchFailure(connect(tls).request(write));
      expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
      expect(error.message).toContain(`SHA-256 fingerprint ${certificate.fingerprint}, not the pinned one`);
      expect(server.seen).toHaveLength(0);
    }
  });

  it('cannot speak TLS to a server that does not', async () => {
    const plain = await startServer((_seen, response) => {
      json(response, {});
    });
    const error = await catchFailure(connect(undefined, plain.url.replace('http:', 'https:')).request(write));
    expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
    await plain.close();
  });
});
