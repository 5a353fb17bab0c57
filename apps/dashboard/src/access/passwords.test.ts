import { beforeEach, expect, it } from '@jest/globals';
import { SERVE_TOKEN, useBenchForEach } from '../test/dashboard-bench.js';

const at = useBenchForEach();
beforeEach(async () => {
  await at.addService(1, '42');
});

it('a client chooses no password, as on its pages', async () => {
  const change = async (token: string, body: object): Promise<unknown> => {
    const { json } = await at.call('POST /services/svc-1/provision/change-password', { token, body });
    return (json['error'] as { code: string }).code;
  };
  const client = await at.token('client:42', 'password');
  expect(await change(client, { password: '1' })).toBe('forbidden');
  // This panel has no passwords, which its client reads as a refusal.
  expect(await change(client, {})).toBe('forbidden');
  expect(await change(SERVE_TOKEN, { password: 'Chosen-by-operator-1' })).toBe('unsupported');
});
