import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { diffStates } from '@sluice/fake-panels';
import type { RunReport } from '@sluice/engine';
import { DAY, flvxConfig, GB, HOUR, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench();
});
afterEach(async () => {
  expect(at.panel.server.failures).toEqual([]);
  await at.close();
});

async function customer(product = 'relay'): Promise<void> {
  const user = await at.create(1, { product });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  await at.run('poll');
}

/** Plans, and gives the actions and the words that name the differences. */
async function plan(): Promise<{ exitCode: number; actions: string[] }> {
  const planned = await at.run('plan');
  const { services } = planned.json<RunReport>();
  return {
    exitCode: planned.exitCode,
    actions: services.flatMap((service) => service.actions.map(({ type, target }) => `${type} ${target}`)),
  };
}

/** Does `spoil`, and expects that `plan` names the actions and `reconcile` repairs everything. */
async function repaired(spoil: () => void, actions: string[]): Promise<void> {
  const before = at.panel.state();
  spoil();
  expect(diffStates(before, at.panel.state())).not.toEqual([]);
  expect(await plan()).toEqual({ exitCode: 4, actions });
  expect((await at.run('reconcile')).exitCode).toBe(0);
  expect(diffStates(before, at.panel.state())).toEqual([]);
  expect(await plan()).toEqual({ exitCode: 0, actions: [] });
}

describe('a difference between panel and product', () => {
  beforeEach(() => customer('big'));
  const user = () => at.panel.world.users.get(3)!;
  const permission = (tunnel = 1) => at.panel.world.findPermission(3, tunnel)!;

  it('in the quota is repaired', () =>
    repaired(() => {
      user().flow = 50;
      permission().flow = 70;
      // What an update of the user writes is written to his permissions, too.
    }, ['update-user 3']));

  it('in the quota of one permission is repaired', () =>
    repaired(() => {
      permission(2).flow = 900;
    }, ['assign-tunnel 2']));

  it('in the expiry is repaired', () =>
    repaired(() => {
      user().expTime += DAY;
      permission(2).expTime -= DAY;
    }, ['update-user 3']));

  it('in number and reset day is repaired', () =>
    repaired(() => {
      user().num = 3;
      user().flowResetTime = 1;
      permission().flowResetTime = 31;
    }, ['update-user 3']));

  it('in the speed limit is repaired', () =>
    repaired(() => {
      permission().speedId = null;
    }, ['assign-tunnel 1', 'redeploy-forwards 1']));

  it('of a missing permission is repaired', async () => {
    const { id } = permission(2);
    at.panel.world.permissions.delete(id);
    expect((await plan()).actions).toEqual(['assign-tunnel 2']);
    expect((await at.run('reconcile')).exitCode).toBe(0);
    expect(permission(2)).toMatchObject({ flow: 300, num: 20, flowResetTime: 0, status: 1, speedId: 1 });
    expect(await plan()).toEqual({ exitCode: 0, actions: [] });
  });

  it('of a missing user is named with its remedy, which makes him anew', async () => {
    const { world } = at.panel;
    for (const row of [...world.permissions.of(3)]) world.permissions.delete(row.id);
    for (const row of [...world.forwards.of(3)]) world.forwards.delete(row.id);
    world.users.delete(3);
    const planned = await at.run('plan');
    expect(planned.exitCode).toBe(1);
    const { error } = planned.json<RunReport>().services[0]!;
    expect(error).toMatchObject({ code: 'account_missing' });
    const made = await at.run('provision create svc-1');
    expect(made.exitCode).toBe(0);
    expect(at.panel.user(4)).toMatchObject({ flow: 300, status: 1 });
    expect((await at.run('poll')).exitCode).toBe(0);
    expect((await plan()).exitCode).toBe(0);
  });

  it('in what a hold has closed is repaired', async () => {
    await at.run('provision suspend svc-1');
    await repaired(() => {
      user().status = 1;
      permission().status = 1;
    }, ['update-user 3', 'assign-tunnel 1', 'pause-forward 2']);
  });

  it('of a forward that runs while the service is held is repaired', async () => {
    await at.run('provision suspend svc-1');
    const before = at.panel.state();
    await at.panel.customerResume(2);
    expect(await plan()).toEqual({ exitCode: 4, actions: ['pause-forward 2'] });
    await at.run('reconcile');
    expect(diffStates(before, at.panel.state())).toEqual([]);
  });

  it('is named by the plan in words', async () => {
    user().flow = 7;
    const { services } = (await at.run('plan')).json<RunReport>();
    expect(services[0]?.drift).toEqual(['user 3: quota 7 GB should be 300 GB']);
    await at.run('reconcile');
    permission().expTime = 1_900_000_000_000;
    const { stdout } = await at.bench.sluice(['plan']);
    expect(stdout).toContain('expiry 17 Mar 2030 17:46 should be 15 Dec 2026 00:00');
  });

  it('that others have made in the status is theirs: it is named and left', async () => {
    user().status = 0;
    permission().status = 0;
    const before = at.panel.state();
    expect((await plan()).actions).toEqual([]);
    expect((await at.bench.sluice(['plan'])).stdout).toContain(
      'user 3 is disabled, but not by Sluice: it stays disabled',
    );
    await at.run('reconcile');
    expect(diffStates(before, at.panel.state())).toEqual([]);
    const explained = await at.run('explain svc-1');
    const { decision } = explained.json<{ decision: { inputs: { drift: string[] } } }>();
    expect(decision.inputs.drift).toEqual([
      'user 3 is disabled, but not by Sluice: it stays disabled',
      'the permission for tunnel 1 is disabled, but not by Sluice: it stays disabled',
    ]);
  });
});

