import { beforeEach, describe, expect, it } from '@jest/globals';
import { diffStates } from '@sluice/fake-panels';
import { GB, DAY } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { firstService, pollLater } from '../loop/polls.js';
import { toSteps } from './customer.js';

const at = useFlvxBench();
const DUE = Date.parse('2026-12-15');

async function customer(product = 'relay'): Promise<void> {
  const user = await at.create(1, { product });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  await at.poll();
}

/** Returns what a reconcile would do. */
async function planned(): Promise<{ changes: boolean; actions: string[] }> {
  const { run, services } = await done(at.sluice.plan());
  return { changes: run.changes, actions: services.flatMap(({ actions }) => toSteps(actions)) };
}

/** Does `spoil`, and expects that a plan names the actions and a reconcile repairs everything. */
async function repaired(spoil: () => void, actions: string[]): Promise<void> {
  const before = at.panel.state();
  spoil();
  expect(diffStates(before, at.panel.state())).not.toEqual([]);
  expect(await planned()).toEqual({ changes: true, actions });
  await done(at.sluice.reconcile());
  expect(diffStates(before, at.panel.state())).toEqual([]);
  expect(await planned()).toEqual({ changes: false, actions: [] });
}

describe('a difference between panel and product', () => {
  beforeEach(() => customer('big'));
  const user = () => at.panel.world.users.get(3)!;
  const permission = (tunnel = 1) => at.panel.world.findPermission(3, tunnel)!;

  it.each<[string, Partial<Record<'user' | 'first' | 'second', object>>, string[]]>([
    // What an update of the user writes is written to his permissions, too.
    ['the quota', { user: { flow: 50 }, first: { flow: 70 } }, ['update-user 3']],
    ['the quota of one permission', { second: { flow: 900 } }, ['assign-tunnel 2']],
    ['the expiry', { user: { expTime: DUE + DAY }, second: { expTime: DUE - DAY } }, ['update-user 3']],
    ['number and reset day', { user: { num: 3, flowResetTime: 1 }, first: { flowResetTime: 31 } }, ['update-user 3']],
    ['the speed limit', { first: { speedId: null } }, ['assign-tunnel 1', 'redeploy-forwards 1']],
  ])('in %s is repaired', (_what, spoilt, actions) =>
    repaired(() => {
      Object.assign(user(), spoilt.user);
      Object.assign(permission(), spoilt.first);
      Object.assign(permission(2), spoilt.second);
    }, actions),
  );

  it('of a missing permission is repaired', async () => {
    const { id } = permission(2);
    at.panel.world.permissions.delete(id);
    expect((await planned()).actions).toEqual(['assign-tunnel 2']);
    await done(at.sluice.reconcile());
    expect(permission(2)).toMatchObject({ flow: 300, num: 20, flowResetTime: 0, status: 1, speedId: 1 });
    await expectSettled(at);
  });

  it('of a missing user is named with its remedy, which makes him anew', async () => {
    const { world } = at.panel;
    for (const row of [...world.permissions.of(3)]) world.permissions.delete(row.id);
    for (const row of [...world.forwards.of(3)]) world.forwards.delete(row.id);
    world.users.delete(3);
    const planned = await at.sluice.plan();
    expect(planned.run.outcome).toBe('failed');
    expect(firstService(planned).error).toMatchObject({ code: 'account_missing' });
    await done(at.sluice.provision.create('svc-1'));
    expect(at.panel.user(4)).toMatchObject({ flow: 300, status: 1 });
    await done(at.poll());
    await expectSettled(at);
  });

  it('in what a hold has closed is repaired', async () => {
    await at.sluice.provision.suspend('svc-1');
    await repaired(() => {
      user().status = 1;
      permission().status = 1;
    }, ['update-user 3', 'assign-tunnel 1', 'pause-forward 2']);
  });

  it('is named by the plan', async () => {
    user().flow = 7;
    const { services } = await at.sluice.plan();
    expect(services[0]?.drift).toEqual(['user 3: quota 7 GB should be 300 GB']);
    await at.sluice.reconcile();
    permission().expTime = 1_900_000_000_000;
    expect(firstService(await at.sluice.plan()).drift).toEqual([
      'the permission for tunnel 1: expiry 2030-03-17T17:46:40.000Z should be 2026-12-15T00:00:00.000Z',
    ]);
  });

  it('that others have made in the status is theirs: it is named and left', async () => {
    user().status = 0;
    permission().status = 0;
    const before = at.panel.state();
    const named = [
      'user 3 is disabled, but not by Sluice: it stays disabled',
      'the permission for tunnel 1 is disabled, but not by Sluice: it stays disabled',
    ];
    expect(firstService(await at.sluice.plan())).toMatchObject({ actions: [], drift: named });
    await at.sluice.reconcile();
    expect(diffStates(before, at.panel.state())).toEqual([]);
    const { decision } = await at.sluice.explain('svc-1');
    expect(decision?.inputs).toMatchObject({ drift: named });
  });
});

