import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';

let at: DashboardBench;
beforeAll(async () => {
  at = await startBench();
});
afterAll(() => at.close());

const LONG = 'a'.repeat(600);

it.each([
  ['/api/v1/%', 400],
  [`/api/v1/services/${LONG}`, 414],
  ['/api/v1/nothing', 404],
])('answers %s in the form of API errors', async (path, status) => {
  const answer = await at.fetch(path, { token: SERVE_TOKEN });
  const text = await answer.text();
  expect([answer.status, JSON.parse(text)]).toEqual([
    status,
    { error: { code: expect.any(String), message: expect.any(String), details: {} } },
  ]);
  expect(text).not.toMatch(/FST_|aaaa|%/);
});

it.each([
  ['/share/%e0%a4%a', 400],
  ['/services/%ff', 400],
  [`/services/${LONG}`, 414],
])('answers %s with a page', async (path, status) => {
  const answer = await at.fetch(path);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
  const text = await answer.text();
  expect(text).toContain('The address of the request is');
  expect(text).not.toMatch(/FST_|aaaa/);
});

it.each([
  ['POST', '/agents/x/check', '{', 400],
  ['GET', '/agents/%', undefined, 400],
  ['GET', '/nothing', undefined, 404],
  ['GET', '', undefined, 404],
])('answers %s %s of the Hiddify add-on with a text', async (method, path, body, status) => {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const init = { method, token: SERVE_TOKEN, headers, ...(body === undefined ? {} : { body }) };
  const answer = await at.fetch(`/api/v1/agent-traffic${path}`, init);
  expect([answer.status, await answer.json()]).toEqual([status, { error: expect.any(String) }]);
});
