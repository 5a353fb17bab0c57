import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { codeOf, GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(() => startHiddifyBench());

it('a terminated service whose user existed before is released, and can be removed then', async () => {
  const user = at.panel.addUser({ usageLimit: 100 * GB });
  await at.addService(1, { product: 'vpn-100', values: { hiddify_user_uuid: user } });
  await at.poll();
  await at.sluice.holds.add('svc-1');
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  const way: unknown = expect.stringContaining('release it first');
  await expect(at.sluice.services.remove('svc-1')).rejects.toMatchObject({ code: 'service_held', message: way });
  expect(await codeOf(at.sluice.holds.release('svc-1', { dryRun: true }))).toBeNull();
  expect([at.panel.user(user).enable, await at.reasons('svc-1')]).toEqual([false, ['manual']]);
  expect((await at.sluice.holds.release('svc-1')).service).toMatchObject({ id: 'svc-1', error: null });
  expect([at.panel.user(user).enable, await at.reasons('svc-1')]).toEqual([true, []]);
  expect(await codeOf(at.sluice.services.remove('svc-1'))).toBeNull();
});

it('a terminated service whose user Sluice created is told to be terminated on its panel', async () => {
  const user = await at.create(1);
  await at.sluice.holds.add('svc-1');
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  const way: unknown = expect.stringContaining('terminate it on its panel');
  await expect(at.sluice.holds.release('svc-1')).rejects.toMatchObject({ code: 'wrong_lifecycle', message: way });
  await expect(at.sluice.services.remove('svc-1')).rejects.toMatchObject({ code: 'service_held', message: way });
  expect(at.panel.user(user).enable).toBe(false);
});
