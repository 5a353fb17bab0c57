import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(() => startHiddifyBench({ more: 'poll: { doubt: { jump: off } }' }));

it.each([1, 2, 3, 4])('a release enables a user whom an old answer shows as enabled at its reading %p', async (nth) => {
  const user = at.panel.addUser({ usageLimit: 100 * GB });
  await at.addService(1, { product: 'vpn-100', values: { hiddify_user_uuid: user } });
  await at.poll();
  at.panel.use(user, 110 * GB);
  await at.pollAfter(HOUR);
  expect(at.panel.user(user).enable).toBe(false);
  await at.sluice.overrides.set('svc-1', { quota: '200GB' });
  let reads = 0;
  const match = ({ method }: { method: string }): boolean => method === 'GET' && ++reads === nth;
  const change = (json: unknown): unknown =>
    Array.isArray(json) ? json.map((row: object) => ({ ...row, enable: true })) : { ...(json as object), enable: true };
  at.panel.server.inject({ match, fault: { kind: 'mutate', change } });
  for (let round = 0; round < 3; round++) await at.pollAfter(HOUR);
  expect(at.panel.user(user).enable).toBe(true);
  expect((await at.sluice.services.show('svc-1')).holds).toEqual([]);
});
