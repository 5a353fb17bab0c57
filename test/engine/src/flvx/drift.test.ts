import { beforeEach, describe, expect, it } from '@jest/globals';
import { diffStates } from '@sluice/fake-panels';
import { DAY } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { firstService, toSteps } from './customer.js';

const at = useFlvxBench();

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

  it('of a forward that runs while the service is held is repaired', async () => {
    await at.sluice.provision.suspend('svc-1');
    const before = at.panel.state();
    await at.panel.customerResume(2);
    expect(await planned()).toEqual({ changes: true, actions: ['pause-forward 2'] });
    await at.sluice.reconcile();
    expect(diffStates(before, at.panel.state())).toEqual([]);
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
