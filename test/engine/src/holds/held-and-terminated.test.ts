import { expect, it } from '@jest/globals';
import { codeOf } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';

const at = useFlvxBench();

it('a terminated service whose holds end with its account is told to be terminated on its panel', async () => {
  await at.create(1);
  await at.sluice.holds.add('svc-1');
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  const way: unknown = expect.stringContaining('its holds end with its account: terminate it on its panel');
  await expect(at.sluice.services.remove('svc-1')).rejects.toMatchObject({ code: 'service_held', message: way });
  await expect(at.sluice.holds.release('svc-1')).rejects.toMatchObject({ code: 'wrong_lifecycle', message: way });
  expect(await codeOf(at.sluice.provision.terminate('svc-1'))).toBeNull();
  expect(await codeOf(at.sluice.services.remove('svc-1'))).toBeNull();
});

it('a terminated service whose account existed before is released, and its account stays', async () => {
  const user = at.panel.addUser({});
  await at.addService(2, { values: { flvx_user_id: String(user) } });
  await at.bench.sluice.poll();
  await at.sluice.holds.add('svc-2');
  await at.sluice.services.set('svc-2', { status: 'terminated' });
  expect(at.panel.user(user)?.status).toBe(0);
  const way: unknown = expect.stringContaining('release it first');
  await expect(at.sluice.services.remove('svc-2')).rejects.toMatchObject({ code: 'service_held', message: way });
  expect(await codeOf(at.sluice.holds.release('svc-2'))).toBeNull();
  expect(at.panel.user(user)?.status).toBe(1);
  expect(await codeOf(at.sluice.services.remove('svc-2'))).toBeNull();
});