describe('values of permissions that are not the product’s', () => {
  it('are given back after every update of the user', async () => {
    await customer();
    at.panel.addPermission(3, at.tunnels.jp, { flow: 7, num: 1, expTime: 1_900_000_000_000, flowResetTime: 9 });
    const before = at.panel.permission(3, at.tunnels.jp);
    await at.run('override set svc-1 --quota 150GB');
    await at.run('poll');
    await at.run('provision renew svc-1');
    await at.run('provision change-password svc-1');
    expect(at.panel.user(3)).toMatchObject({ flow: 150, expTime: Date.parse('2027-01-15') });
    expect(at.panel.permission(3, at.tunnels.jp)).toEqual(before);
    expect((await plan()).exitCode).toBe(0);
  });
});

describe('an account that another tool has made', () => {
  async function imported(flow: number): Promise<number> {
    const user = at.panel.addUser({ user: 'anna', flow, num: 10, expTime: Date.parse('2026-12-15'), flowResetTime: 0 });
    at.panel.addPermission(user, at.tunnels.hk, { flow });
    await at.addService(1, { values: [`flvx_user_id=${user}`] });
    await at.run('poll');
    return user;
  }

  it('keeps a quota that is too high until the next cycle opens', async () => {
    const user = await imported(500);
    await at.run('reconcile');
    expect([at.panel.user(user)?.flow, at.panel.permission(user, 1)?.flow]).toEqual([500, 500]);
    expect((await plan()).exitCode).toBe(0);
    at.panel.world.users.get(user)!.expTime = Date.parse('2027-06-01');
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await at.run('poll');
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
    await at.addService(1, { product: 'slow', values: [`flvx_user_id=${user}`] });
    const quotas = (): unknown[] => [at.panel.user(user)?.flow, at.panel.permission(user, 1)?.flow];
    const poll = async (): Promise<unknown[]> => {
      at.bench.clock.advance(HOUR);
      await at.run('poll');
      await at.run('reconcile');
      return quotas();
    };
    await poll();
    at.panel.traffic(web, { in: 110 * GB, out: 0 });
    expect(await poll()).toEqual([99_999, 99_999]);
    await at.run('override set svc-1 --quota 200GB');
    expect(await poll()).toEqual([1000, 1000]);
    expect(await poll()).toEqual([1000, 1000]);
    at.panel.traffic(web, { in: 110 * GB, out: 0 });
    expect(await poll()).toEqual([99_999, 99_999]);
    await at.run('override set svc-1 --quota 300GB');
    expect(await poll()).toEqual([1000, 1000]);
    at.bench.clock.set(Date.parse('2026-12-15T01:00:00Z'));
    expect(await poll()).toEqual([300, 300]);
  });

  it('is metered in full at the first reading, and held by its own allowance', async () => {
    const user = at.panel.addUser({ user: 'anna', flow: 500, inFlow: 90 * GB, outFlow: 20 * GB });
    at.panel.addPermission(user, at.tunnels.hk);
    at.panel.addForward(user, at.tunnels.hk);
    await at.addService(1, { values: [`flvx_user_id=${user}`] });
    const { services } = (await at.run('poll')).json<RunReport>();
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
    const ok = (await at.run('poll')).json<RunReport>();
    expect(ok.services[0]).toMatchObject({ status: 'ok', holds: [] });
    at.panel.traffic(2, { in: GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const held = (await at.run('poll')).json<RunReport>();
    expect(held.services[0]).toMatchObject({ status: 'held', holds: [{ reason: 'quota' }] });
    expect(at.panel.runningForwards()).toEqual([1]);
  });
});

describe('the mass-change brake', () => {
  beforeEach(async () => {
    for (let number = 1; number <= 3; number++) await at.create(number);
    await at.run('poll');
  });
  const brake = 'poll: { brake: { share: 20%, atLeast: 2 }, doubt: { jump: off } }';

  it('stops a run that would lower the quota of most accounts', async () => {
    const config = flvxConfig(at.panel.url, brake).replaceAll('total: 100GB', 'total: 10GB');
    at.bench.write('sluice.yaml', config);
    const before = at.panel.state();
    const polled = await at.run('poll');
    expect(polled.exitCode).toBe(6);
    expect(polled.json<RunReport>().error?.code).toBe('mass_change');
    expect(diffStates(before, at.panel.state())).toEqual([]);
    expect((await at.run('poll --allow-mass')).exitCode).toBe(0);
    expect([3, 4, 5].map((id) => at.panel.user(id)?.flow)).toEqual([10, 10, 10]);
  });

  it('lets a run pass that only raises them', async () => {
    at.bench.write('sluice.yaml', flvxConfig(at.panel.url, brake).replaceAll('total: 100GB', 'total: 200GB'));
    expect((await at.run('poll')).exitCode).toBe(0);
  });

  it('takes a list of less than half of the users for a broken one', async () => {
    const { users } = at.panel.world;
    const gone = [2, 4, 5].map((id) => users.get(id)!);
    for (const { id } of gone) users.delete(id);
    const before = at.panel.state();
    const polled = await at.run('poll');
    expect(polled.exitCode).toBe(1);
    const { services, totals } = polled.json<RunReport>();
    expect(services.map((service) => service.error?.code)).toEqual(Array(3).fill('list_too_short'));
    expect(totals).toMatchObject({ read: 0, unreadable: 3, actions: 0 });
    expect((await at.run('reconcile')).exitCode).toBe(1);
    expect(diffStates(before, at.panel.state())).toEqual([]);
    const believed = (await at.run('poll --allow-mass')).json<RunReport>();
    expect(believed.services.map((service) => service.error?.code)).toEqual([
      undefined,
      'account_missing',
      'account_missing',
    ]);
    const later = [await at.run('poll'), await at.run('reconcile'), await at.run('poll')];
    expect(later.map((outcome) => outcome.json<RunReport>().services.map((service) => service.error?.code))).toEqual(
      Array(3).fill([undefined, 'account_missing', 'account_missing']),
    );
  });

  it('does not take the accounts for lost that Sluice itself has removed', async () => {
    for (const number of [1, 2]) await at.run(`provision terminate svc-${number} --yes`);
    const polled = await at.run('poll');
    expect(polled.exitCode).toBe(0);
  });
});

describe('a panel under observe', () => {
  it('is read, metered and decided about, and not changed', async () => {
    await customer();
    await at.bench.sluice('observe relay');
    at.panel.traffic(2, { in: 90 * GB, out: 20 * GB });
    at.panel.world.users.get(3)!.flow = 5;
    const before = at.panel.state();
    at.panel.server.clearCalls();
    const polled = (await at.run('poll')).json<RunReport>();
    await at.run('reconcile');
    expect(polled.services[0]).toMatchObject({ observing: true, status: 'over', holds: [], wouldHold: ['quota'] });
    expect(diffStates(before, at.panel.state())).toEqual([]);
    expect(at.panel.server.changingCalls()).toEqual([]);
  });
});

describe('a poll', () => {
  it('reads three lists, however many services there are', async () => {
    for (let number = 1; number <= 12; number++) {
      const user = at.panel.addUser({ user: `user-${number}x`, flowResetTime: 0, expTime: Date.parse('2026-12-15') });
      at.panel.addPermission(user, at.tunnels.hk);
      at.panel.addForward(user, at.tunnels.hk);
      await at.addService(number, { values: [`flvx_user_id=${user}`] });
    }
    at.panel.server.clearCalls();
    const polled = await at.run('poll');
    expect(polled.exitCode).toBe(0);
    expect(polled.json<RunReport>().totals).toMatchObject({ services: 12, read: 12 });
    expect(at.panel.server.calls.map((call) => call.path.replace('/api/v1', '')).sort()).toEqual([
      '/backup/export',
      '/forward/list',
      '/user/list',
      '/user/login',
    ]);
  });
});
