import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';

let at: DashboardBench;
beforeEach(async () => {
  at = await startBench();
  await at.addService(1, '42');
});
afterEach(() => at.close());

it('a client chooses no password, as on its pages', async () => {
  const change = async (token: string, body: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': JSON.stringify(body).padEnd(20, '-') };
    const path = '/api/v1/services/svc-1/provision/change-password';
    const answer = await at.fetch(path, { method: 'POST', token, headers, body: JSON.stringify(body) });
    return ((await answer.json()) as { error: { code: string } }).error.code;
  };
  const client = await at.token('client:42', 'password');
  expect(await change(client, { password: '1' })).toBe('forbidden');
  // This panel has no passwords: the request itself is permitted.
  expect(await change(client, {})).toBe('unsupported');
  expect(await change(SERVE_TOKEN, { password: 'Chosen-by-operator-1' })).toBe('unsupported');
});
