import { request as send, type IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, it } from '@jest/globals';
import { ASSET_PATHS } from '../assets/assets.js';
import { SERVE_TOKEN, useBench } from '../test/dashboard-bench.js';

const at = useBench();
let cookie: string;
beforeAll(async () => {
  await at.addService(1, '42');
  await at.addService(2, '42');
  cookie = await at.login();
});

/** Sends a request as it is: `fetch` unpacks answers without a word. */
function get(path: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const request = send(new URL(path, at.dashboard.url), { method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) });
      });
    });
    request.on('error', reject).end();
  });
}

const accepting = { 'accept-encoding': 'br;q=0, gzip' };
const token = { authorization: `Bearer ${SERVE_TOKEN}` };

it.each([
  ['/api/v1/services', token],
  ['/api/v1/openapi.json', {}],
  ['/metrics', token],
  [ASSET_PATHS.css, {}],
])('compresses %s for those that accept it', async (path, headers) => {
  const plain = await get(path, headers);
  expect([plain.status, plain.headers['content-encoding'], plain.headers.vary]).toEqual([
    200,
    undefined,
    'Accept-Encoding',
  ]);
  const packed = await get(path, { ...headers, ...accepting });
  expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  expect(packed.body.length).toBeLessThan(plain.body.length / 2);
  expect(gunzipSync(packed.body).toString()).toBe(plain.body.toString());
  expect(packed.headers['content-length']).toBe(String(packed.body.length));
});

it.each([
  ['short answers', '/api/v1/me', () => token],
  ['pages', '/', () => ({ cookie })],
  ['answers to a session', '/api/v1/services', () => ({ cookie })],
  ['answers to those that refuse it', '/api/v1/services', () => ({ ...token, 'accept-encoding': 'gzip;q=0, *' })],
  ['answers to those that accept nothing', '/api/v1/services', () => ({ ...token, 'accept-encoding': 'identity' })],
])('does not compress %s', async (_what, path, headers) => {
  const answer = await get(path, { ...accepting, ...headers() });
  expect([answer.status, answer.headers['content-encoding']]).toEqual([200, undefined]);
});

it('answers HEAD with the same headers, and no body', async () => {
  const answer = await get('/api/v1/services', { ...token, ...accepting }, 'HEAD');
  expect([answer.status, answer.body.length]).toEqual([200, 0]);
});
