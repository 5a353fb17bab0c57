import { afterEach, describe, expect, it } from '@jest/globals';
import { createPanelHttp } from './create-panel-http.js';
import { startServer, type TestServer } from './test/test-server.js';
import type { CallEvent, PanelHttp } from './types.js';

describe('a sink', () => {
  let server: TestServer | undefined;
  let http: PanelHttp | undefined;

  afterEach(async () => {
    http?.close();
    await server?.close();
  });

  const client = (url: string, events: CallEvent[] = []): PanelHttp => {
    http = createPanelHttp({
      panel: 'p',
      baseUrl: url,
      breaker: false,
      retry: { baseDelayMs: 1 },
      onCall: (event) => events.push(event),
    });
    return http;
  };

  it('takes a large body piece by piece, and nothing of it is kept', async () => {
    const piece = 'x'.repeat(100_000);
    server = await startServer((_, response) => {
      for (let n = 0; n < 20; n += 1) response.write(piece);
      response.end();
    });
    const events: CallEvent[] = [];
    let bytes = 0;
    let pieces = 0;
    const { body } = await client(server.url, events).request<Buffer>({
      method: 'GET',
      path: '/list/',
      endpoint: 'GET /list/',
      accept: 'bytes',
      sink: () => (chunk) => {
        bytes += chunk.length;
        pieces += 1;
      },
    });
    expect([bytes, body.length]).toEqual([2_000_000, 0]);
    expect(pieces).toBeGreaterThan(1);
    expect(events).toMatchObject([{ ok: true, responseBytes: 2_000_000 }]);
  });

  it('is begun anew by each attempt and gets nothing of a refusal', async () => {
    server = await startServer(({ n }, response) => {
      if (n === 1) response.writeHead(500).end('{"message":"not yet"}');
      else if (n === 2) {
        response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy());
      } else response.end('whole');
    });
    const taken: string[][] = [];
    await client(server.url).request({
      method: 'GET',
      path: '/list/',
      endpoint: 'GET /list/',
      accept: 'bytes',
      sink: () => {
        const parts: string[] = [];
        taken.push(parts);
        return (chunk) => parts.push(chunk.toString());
      },
    });
    expect(taken).toEqual([['half'], ['whole']]);
  });

  it('leaves the words of a refusal to the error, and keeps to the largest body', async () => {
    server = await startServer(({ n }, response) => {
      if (n === 1) response.writeHead(400).end('{"message":"no such list"}');
      else response.end('x'.repeat(1000));
    });
    const request = {
      method: 'GET',
      path: '/list/',
      endpoint: 'GET /list/',
      accept: 'bytes',
      sink: () => () => undefined,
      maxBodyBytes: 999,
    } as const;
    const panel = client(server.url);
    await expect(panel.request(request)).rejects.toThrow('no such list');
    await expect(panel.request(request)).rejects.toMatchObject({ code: 'PANEL_UNREADABLE' });
  });

  it.each<[string, () => (chunk: Buffer) => void]>([
    [
      'at the beginning',
      () => {
        throw new Error('disk full');
      },
    ],
    [
      'at a piece',
      () => () => {
        throw new Error('disk full');
      },
    ],
  ])('that throws %s ends the call with its error', async (_when, sink) => {
    server = await startServer((_, response) => {
      response.end('x'.repeat(1000));
    });
    const request = { method: 'GET', path: '/list/', endpoint: 'GET /list/', accept: 'bytes' } as const;
    const panel = client(server.url);
    await expect(panel.request({ ...request, sink })).rejects.toThrow('disk full');
    expect(server.seen).toHaveLength(1);
    expect((await panel.request(request)).status).toBe(200);
  });
});
