import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { GB } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled, failure } from '../bench/outcomes.js';
import { pollLater } from '../loop/polls.js';
import { addCustomer } from './customer.js';
import { addService, endpoints, type List, type Row, shorten } from './short-lists.js';

const at = useFlvxBench();

async function expectServed({ user, web }: { user: number; web: number }): Promise<void> {
  await at.sluice.reconcile();
  const { holds, stoppedByPanel, error } = await at.sluice.services.show('svc-1');
  const isOpen = at.panel.permissionStatus(user, at.tunnels.hk) === 1;
  expect([holds.length, isOpen, at.panel.isRunning(web), stoppedByPanel ?? null, error]).toEqual([
    0,
    true,
    true,
    null,
    null,
  ]);
}

/** Polls a list that lacks rows, which the poll names, and then the whole list. */
async function pollShort(list: List, isLeftOut?: (row: Row) => boolean): Promise<void> {
  const restore = shorten(at, list, isLeftOut);
  const { report } = await pollLater(at);
  restore();
  const { error } = report.services.find(({ id }) => id === 'svc-1') ?? {};
  expect([report.run.outcome === 'done', error?.code]).toEqual([false, 'PANEL_UNREADABLE']);
  expect(error?.message).toContain(endpoints[list]);
  await pollLater(at);
}

describe.each(['forwards', 'permissions'] as const)('one poll that reads an empty list of %s', (list) => {
  it('does not forget what a manual hold had restricted', async () => {
    const service = await addService(at);
    await at.sluice.holds.add('svc-1');
    await pollShort(list);
    await at.sluice.holds.release('svc-1');
    await pollLater(at);
    await expectServed(service);
  });

  it('does not forget what a quota hold had restricted', async () => {
    const service = await addService(at);
    at.panel.traffic(service.web, 110 * GB);
    await pollLater(at);
    await pollShort(list);
    await at.sluice.overrides.set('svc-1', { quota: '300GB' });
    for (let polls = 0; polls < 3; polls++) await pollLater(at);
    await expectServed(service);
  });
});

describe('a list that lacks what one service has', () => {
  it.each(['forwards', 'permissions'] as const)('does not end its hold: %s', async (list) => {
    const service = await addService(at);
    for (let number = 2; number <= 4; number++) at.panel.addForward(await at.create(number), at.tunnels.hk);
    await pollLater(at);
    await at.sluice.holds.add('svc-1');
    await pollShort(list, ({ userId }) => userId === service.user);
    await at.sluice.holds.release('svc-1');
    await expectServed(service);
  });
});

it('does not forget which forward was too many', async () => {
  await addCustomer(at, 'counted');
  const third = at.panel.addForward(3, 1, { name: 'third' });
  await pollLater(at);
  expect(at.panel.isRunning(third)).toBe(false);
  await pollShort('forwards');
  await at.panel.customer(3).deleteForward(2);
  await pollLater(at);
  expect(at.panel.isRunning(third)).toBe(true);
});

