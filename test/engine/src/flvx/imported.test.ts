import { describe, expect, it } from '@jest/globals';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { expectSettled } from '../bench/outcomes.js';

const at = useFlvxBench();

describe('an account that another tool has made', () => {
  async function imported(flow: number): Promise<number> {
    const user = at.panel.addUser({ user: 'anna', flow, num: 10, expTime: Date.parse('2026-12-15'), flowResetTime: 0 });
    at.panel.addPermission(user, at.tunnels.hk, { flow });
    await at.addService(1, { values: { flvx_user_id: String(user) } });
    await at.poll();
    return user;
  }

  it('keeps a quota that is too high until the next cycle opens', async () => {
    const user = await imported(500);
    await at.sluice.reconcile();
    expect([at.panel.user(user)?.flow, at.panel.permission(user, 1)?.flow]).toEqual([500, 500]);
    await expectSettled(at);
    at.panel.world.users.get(user)!.expTime = Date.parse('2027-06-01');
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await at.poll();
    expect([at.panel.user(user)?.flow, at.panel.permission(user, 1)?.flow]).toEqual([100, 100]);
  });

  it('gets a higher quota at once', async () => {
    const user = await imported(20);
    expect([at.panel.user(user)?.flow, at.panel.permission(user, 1)?.flow]).toEqual([100, 100]);
  });

  it('gets its own quota back after a throttle, and that of the product in the next cycle', async () => {
    const user = at.panel.addUser({ user: 'anna', flow: 1000 });
    at.panel.addPermission(user, at.tunnels.hk);
    const web = at.panel.addForward(user, at.tunnels.hk);
    await at.addService(1, { product: 'slow', values: { flvx_user_id: String(user) } });
    const quotas = (): unknown[] => [at.panel.user(user)?.flow, at.panel.permission(user, 1)?.flow];
    const poll = async (): Promise<unknown[]> => {
      at.bench.clock.advance(HOUR);
      await at.poll();
      await at.sluice.reconcile();
      return quotas();
    };
    await poll();
    at.panel.traffic(web, { in: 110 * GB, out: 0 });
    expect(await poll()).toEqual([99_999, 99_999]);
    await at.sluice.overrides.set('svc-1', { quota: '200GB' });
    expect(await poll()).toEqual([1000, 1000]);
    expect(await poll()).toEqual([1000, 1000]);
    at.panel.traffic(web, { in: 110 * GB, out: 0 });
    expect(await poll()).toEqual([99_999, 99_999]);
    await at.sluice.overrides.set('svc-1', { quota: '300GB' });
    expect(await poll()).toEqual([1000, 1000]);
    at.bench.clock.set(Date.parse('2026-12-15T01:00:00Z'));
    expect(await poll()).toEqual([300, 300]);
  });

  it('is metered in full at the first reading, and held by its own allowance', async () => {
    const user = at.panel.addUser({ user: 'anna', flow: 500, inFlow: 90 * GB, outFlow: 20 * GB });
    at.panel.addPermission(user, at.tunnels.hk);
    at.panel.addForward(user, at.tunnels.hk);
    await at.addService(1, { values: { flvx_user_id: String(user) } });
    const { services } = await at.poll();
    expect(services[0]).toMatchObject({ usage: { totalBytes: 110 * GB }, holds: [{ reason: 'quota' }] });
    expect(at.panel.runningForwards()).toEqual([1]);
  });
});

describe('a mode of one direction', () => {
  it('has no quota on the panel, which could only count both', async () => {
    const user = await at.create(1, { product: 'inbound' });
    expect(at.panel.user(user)?.flow).toBe(99_999);
    at.panel.addForward(user, at.tunnels.hk);
    at.panel.traffic(2, { in: 99 * GB, out: 500 * GB });
    const ok = await at.poll();
    expect(ok.services[0]).toMatchObject({ status: 'ok', holds: [] });
    at.panel.traffic(2, { in: GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const held = await at.poll();
    expect(held.services[0]).toMatchObject({ status: 'held', holds: [{ reason: 'quota' }] });
    expect(at.panel.runningForwards()).toEqual([1]);
  });
});
