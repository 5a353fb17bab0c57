import { describe, expect, it } from '@jest/globals';
import { useServer } from './test/use-server.js';

describe('a sink', () => {
  const at = useServer({ breaker: false });
  const read = { method: 'GET', path: '/list/', endpoint: 'GET /list/', accept: 'bytes' } as const;

  it('takes a large body piece by piece, and nothing of it is kept', async () => {
    const piece = 'x'.repeat(100_000);
    at.answer = (_seen, response) => {
      for (let n = 0; n < 20; n += 1) response.write(piece);
      response.end();
    };
    let bytes = 0;
    let pieces = 0;
    const { body } = await at.http.request<Buffer>({
      ...read,
      sink: () => (chunk) => {
        bytes += chunk.length;
        pieces += 1;
      },
    });
    expect([bytes, body.length]).toEqual([2_000_000, 0]);
    expect(pieces).toBeGreaterThan(1);
    expect(at.events).toMatchObject([{ ok: true, responseBytes: 2_000_000 }]);
  });

  it('is begun anew by each attempt and gets nothing of a refusal', async () => {
    at.answer = ({ n }, response) => {
      if (n === 1) response.writeHead(500).end('{"message":"not yet"}');
      else if (n === 2) {
        response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy());
      } else response.end('whole');
    };
    const taken: string[][] = [];
    await at.http.request({
      ...read,
      sink: () => {
        const parts: string[] = [];
        taken.push(parts);
        return (chunk) => parts.push(chunk.toString());
      },
    });
    expect(taken).toEqual([['half'], ['whole']]);
  });

  it('leaves the words of a refusal to the error, and keeps to the largest body', async () => {
    at.answer = ({ n }, response) => {
      if (n === 1) response.writeHead(400).end('{"message":"no such list"}');
      else response.end('x'.repeat(1000));
    };
    const request = {
      ...read,
      sink: () => () => undefined,
      maxBodyBytes: 999,
    } as const;
    await expect(at.http.request(request)).rejects.toThrow('no such list');
    await expect(at.http.request(request)).rejects.toMatchObject({ code: 'PANEL_UNREADABLE' });
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
    at.always('x'.repeat(1000));
    await expect(at.http.request({ ...read, sink })).rejects.toThrow('disk full');
    expect(at.server.seen).toHaveLength(1);
    expect((await at.http.request(read)).status).toBe(200);
  });
});
