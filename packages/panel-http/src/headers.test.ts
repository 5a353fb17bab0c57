import { describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { useServer } from './test/use-server.js';

const read = { method: 'GET', path: '/x', endpoint: 'GET /x' } as const;

const at = useServer();

describe('headers', () => {
  it.each([
    ['x-name', 'na\u2026', 'The header "x-name" contains characters or line breaks that can\'t be sent'],
    ['x-name', 'a\r\nb', 'The header "x-name" contains characters or line breaks that can\'t be sent'],
    ['Transfer-Encoding', 'chunked', 'The header transfer-encoding is set by the transport itself'],
  ])('refuses the header %s: %j, and goes on with other calls', async (name, value, message) => {
    for (let i = 0; i < 10; i += 1) {
      const sent = at.http.request({ ...read, headers: { [name]: value } });
      await expect(sent).rejects.toThrow(message);
    }
    expect((await at.http.request(read)).status).toBe(200);
    expect(at.http.stats).toMatchObject({ calls: 11, failures: 10, retries: 0 });
    expect(at.server.seen).toHaveLength(1);
  });

  it('are read without the blanks around their values', async () => {
    const packed = gzipSync('{"a":1}');
    at.answer = (_seen, response) => {
      response.socket?.end(
        Buffer.concat([
          Buffer.from(
            `HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT \r\nContent-Encoding: gzip \r\nContent-Length: ${packed.length}\r\n\r\n`,
          ),
          packed,
        ]),
      );
    };
    const { body } = await at.http.request(read);
    expect(body).toEqual({ a: 1 });
    expect(at.events[0]?.serverTime).toBe(Date.UTC(2026, 10, 20, 12));
  });

  it('of a call that was given up before it was sent cost no connection', async () => {
    at.connect({ concurrency: 1 });
    for (let i = 0; i < 10; i += 1) {
      await at.http.request(read);
      const stop = new AbortController();
      const given = at.http.request({ ...read, signal: stop.signal });
      stop.abort();
      await expect(given).rejects.toThrow();
    }
    await at.http.request(read);
    expect(at.server.connections()).toBeLessThanOrEqual(2);
  });
});
