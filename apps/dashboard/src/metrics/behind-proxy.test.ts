import { expect, it } from '@jest/globals';
import { SERVE_TOKEN, useBench } from '../test/dashboard-bench.js';

const at = useBench();

it.each([
  ...['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-client-ip', 'cf-connecting-ip', 'true-client-ip'],
  ...['cdn-loop', 'origin'],
])('figures need a token where a request has the header %s', async (name) => {
  const headers = { [name]: name === 'origin' ? at.dashboard.url : '203.0.113.9' };
  expect((await at.fetch('/metrics', { headers })).status).toBe(401);
  expect((await at.fetch('/metrics', { headers, token: SERVE_TOKEN })).status).toBe(200);
});

it('figures need none for programs of this machine', async () => {
  expect((await at.fetch('/metrics')).status).toBe(200);
});
