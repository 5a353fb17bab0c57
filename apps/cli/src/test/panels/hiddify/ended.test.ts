import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { GB, HOUR, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench();
});
afterEach(() => at.close());

it.each(['vanished', 'terminated'] as const)(
  'the restriction of a %s service ends where another has its user',
  async (status) => {
    const uuid = await at.create(1);
    await at.poll();
    at.panel.use(uuid, 50 * GB);
    await at.poll();
    expect(at.panel.user(uuid).enable).toBe(false);
    await at.bench.store(async (store) => {
      const service = await store.services.get('svc-1');
      await store.services.put([{ ...service!, status }]);
    });
    await at.poll();
    expect(at.panel.user(uuid).enable).toBe(false);
    await at.addService(2, {
      values: [`hiddify_user_uuid=${uuid}`, 'base_quota_override_gb=200', '--allow-duplicate-refs'],
    });
    await at.poll();
    expect(at.panel.user(uuid).enable).toBe(true);
    await at.poll();
    expect([
      at.panel.user(uuid).enable,
      await at.bench.store(async (store) => (await store.holds.open()).length),
    ]).toEqual([true, 0]);
  },
);

it.each([
  ['another client', 'client=43', 0],
  ['the same client', 'client=42', 70],
] as const)('counts what a former service used for %s only where it is the same', async (_whose, client, counts) => {
  const uuid = await at.create(1, { values: ['client=42'] });
  at.panel.use(uuid, 70 * GB);
  await at.poll();
  expect(at.panel.user(uuid).enable).toBe(false);
  await at.bench.sluice('service set svc-1 status=terminated');
  const values = [`hiddify_user_uuid=${uuid}`, client, '--allow-duplicate-refs'];
  await at.addService(2, { product: 'vpn-100', values });
  const read = async (): Promise<unknown> => {
    at.bench.clock.advance(HOUR);
    const { services } = (await at.poll()).json<RunReport>();
    return services.find(({ id }) => id === 'svc-2')?.usage?.totalBytes;
  };
  expect([await read(), at.panel.user(uuid).enable]).toEqual([counts * GB, true]);
  at.panel.use(uuid, 5 * GB);
  expect(await read()).toBe((counts + 5) * GB);
});
