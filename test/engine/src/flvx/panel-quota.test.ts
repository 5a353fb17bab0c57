import { describe, expect, it } from '@jest/globals';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { flvxConfig, passTime, useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { firstService } from '../loop/polls.js';

const at = useFlvxBench();

/** Polls, and returns what that did about the first service. */
const poll = async () => firstService(await at.poll());
const reconcile = async () => firstService(await at.sluice.reconcile());

const until = (instant: string): void => {
  passTime(at, Date.parse(instant));
};
const pass = (ms: number): void => {
  passTime(at, at.bench.clock.now() + ms);
};

/** A customer of user id 3 with the running forward 2, due on the 15th of each month. */
async function customer(product: string): Promise<number> {
  const user = await at.create(1, { product });
  await at.sluice.provision.renew('svc-1', { until: '2030-12-15' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  await at.poll();
  return user;
}

/** A customer whose counter the panel zeroes on the first of each month, and of whom a poll sees what he has used. */
async function used(instant: string, bytes: number): Promise<number> {
  const user = await customer('monthly');
  until(instant);
  at.panel.traffic(2, bytes);
  await poll();
  return user;
}

describe('the quota of an account that the panel resets on a day of its own', () => {
  it('leaves a customer alone who is within his allowance', async () => {
    const user = await used('2026-12-10T12:00:00Z', 70 * GB);
    until('2026-12-15T00:30:00Z');
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 0 } });
    expect(at.panel.user(user)?.flow).toBe(170);
    expect(at.panel.traffic(2, 40 * GB)).toBe(true);
    const report = await at.poll();
    expect(firstService(report)).toMatchObject({ status: 'ok', usage: { totalBytes: 40 * GB }, actions: [] });
    expect(report.notices).toEqual([]);
    expect(at.panel.isRunning(2)).toBe(true);
  });

  it('stays as it is while counter and usage grow, also by parts of a GB and beyond the allowance', async () => {
    const user = await used('2026-12-10T12:00:00Z', 70 * GB + 12_345);
    until('2026-12-15T00:30:00Z');
    await poll();
    expect(at.panel.user(user)?.flow).toBe(171);
    for (const bytes of [Math.floor(GB / 3), 11 * GB + 7, 1, 60 * GB]) {
      at.panel.traffic(2, bytes);
      pass(HOUR);
      expect(await poll()).toMatchObject({ status: 'ok', actions: [] });
      await expectSettled(at);
    }
    at.panel.traffic(2, 60 * GB);
    expect(await poll()).toMatchObject({ status: 'held' });
    expect(at.panel.user(user)?.flow).toBe(171);
  });

  it('follows the counter when the panel has zeroed it', async () => {
    const user = await used('2026-12-16T12:00:00Z', 40 * GB);
    until('2027-01-01T00:30:00Z');
    at.panel.traffic(2, 5 * GB);
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 45 * GB } });
    expect(at.panel.user(user)?.flow).toBe(60);
    expect(await poll()).toMatchObject({ actions: [] });
    expect(await reconcile()).toMatchObject({ actions: [] });
  });

  it('is at most the counter where nothing remains, and a purchase opens it again', async () => {
    const user = await used('2026-12-16T12:00:00Z', 130 * GB);
    until('2027-01-01T00:30:00Z');
    expect(await poll()).toMatchObject({ status: 'held' });
    expect(at.panel.user(user)?.flow).toBe(0);
    await at.sluice.overrides.set('svc-1', { quota: '150GB' });
    expect(await poll()).toMatchObject({ status: 'ok' });
    expect(at.panel.user(user)?.flow).toBe(20);
    expect(at.panel.traffic(2, 19 * GB)).toBe(true);
    expect(await poll()).toMatchObject({ status: 'ok' });
  });

  it('is raised for one whom an older quota has stopped, and his forward runs again', async () => {
    const user = await used('2026-12-10T12:00:00Z', 70 * GB);
    until('2026-12-15T00:30:00Z');
    await poll();
    Object.assign(at.panel.world.users.get(user)!, { flow: 100 });
    at.panel.traffic(2, 40 * GB);
    expect(at.panel.isRunning(2)).toBe(false);
    expect(await poll()).toMatchObject({ status: 'ok' });
    expect(at.panel.isRunning(2)).toBe(true);
  });

  it('may fall with the window without the brake, not with the allowance', async () => {
    const brake = 'poll: { brake: { atLeast: 5 }, doubt: { jump: off } }';
    await at.bench.configure(flvxConfig(at.panel.url, brake));
    for (const number of [1, 2, 3, 4, 5, 6]) {
      const user = await at.create(number, { product: 'monthly' });
      await at.sluice.provision.renew(`svc-${number}`, { until: '2030-12-15' });
      at.panel.addForward(user, at.tunnels.hk);
    }
    await at.poll();
    until('2026-12-16T12:00:00Z');
    for (const forward of [2, 3, 4, 5, 6, 7]) at.panel.traffic(forward, 40 * GB + forward);
    await at.poll();
    until('2027-01-01T00:30:00Z');
    for (const forward of [2, 3, 4, 5, 6, 7]) at.panel.traffic(forward, 3 * GB);
    const moved = await done(at.poll());
    expect(moved.totals.actions).toBeGreaterThanOrEqual(6);
    expect(at.panel.user(3)?.flow).toBe(60);
    const less = flvxConfig(at.panel.url, brake).replace(
      /(monthly: .*total: )100GB/,
      (_, before: string) => `${before}90GB`,
    );
    await at.bench.configure(less);
    expect((await at.poll()).run.outcome).toBe('brake');
  });
});