describe('values of permissions that are not the product’s', () => {
  it('are given back after every update of the user', async () => {
    await customer();
    at.panel.addPermission(3, at.tunnels.jp, { flow: 7, num: 1, expTime: 1_900_000_000_000, flowResetTime: 9 });
    const before = at.panel.permission(3, at.tunnels.jp);
    await at.sluice.overrides.set('svc-1', { quota: '150GB' });
    await at.poll();
    await at.sluice.provision.renew('svc-1');
    await at.sluice.provision.changePassword('svc-1');
    expect(at.panel.user(3)).toMatchObject({ flow: 150, expTime: Date.parse('2027-01-15') });
    expect(at.panel.permission(3, at.tunnels.jp)).toEqual(before);
    await expectSettled(at);
  });
});

describe('an account that another tool has made', () => {
  /** Adds the account with a forward, and a service that names it. */
  async function add(account: object, product = 'relay'): Promise<{ user: number; web: number }> {
    const user = at.panel.addUser({ user: 'anna', ...account });
    at.panel.addPermission(user, at.tunnels.hk, account);
    const web = at.panel.addForward(user, at.tunnels.hk);
    await at.addService(1, { product, values: { flvx_user_id: String(user) } });
    return { user, web };
  }
  const quotas = (user: number): unknown[] => [at.panel.user(user)?.flow, at.panel.permission(user, 1)?.flow];

  it('keeps a quota that is too high until the next cycle opens', async () => {
    const { user } = await add({ flow: 500, num: 10, expTime: DUE, flowResetTime: 0 });
    await at.poll();
    await at.sluice.reconcile();
    expect(quotas(user)).toEqual([500, 500]);
    await expectSettled(at);
    at.panel.world.users.get(user)!.expTime = Date.parse('2027-06-01');
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await at.poll();
    expect(quotas(user)).toEqual([100, 100]);
  });

  it('gets a higher quota at once', async () => {
    const { user } = await add({ flow: 20 });
    await at.poll();
    expect(quotas(user)).toEqual([100, 100]);
  });

  it('gets its own quota back after a throttle, and that of the product in the next cycle', async () => {
    const { user, web } = await add({ flow: 1000 }, 'slow');
    const poll = async (): Promise<unknown[]> => {
      await pollLater(at);
      await at.sluice.reconcile();
      return quotas(user);
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
    await add({ flow: 500, inFlow: 90 * GB, outFlow: 20 * GB });
    const { service } = await pollLater(at, 0);
    expect(service).toMatchObject({ usage: { totalBytes: 110 * GB }, holds: [{ reason: 'quota' }] });
    expect(at.panel.runningForwards()).toEqual([1]);
  });
});

describe('a mode of one direction', () => {
  it('has no quota on the panel, which could only count both', async () => {
    const user = await at.create(1, { product: 'inbound' });
    expect(at.panel.user(user)?.flow).toBe(99_999);
    at.panel.addForward(user, at.tunnels.hk);
    at.panel.traffic(2, { in: 99 * GB, out: 500 * GB });
    expect((await pollLater(at, 0)).service).toMatchObject({ status: 'ok', holds: [] });
    at.panel.traffic(2, { in: GB, out: 0 });
    expect((await pollLater(at)).service).toMatchObject({ status: 'held', holds: [{ reason: 'quota' }] });
    expect(at.panel.runningForwards()).toEqual([1]);
  });
});
