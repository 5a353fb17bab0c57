import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type Socket } from 'node:net';
import { createPanelHttp } from './create-panel-http.js';
import { catchFailure } from './test/catch-failure.js';
import { listen } from './test/test-server.js';
import type { PanelHttp, PanelHttpOptions, PanelRequest } from './types.js';

const read: PanelRequest<unknown> = { method: 'GET', path: '/x', endpoint: 'GET /x' };
const write: PanelRequest<unknown> = { method: 'POST', path: '/x', endpoint: 'POST /x', json: { a: 1 } };

describe('an answer that is lost', () => {
  let server: Server;
  let port: number;
  let http: PanelHttp;
  let sockets: Socket[];
  let requests: number;
  let onRequest: (socket: Socket) => void;

  const connect = (options: Partial<PanelHttpOptions> = {}): PanelHttp =>
    createPanelHttp({ panel: 'dcim', baseUrl: `http://127.0.0.1:${port}`, retry: { attempts: 1 }, ...options });

  beforeEach(async () => {
    sockets = [];
    requests = 0;
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => socket.destroy());
      socket.on('data', (data) => {
        if (!/^(GET|POST) /.test(data.toString())) return;
        requests += 1;
        onRequest(socket);
      });
    });
    port = await listen(server);
    http = connect();
  });

  afterEach(async () => {
    http.close();
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  });

  it('is no doubt when there was no connection', async () => {
    await new Promise((resolve) => server.close(resolve));
    for (const request of [read, write]) {
      const error = await catchFailure(http.request(request));
      expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', status: null, outcomeUnknown: false });
      expect(error.message).toContain('ECONNREFUSED');
      expect((error.cause as { code?: string }).code).toBe('ECONNREFUSED');
    }
  });

  it('is no doubt when the name is unknown', async () => {
    http.close();
    http = connect({ baseUrl: 'http://panel.invalid' });
    expect(await catchFailure(http.request(write))).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['before the answer', (socket) => socket.destroy()],
    ['inside the head', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le')],
    ['inside the body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"a":')],
    ['inside a chunk', (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n32\r\n{"a":')],
    ['by something that is not HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
  ])('leaves a write in doubt when the connection is cut %s', async (_when, cut) => {
    onRequest = cut;
    expect(await catchFailure(http.request(read))).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
    const error = await catchFailure(http.request(write));
    expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: true });
    expect(error.message).toContain('read the object before you repeat it');
    expect(requests).toBe(2);
  });

  it('leaves a write in doubt when nothing comes in time', async () => {
    http.close();
    http = connect({ timeouts: { attemptMs: 60 } });
    onRequest = () => undefined;
    expect(await catchFailure(http.request(read))).toMatchObject({ code: 'PANEL_TIMEOUT', outcomeUnknown: false });
    const error = await catchFailure(http.request(write));
    expect(error).toMatchObject({ code: 'PANEL_TIMEOUT', outcomeUnknown: true, status: null });
    expect(error.message).toContain('no complete answer after 60 ms');
  });

  it('counts the whole body into the time of an attempt', async () => {
    onRequest = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"a":');
    };
    const error = await catchFailure(http.request({ ...read, timeouts: { attemptMs: 60 } }));
    expect(error).toMatchObject({ code: 'PANEL_TIMEOUT', status: 200 });
  });

  it('obeys the total time of a call', async () => {
    onRequest = () => undefined;
    const error = await catchFailure(http.request({ ...read, timeouts: { totalMs: 50 } }));
    expect(error.message).toContain('no complete answer after 50 ms');
  });

  it('is no doubt when the connection did not stand in time', async () => {
    http.close();
    // TLS towards a server that never shakes hands.
    http = connect({ baseUrl: `https://127.0.0.1:${port}`, timeouts: { connectMs: 60 } });
    const error = await catchFailure(http.request(write));
    expect(error).toMatchObject({ code: 'PANEL_TIMEOUT', outcomeUnknown: false });
    expect(error.message).toContain('the connection was not open after 60 ms');
    expect(requests).toBe(0);
  });

  it('is no doubt when the connection is cut during the TLS handshake', async () => {
    http.close();
    http = connect({ baseUrl: `https://127.0.0.1:${port}` });
    server.on('connection', (socket) => socket.once('data', () => socket.destroy()));
    const error = await catchFailure(http.request(write));
    expect(error).toMatchObject({ code: 'PANEL_UNREACHABLE', outcomeUnknown: false });
    expect(error.message).toContain('cut during the TLS handshake');
  });

  it('refuses a body that is too large, while it comes in', async () => {
    let written = 0;
    onRequest = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n');
      const chunk = Buffer.alloc(64 * 1024, 0x20);
      const pour = (): void => {
        while (!socket.destroyed && written < 1_000_000_000) {
          written += chunk.length;
          if (!socket.write(chunk)) {
            socket.once('drain', pour);
            return;
          }
        }
      };
      pour();
    };
    const error = await catchFailure(http.request({ ...read, maxBodyBytes: 1_000_000 }));
    expect(error).toMatchObject({ code: 'PANEL_UNREADABLE', status: 200 });
    expect(error.message).toContain('larger than 1000000 bytes');
    expect(written).toBeLessThan(100_000_000);
    expect((await catchFailure(http.request({ ...write, maxBodyBytes: 1_000_000 }))).outcomeUnknown).toBe(true);
  });

  it('takes a body of exactly the maximum', async () => {
    onRequest = (socket) => {
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 7\r\n\r\n{"a":1}');
    };
    expect((await http.request({ ...read, maxBodyBytes: 7 })).body).toEqual({ a: 1 });
    expect((await catchFailure(http.request({ ...read, maxBodyBytes: 6 }))).code).toBe('PANEL_UNREADABLE');
  });

  describe('because the caller called it off', () => {
    it('ends with the reason of the signal before anything was sent', async () => {
      const signal = AbortSignal.abort(new Error('stop'));
      await expect(http.request({ ...write, signal })).rejects.toThrow('stop');
      expect(requests).toBe(0);
    });

    it('ends with the reason of the signal for a read under way', async () => {
      const stop = new AbortController();
      onRequest = () => {
        stop.abort(new Error('stop'));
      };
      await expect(http.request({ ...read, signal: stop.signal })).rejects.toThrow('stop');
    });

    it('leaves a write under way in doubt', async () => {
      const stop = new AbortController();
      onRequest = () => {
        stop.abort(new Error('stop'));
      };
      const error = await catchFailure(http.request({ ...write, signal: stop.signal }));
      expect(error).toMatchObject({ code: 'PANEL_TIMEOUT', outcomeUnknown: true });
      expect(error.message).toContain('cancelled');
    });
  });
});
