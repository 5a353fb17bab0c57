import type { ServerResponse } from 'node:http';
import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { catchFailure } from './test/catch-failure.js';
import { startServer } from './test/test-server.js';
import type { PanelRequest } from './types.js';
import { useServer } from './test/use-server.js';

const TOKEN = 'tok-4711-very-secret-token';
const MIB = 1024 * 1024;
const read: PanelRequest<unknown> = { method: 'GET', path: '/x', endpoint: 'GET /x' };
/** So short that only a call that has to time out ends with it. */
const SHORT = { timeouts: { attemptMs: 100 } };

const at = useServer({ auth: { bearer: TOKEN }, retry: { attempts: 1 } });

const sends = (body: string | Buffer, headers: Record<string, string> = {}): void => {
  at.always(body, 200, { 'content-type': 'application/json', ...headers });
};

/** So much gzip of blanks, about a thousandth of that in size. */
async function bomb(mebibytes: number): Promise<Buffer> {
  const gzip = createGzip();
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => gzip.once('end', resolve));
  for (let index = 0; index < mebibytes; index++) gzip.write(Buffer.alloc(MIB, 0x20));
  gzip.end();
  await ended;
  return Buffer.concat(chunks);
}

describe('a hostile answer', () => {
  it('without an end is refused at the bound', async () => {
    let written = 0;
    at.answer = (_seen, response) => {
      const chunk = Buffer.alloc(MIB, 0x20);
      const pour = (): void => {
        while (!response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', pour);
            return;
          }
        }
      };
      pour();
    };
    const error = await catchFailure(at.http.request({ ...read, maxBodyBytes: 2 * MIB }));
    expect(error).toMatchObject({ code: 'PANEL_UNREADABLE', status: 200 });
    expect(written).toBeLessThan(100 * MIB);
  });

  it('that unpacks to more than 64 MiB is refused by default', async () => {
    const packed = await bomb(80);
    expect(packed.length).toBeLessThan(MIB);
    sends(packed, { 'content-encoding': 'gzip' });
    const error = await catchFailure(at.http.request(read));
    expect(error).toMatchObject({ code: 'PANEL_UNREADABLE', status: 200 });
    expect(error.message).toContain('larger than 67108864 bytes');
  });

  it.each(['gzip', 'gzip, gzip'])('that is packed twice is unreadable (%s)', async (coding) => {
    sends(gzipSync(gzipSync('{"a":1}')), { 'content-encoding': coding });
    expect(await catchFailure(at.http.request(read))).toMatchObject({ code: 'PANEL_UNREADABLE', status: 200 });
  });

  it('whose headers or body come drop by drop ends with the time of an attempt', async () => {
    const drip = (response: ServerResponse, write: () => void): void => {
      const timer = setInterval(write, 10);
      response.once('close', () => {
        clearInterval(timer);
      });
    };
    at.answer = (_seen, response) => {
      response.socket?.write('HTTP/1.1 200 OK\r\n');
      drip(response, () => response.socket?.write('X-Drop: 1\r\n'));
    };
    expect(await catchFailure(at.http.request({ ...read, ...SHORT }))).toMatchObject({ code: 'PANEL_TIMEOUT' });
    at.answer = (_seen, response) => {
      response.write('[');
      drip(response, () => response.write(' '));
    };
    expect(await catchFailure(at.http.request({ ...read, timeouts: { attemptMs: 1000 } }))).toMatchObject({
      code: 'PANEL_TIMEOUT',
      status: 200,
    });
  });

  it.each([302, 307])('that sends on to another host does not take the token there (%i)', async (status) => {
    const other = await startServer((_seen, response) => response.end('{}'));
    try {
      at.answer = (_seen, response) => {
        response.writeHead(status, { location: `${other.url}/x` });
        response.end();
      };
      for (const method of ['GET', 'POST'] as const) {
        const error = await catchFailure(at.http.request({ ...read, method }));
        expect(error).toMatchObject({ code: 'PANEL_UNREADABLE', status });
        expect(JSON.stringify(error)).not.toContain(TOKEN);
      }
      expect(at.server.seen.map((seen) => seen.headers.authorization)).toEqual([`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]);
      expect([other.connections(), other.seen]).toEqual([0, []]);
    } finally {
      await other.close();
    }
  });

  it('in HTML with status 200 is unreadable', async () => {
    sends('<!doctype html><title>Sign in</title>');
    expect(await catchFailure(at.http.request(read))).toMatchObject({ code: 'PANEL_UNREADABLE', status: 200 });
  });

  it('in invalid UTF-8 is unreadable, or has characters that stand for what is wrong', async () => {
    sends(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect(await catchFailure(at.http.request(read))).toMatchObject({ code: 'PANEL_UNREADABLE', status: 200 });
    sends(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xc3]), Buffer.from('"}')]));
    expect((await at.http.request(read)).body).toEqual({ a: '\ufffd\ufffd' });
  });

  it('with keys of the prototype changes no other object', async () => {
    const text = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"message":{"__proto__":[]}}';
    sends(text);
    expect(JSON.stringify((await at.http.request(read)).body)).toBe(text);
    at.answer = (_seen, response) => {
      response.writeHead(422, { 'content-type': 'application/json' });
      response.end(`{"errors":${text}}`);
    };
    expect(await catchFailure(at.http.request(read))).toMatchObject({ code: 'PANEL_REJECTED', status: 422 });
    expect('polluted' in {}).toBe(false);
  });

  it.each([200, 422])('of 200,000 nested arrays is refused at once, and not asked for again (%i)', async (status) => {
    at.connect({ retry: { attempts: 3 } });
    for (const end of [']'.repeat(200_000), '']) {
      at.always('['.repeat(200_000) + end, status, { 'content-type': 'application/json' });
      const error = await catchFailure(at.http.request(read));
      expect(error).toMatchObject({ code: status === 200 ? 'PANEL_UNREADABLE' : 'PANEL_REJECTED', status });
      expect(error.message).toContain('JSON that is nested too deeply');
    }
    expect(at.server.seen).toHaveLength(2);
  });

  it('with hundreds of brackets in texts, or beside each other, is read', async () => {
    const body = { text: `"\\${'['.repeat(1000)}`, list: Array.from({ length: 1000 }, () => [{}]) };
    sends(JSON.stringify(body));
    expect((await at.http.request(read)).body).toEqual(body);
  });

  it('of status 204 is nothing, where that is allowed', async () => {
    at.answer = (_seen, response) => {
      response.writeHead(204);
      response.end();
    };
    expect(await catchFailure(at.http.request(read))).toMatchObject({ code: 'PANEL_UNREADABLE', status: 204 });
    expect((await at.http.request({ ...read, allowEmpty: true })).body).toBeNull();
  });
});
