import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { createPanelHttp } from './create-panel-http.js';
import type { CallEvent, PanelHttp } from './types.js';
import { startServer, type Answer, type TestServer } from './test/test-server.js';

let server: TestServer;
let http: PanelHttp;
let answer: Answer;
let events: CallEvent[];

beforeEach(async () => {
  answer = (_seen, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  };
  events = [];
  server = await startServer((seen, response) => {
    answer(seen, response);
  });
  http = createPanelHttp({ panel: 'dcim', baseUrl: server.url, onCall: (event) => events.push(event) });
});

afterEach(async () => {
  http.close();
  await server.close();
});

describe('headers', () => {
  it.each([
    ['x-name', 'na\u2026', 'The header "x-name" contains characters or line breaks that can\'t be sent'],
    ['x-name', 'a\r\nb', 'The header "x-name" contains characters or line breaks that can\'t be sent'],
    ['Transfer-Encoding', 'chunked', 'The header transfer-encoding is set by the transport itself'],
  ])('refuses the header %s: %j, and goes on with other calls', async (name, value, message) => {
    for (let i = 0; i < 10; i += 1) {
      const sent = http.request({ method: 'GET', path: '/x', endpoint: 'GET /x', headers: { [name]: value } });
      await expect(sent).rejects.toThrow(message);
    }
    expect((await http.request({ method: 'GET', path: '/x', endpoint: 'GET /x' })).status).toBe(200);
    expect(http.stats).toMatchObject({ calls: 11, failures: 10, retries: 0 });
    expect(server.seen).toHaveLength(1);
  });

  it('are read without the blanks around their values', async () => {
    const packed = gzipSync('{"a":1}');
    answer = (_seen, response) => {
      response.socket?.end(
        Buffer.concat([
          Buffer.from(
            `HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT \r\nContent-Encoding: gzip \r\nContent-Length: ${packed.length}\r\n\r\n`,
          ),
          packed,
        ]),
      );
    };
    const { body } = await http.request({ method: 'GET', path: '/x', endpoint: 'GET /x' });
    expect(body).toEqual({ a: 1 });
    expect(events[0]?.serverTime).toBe(Date.UTC(2026, 10, 20, 12));
  });

  it('of a call that was given up before it was sent cost no connection', async () => {
    http.close();
    http = createPanelHttp({ panel: 'dcim', baseUrl: server.url, concurrency: 1 });
    const get = { method: 'GET', path: '/x', endpoint: 'GET /x' } as const;
    for (let i = 0; i < 10; i += 1) {
      await http.request(get);
      const stop = new AbortController();
      const given = http.request({ ...get, signal: stop.signal });
      stop.abort();
      await expect(given).rejects.toThrow();
    }
    await http.request(get);
    expect(server.connections()).toBeLessThanOrEqual(2);
  });
});
