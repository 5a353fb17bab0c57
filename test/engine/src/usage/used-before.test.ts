import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { pollLater } from '../loop/polls.js';

describe('a Hiddify user with an older usage', () => {
  const at = useBench(startHiddifyBench);

  /** Gives a user of whom 40 GB are used to another service, or to one that named another user before. */
  async function passOn(
    to: 'another service' | 'a service that names it now',
    product = 'vpn-100',
  ): Promise<[string, string]> {
    if (to === 'another service') {
      const uuid = await at.create(1, { product, values: { client: '42' } });
      at.panel.use(uuid, 40 * GB);
      await at.pollAfter(HOUR);
      await at.sluice.services.set('svc-1', { status: 'terminated' });
      await at.addService(2, { product, values: { hiddify_user_uuid: uuid, client: '43' } });
      return ['svc-2', uuid];
    }
    const [first, uuid] = [at.panel.addUser({ usageLimit: 100 * GB }), at.panel.addUser({ usageLimit: 100 * GB })];
    at.panel.use(uuid, 40 * GB);
    await at.addService(1, { product, values: { hiddify_user_uuid: first } });
    await at.pollAfter(HOUR);
    await at.sluice.services.set('svc-1', { hiddify_user_uuid: uuid });
    return ['svc-1', uuid];
  }
  const isServed = (uuid: string): boolean => at.panel.state.isActive(at.panel.user(uuid));
  async function show(id: string): Promise<unknown> {
    const { usage, holds, stoppedByPanel } = await at.sluice.services.show(id);
    return [(usage?.totalBytes ?? 0) / GB, holds.length, stoppedByPanel ?? null];
  }

  it.each([
    ['another service', 'vpn-50', 50],
    ['a service that names it now', 'vpn-100', 100],
    ['another service', 'monthly', 50],
  ] as const)('serves %s of %s for all of its allowance', async (to, product, allowed) => {
    const [id, uuid] = await passOn(to, product);
    await at.pollAfter(HOUR);
    expect(at.panel.user(uuid)).toMatchObject({ currentUsage: 0, usageLimit: allowed * GB });
    at.panel.use(uuid, 35 * GB);
    at.panel.server.clearCalls();
    await at.pollAfter(HOUR);
    await at.pollAfter(HOUR);
    await at.sluice.reconcile();
    expect([await show(id), isServed(uuid), at.changes()]).toEqual([[35, 0, null], true, []]);
    at.panel.use(uuid, (allowed - 35) * GB);
    await at.pollAfter(HOUR);
    expect([await show(id), at.panel.user(uuid).enable]).toEqual([[allowed, 1, null], false]);
  });

  it('is zeroed again where the panel writes that usage back, of which nothing counts', async () => {
    const [id, uuid] = await passOn('a service that names it now');
    await at.pollAfter(HOUR);
    at.panel.changeUser(uuid, { currentUsage: 41 * GB });
    await at.pollAfter(HOUR);
    expect([await show(id), at.panel.user(uuid).currentUsage]).toEqual([[1, 0, null], 0]);
    at.panel.use(uuid, 2 * GB);
    await at.pollAfter(HOUR);
    expect(await show(id)).toEqual([3, 0, null]);
  });

  it('is not zeroed before it was read, and then also where its service is held', async () => {
    const [id, uuid] = await passOn('a service that names it now');
    await at.sluice.holds.add(id);
    expect(at.panel.user(uuid)).toMatchObject({ currentUsage: 40 * GB, enable: false });
    await at.pollAfter(HOUR);
    expect(at.panel.user(uuid)).toMatchObject({ currentUsage: 0, enable: false });
    await at.sluice.holds.release(id);
    expect([await show(id), isServed(uuid)]).toEqual([[0, 0, null], true]);
  });
});

describe('an FLVX account with an older usage', () => {
  const at = useBench(startFlvxBench);

  it.each(['relay', 'monthly'])(
    'serves a service of %s that names it now for all of its allowance',
    async (product) => {
      const expTime = Date.parse('2026-12-15');
      const [first, second] = ['first', 'second'].map((user) => {
        const id = at.panel.addUser({ user, flow: 100, flowResetTime: 0, expTime });
        at.panel.addPermission(id, at.tunnels.hk, { flow: 100, flowResetTime: 0, expTime });
        return { id, forward: at.panel.addForward(id, at.tunnels.hk) };
      });
      at.panel.traffic(second!.forward, 70 * GB);
      await at.addService(1, { product, values: { flvx_user_id: String(first!.id) } });
      await pollLater(at);
      await at.sluice.services.set('svc-1', { flvx_user_id: String(second!.id) });
      await pollLater(at);
      at.panel.traffic(second!.forward, 35 * GB);
      for (let polls = 0; polls < 3; polls++) await pollLater(at);
      await at.sluice.reconcile();
      const { usage, holds } = await at.sluice.services.show('svc-1');
      const isServed = at.panel.runningForwards().includes(second!.forward);
      expect([usage?.totalBytes, holds, isServed]).toEqual([35 * GB, [], true]);
      at.panel.traffic(second!.forward, 65 * GB);
      await pollLater(at);
      expect((await at.sluice.services.show('svc-1')).holds).toHaveLength(1);
    },
  );
});
