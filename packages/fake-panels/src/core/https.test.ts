import { request } from 'node:https';
import { describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import { startFakeServer } from './start-fake-server.js';

describe('a fake server over TLS', () => {
  it('answers with the certificate that it was given', async () => {
    const pems = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    const server = await startFakeServer({
      name: 'tls',
      https: { key: pems.private, cert: pems.cert },
      handle: () => ({ status: 200, body: { safe: true } }),
      toEndpoint: ({ path }) => path,
      changing: () => false,
    });
    try {
      expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
      const text = await new Promise<string>((resolve, reject) => {
        request(server.url, { ca: pems.cert }, (response) => {
          let body = '';
          response.on('data', (piece: Buffer) => (body += piece.toString()));
          response.on('end', () => {
            resolve(body);
          });
        })
          .on('error', reject)
          .end();
      });
      expect(JSON.parse(text)).toEqual({ safe: true });
    } finally {
      await server.close();
    }
  });
});
