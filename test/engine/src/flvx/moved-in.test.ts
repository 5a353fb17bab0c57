import { beforeEach, describe, expect, it } from '@jest/globals';
import { diffStates } from '@sluice/fake-panels';
import { DAY, GB, HOUR } from '../bench/engine-bench.js';
import { passTime, useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { firstService } from '../loop/polls.js';

const at = useFlvxBench();
const EXPIRY = Date.parse('2026-12-14T15:23:41.007Z');
const BYTES = 2 ** 30;
const NEXT_CYCLE = Date.parse('2026-12-14T01:00:00Z');

interface Adopted {
  user?: object;
  permission?: object;
  product?: string;
  due?: string;
}

/** Adds a user as another tool has made him, and an imported service of it; returns the user's id. */
async function adopt({ user, permission, product = 'monthly', due = '2026-12-14' }: Adopted = {}): Promise<number> {
  const id = at.panel.addUser({ user: 'anna', expTime: EXPIRY, inFlow: 30 * GB, outFlow: 10 * GB, ...user });
  at.panel.addPermission(id, at.tunnels.hk, { inFlow: 30 * GB, outFlow: 10 * GB, ...permission });
  at.panel.addForward(id, at.tunnels.hk, { name: 'web' });
  await at.addService(1, { product, values: { flvx_user_id: String(id), next_due_date: due } });
  return id;
}

/** Returns what polls and reconciles of some hours change on the panel. */
async function changes(): Promise<unknown[]> {
  const before = at.panel.state();
  for (const run of ['poll', 'reconcile', 'poll', 'reconcile'] as const) {
    await done(run === 'poll' ? at.poll() : at.sluice.reconcile());
    at.bench.clock.set(at.bench.clock.now() + HOUR);
  }
  return diffStates(before, at.panel.state());
}

describe('the expiry of a user that another tool made', () => {
  it('stays at its time of the due day, and follows the next renewal', async () => {
    const user = await adopt();
    expect(await changes()).toEqual([]);
    await expectSettled(at);
    await at.sluice.provision.renew('svc-1');
    expect(at.panel.user(user)?.expTime).toBe(Date.parse('2027-01-14'));
  });

  it('becomes the due date where it is on another day', async () => {
    const user = await adopt({ due: '2026-12-15' });
    await done(at.sluice.reconcile());
    expect(at.panel.user(user)?.expTime).toBe(Date.parse('2026-12-15'));
  });

  it.each([
    ['reset day', { flowResetTime: -1 }, 'relay'],
    ['reset day beyond the month', { flowResetTime: 32 }, 'last'],
    ['number of forwards', { num: -5, flowResetTime: 0 }, 'none'],
  ])('stays, as does a %s that means what the product says', async (_what, user, product) => {
    await at.bench.edit(
      'products:',
      `products:
  last: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1, resetDay: 31 } }
  none: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1, maxForwards: 0 } }`,
    );
    await adopt({ user, product });
    expect(await changes()).toEqual([]);
  });
});

describe('a quota that the old module wrote in bytes', () => {
  it.each([
    ['of a permission', 'monthly', 100, { permission: { flow: 100 * BYTES } }, 'assign-tunnel'],
    ['of a permission, where both are more', 'more', 1000, { permission: { flow: 1000 * BYTES } }, 'assign-tunnel'],
    ['of a user', 'monthly', 100, { user: { flow: 100 * BYTES } }, 'update-user'],
    ['of a user, by 1000', 'monthly', 100, { user: { flow: 100 * 10 ** 9 } }, 'update-user'],
  ])('%s is corrected when the next cycle opens, by one change', async (_what, product, quota, spoilt, type) => {
    await at.bench.edit(
      'products:',
      `products:\n  more: { panel: relay, quota: { total: 1000GB }, flvx: { tunnelId: 1, resetDay: 1 } }`,
    );
    const user = await adopt({ user: { flow: quota }, ...spoilt, product });
    expect(await changes()).toEqual([]);
    await expectSettled(at);
    passTime(at, NEXT_CYCLE);
    expect(firstService(await at.poll()).actions.map((action) => action.type)).toEqual([type]);
    expect([at.panel.user(user)?.flow, at.panel.permission(user, at.tunnels.hk)?.flow]).toEqual([quota, quota]);
    await expectSettled(at);
  });

  it('keeps stopped what it stops, which runs again once it is corrected', async () => {
    const user = await adopt({ permission: { flow: 10 * BYTES } });
    at.panel.traffic(2, GB);
    expect(at.panel.isRunning(2)).toBe(false);
    expect((await done(at.poll())).notices.map(({ code }) => code)).toContain('stopped_by_panel');
    expect(await changes()).toEqual([]);
    passTime(at, NEXT_CYCLE);
    await at.poll();
    expect(at.panel.permission(user, at.tunnels.hk)?.flow).toBe(100);
    expect(at.panel.isRunning(2)).toBe(true);
  });

  it('leaves a permission of its own as it is, also when the user is corrected', async () => {
    const own = { flow: 7, num: 2, expTime: EXPIRY + 9 * DAY, flowResetTime: 3 };
    const user = await adopt({ user: { flow: 100 * BYTES } });
    at.panel.addPermission(user, at.tunnels.jp, own);
    expect(await changes()).toEqual([]);
    passTime(at, NEXT_CYCLE);
    await at.poll();
    expect(at.panel.user(user)?.flow).toBe(100);
    expect(at.panel.permission(user, at.tunnels.jp)).toMatchObject(own);
  });
});

describe('a product without tunnels', () => {
  beforeEach(() =>
    at.bench.edit(
      'products:',
      'products:\n  kept: { panel: relay, quota: { total: 100GB }, flvx: { tunnelIds: [], resetDay: 1 } }',
    ),
  );

  it('leaves all permissions of a user as they are, and closes them for a hold', async () => {
    const user = await adopt({ product: 'kept', permission: { flow: 70, num: 1 } });
    expect(await changes()).toEqual([]);
    await at.sluice.provision.suspend('svc-1');
    expect([at.panel.permissionStatus(user, at.tunnels.hk), at.panel.isRunning(2)]).toEqual([0, false]);
    await at.sluice.provision.unsuspend('svc-1');
    expect(at.panel.permission(user, at.tunnels.hk)).toMatchObject({ flow: 70, num: 1, status: 1 });
    expect(at.panel.isRunning(2)).toBe(true);
  });

  it('is not a product of new accounts', async () => {
    await expect(at.create(1, { product: 'kept' })).rejects.toMatchObject({ code: 'no_tunnel' });
  });
});
