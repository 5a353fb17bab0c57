import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { GB, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';

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