describe('a command that reads an empty list', () => {
  it.each(['users', 'forwards', 'permissions'] as const)('removes no account: %s', async (list) => {
    const { user, web } = await addService(at);
    const restore = shorten(at, list);
    const { run, service } = await at.sluice.provision.terminate('svc-1');
    expect([run.outcome, service.error?.code]).toEqual(['failed', 'PANEL_UNREADABLE']);
    expect([at.panel.user(user) !== undefined, at.panel.isRunning(web)]).toEqual([true, true]);
    restore();
    expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('done');
    expect([at.panel.user(user), at.panel.runningForwards()]).toEqual([undefined, [1]]);
  });

  it('removes nothing of an account without forwards, and creates no other one: users', async () => {
    const user = await at.create(1);
    await pollLater(at);
    const restore = shorten(at, 'users');
    for (const verb of ['create', 'terminate'] as const)
      expect(await failure(at.sluice.provision[verb]('svc-1'))).toMatchObject({ code: 'PANEL_UNREADABLE' });
    expect([at.panel.user(user) !== undefined, at.panel.permissionStatus(user, at.tunnels.hk)]).toEqual([true, 1]);
    restore();
    await done(at.sluice.provision.terminate('svc-1'));
    expect(at.panel.user(user)).toBeUndefined();
  });

  it.each(
    few(
      [
        ['users and forwards', ['users', 'forwards']],
        ['every list', ['users', 'forwards', 'permissions']],
      ] as const,
      2,
    ),
  )('ends no account whose rows are shown elsewhere: %s', async (_what, lists) => {
    const { user, web } = await addService(at);
    const other = await at.create(2);
    const restored = lists.map((list) => shorten(at, list, ({ id, userId = id }) => userId === user));
    expect(await failure(at.sluice.provision.terminate('svc-1'))).toMatchObject({ code: 'PANEL_UNREADABLE' });
    expect([at.panel.user(user) !== undefined, at.panel.isRunning(web)]).toEqual([true, true]);
    expect(at.panel.permissionStatus(user, at.tunnels.hk)).toBe(1);
    for (const restore of restored) restore();
    await done(at.sluice.provision.terminate('svc-1'));
    expect([at.panel.user(user), at.panel.user(other) !== undefined]).toEqual([undefined, true]);
  });

  it.each(['forwards', 'permissions'] as const)('releases nothing: %s', async (list) => {
    const service = await addService(at);
    await at.sluice.holds.add('svc-1');
    const restore = shorten(at, list);
    const { run, service: left } = await at.sluice.holds.release('svc-1');
    expect([run.outcome, left.error?.code]).toEqual(['partial', 'PANEL_UNREADABLE']);
    restore();
    await pollLater(at);
    await expectServed(service);
  });

  it.each(['forwards', 'permissions'] as const)('forgets nothing of a hold when it creates again: %s', async (list) => {
    const service = await addService(at);
    await at.sluice.holds.add('svc-1');
    const restore = shorten(at, list);
    const refused = await failure(at.sluice.provision.create('svc-1'));
    expect(refused.code).toBe('PANEL_UNREADABLE');
    expect(refused.message).toContain(endpoints[list]);
    restore();
    await at.sluice.holds.release('svc-1');
    await pollLater(at);
    await expectServed(service);
  });

  it.each(['terminate', 'create'] as const)('removes no second account of the name: %s', async (verb) => {
    const user = await at.create(1);
    await pollLater(at);
    const twin = at.panel.addUser({ user: at.panel.user(user)?.user ?? '' });
    at.panel.addPermission(twin, at.tunnels.hk);
    const web = at.panel.addForward(twin, at.tunnels.hk, { name: 'web' });
    shorten(at, 'forwards');
    expect(await failure(at.sluice.provision[verb]('svc-1'))).toMatchObject({ code: 'PANEL_UNREADABLE' });
    expect([at.panel.user(twin) !== undefined, at.panel.isRunning(web)]).toEqual([true, true]);
  });
});

describe('a panel whose forwards or permissions are gone', () => {
  it.each(['forward', 'permission'] as const)(
    'is believed, also while they are restricted: the only %s',
    async (what) => {
      const { user, web } = await addService(at);
      await at.sluice.holds.add('svc-1');
      const { forwards, permissions } = at.panel.world;
      forwards.delete(web);
      if (what === 'permission') for (const row of [...permissions.of(user)]) permissions.delete(row.id);
      expect((await pollLater(at)).report.run.outcome).toBe('done');
      await at.sluice.holds.release('svc-1');
      await at.sluice.reconcile();
      expect(at.panel.permissionStatus(user, at.tunnels.hk)).toBe(1);
      await expectSettled(at);
      expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('done');
      expect(at.panel.user(user)).toBeUndefined();
    },
  );
});