describe('the quota of an account whose reading is not accepted', () => {
  it('stays while a fall of the counter is refused, and follows it once it is accepted', async () => {
    const user = await used('2026-12-20T12:00:00Z', 60 * GB);
    const row = at.panel.world.users.get(user)!;
    Object.assign(row, { inFlow: 55 * GB, outFlow: 0 });
    pass(HOUR);
    expect(await poll()).toMatchObject({ error: { code: 'counter_fell' }, actions: [] });
    expect(row.flow).toBe(100);
    await at.sluice.provision.renew('svc-1');
    expect(row.flow).toBe(100);
    expect(at.panel.traffic(2, GB)).toBe(true);
    expect(at.panel.isRunning(2)).toBe(true);
    pass(HOUR);
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 61 * GB } });
    expect(row.flow).toBe(95);
  });

  it('stays on the whole panel while most of its counters have fallen', async () => {
    const users: number[] = [];
    for (const number of [1, 2, 3]) {
      users.push(await at.create(number, { product: 'monthly' }));
      await at.sluice.provision.renew(`svc-${number}`, { until: '2030-12-15' });
      at.panel.addForward(users.at(-1)!, at.tunnels.hk);
    }
    until('2026-12-20T12:00:00Z');
    for (const forward of [2, 3, 4]) at.panel.traffic(forward, 60 * GB);
    await at.poll();
    for (const user of users) Object.assign(at.panel.world.users.get(user)!, { inFlow: 55 * GB, outFlow: 0 });
    for (const _ of [1, 2, 3]) {
      pass(HOUR);
      const { services } = await at.poll();
      expect(services).toMatchObject(users.map(() => ({ error: { code: 'counter_fell' }, actions: [] })));
      await at.sluice.reconcile();
      expect(users.map((user) => at.panel.user(user)?.flow)).toEqual([100, 100, 100]);
    }
  });

  it('follows a higher allowance all the same', async () => {
    const user = await used('2026-12-20T12:00:00Z', 60 * GB);
    Object.assign(at.panel.world.users.get(user)!, { inFlow: 55 * GB, outFlow: 0 });
    await at.sluice.overrides.set('svc-1', { quota: '150GB' });
    pass(HOUR);
    expect(await poll()).toMatchObject({ error: { code: 'counter_fell' } });
    expect(at.panel.user(user)?.flow).toBe(150);
  });

  it.each(['monthly', 'relay'])('stays for product %s in a cycle that opens with it', async (product) => {
    await at.bench.configure(flvxConfig(at.panel.url, 'poll: { doubt: { jump: 50% } }'));
    const user = await at.create(1, { product });
    await at.sluice.provision.renew('svc-1', { until: '2030-12-01' });
    at.panel.addForward(user, at.tunnels.hk);
    until('2026-11-30T23:30:00Z');
    await poll();
    at.panel.traffic(2, 40 * GB);
    pass(10 * MINUTE);
    await poll();
    const raised = Number(at.panel.user(user)?.flow);
    await at.sluice.overrides.set('svc-1', { quota: '120GB' });
    pass(MINUTE);
    await poll();
    expect([raised, at.panel.user(user)?.flow]).toEqual([100, 120]);
    await at.sluice.overrides.clear('svc-1');
    until('2026-12-01T12:00:00Z');
    at.panel.traffic(2, 110 * GB);
    expect(await poll()).toMatchObject({ status: 'doubted', holds: [] });
    expect(at.panel.user(user)?.flow).toBe(120);
  });
});

describe('the quota of an account that Sluice resets itself', () => {
  it('is the allowance, whatever was used', async () => {
    const user = await customer('relay');
    expect(at.panel.user(user)?.flow).toBe(100);
    at.panel.traffic(2, 30 * GB);
    await poll();
    until('2026-12-15T03:30:00Z');
    at.panel.traffic(2, 5 * GB);
    await poll();
    await reconcile();
    expect(at.panel.user(user)?.flow).toBe(100);
  });

  it.each([0, 60_000])(
    'leaves alone what the customer paused after it was raised, also with the clock set back by %d ms meanwhile',
    async (back) => {
      const user = await customer('relay');
      at.panel.addForward(user, at.tunnels.hk, { name: 'mail' });
      at.panel.traffic(2, 99 * GB);
      pass(HOUR);
      Object.assign(at.panel.world.users.get(user)!, { inFlow: 120 * GB });
      expect(await poll()).toMatchObject({ status: 'held' });
      await at.sluice.overrides.set('svc-1', { quota: '300GB' });
      const forget = at.panel.server.onCall((call) => {
        if (call.path.endsWith('/tunnel/user/assign')) at.bench.clock.set(at.bench.clock.now() - back);
      });
      expect(await poll()).toMatchObject({ status: 'ok' });
      forget();
      await at.panel.customer(user).pause(3);
      pass(HOUR);
      expect(await poll()).toMatchObject({ status: 'ok', actions: [] });
      expect([2, 3].map((id) => at.panel.isRunning(id))).toEqual([true, false]);
    },
  );

  it('lets run what the panel stopped after a release, with the clock set back before that release', async () => {
    const user = await customer('relay');
    pass(10_000);
    await at.sluice.holds.add('svc-1');
    pass(10_000);
    expect(await poll()).toMatchObject({ status: 'held' });
    at.bench.clock.set(at.bench.clock.now() - 300_000);
    await at.sluice.holds.release('svc-1');
    expect(at.panel.isRunning(2)).toBe(true);
    at.panel.traffic(2, 101 * GB);
    pass(60_000);
    expect(await poll()).toMatchObject({ status: 'held' });
    await at.sluice.overrides.set('svc-1', { quota: '300GB' });
    pass(60_000);
    expect(await poll()).toMatchObject({ status: 'ok' });
    expect([at.panel.isRunning(2), at.panel.permissionStatus(user, 1)]).toEqual([true, 1]);
  });
});
