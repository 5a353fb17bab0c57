import { describe, expect, it } from '@jest/globals';
import { GB } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { expectSettled } from '../bench/outcomes.js';
import { pollLater } from '../loop/polls.js';
import { addCustomer } from './customer.js';

const at = useFlvxBench();

type Row = { id: number; userId?: number };
type Lists = { data: Row[]; userTunnels?: Row[] };

/** Where a list is read. */
const endpoints = { users: 'user/list', forwards: 'forward/list', permissions: 'backup/export' } as const;
type List = keyof typeof endpoints;

/** Has the panel leave rows out of a list, by default all; returns what ends that. */
function shorten(list: List, isLeftOut: (row: Row) => boolean = () => true): () => void {
  let isShort = true;
  const keep = (rows: Row[]): Row[] => rows.filter((row) => !isLeftOut(row));
  const change = (json: unknown): unknown => {
    const body = json as Lists;
    if (!isShort) return json;
    if (list !== 'permissions') return { ...body, data: keep(body.data) };
    const userTunnels = keep(body.userTunnels ?? []);
    return { ...body, userTunnels: userTunnels.length === 0 ? undefined : userTunnels };
  };
  at.panel.server.inject({ endpoint: new RegExp(`${endpoints[list]}$`), fault: { kind: 'mutate', change } });
  return () => {
    isShort = false;
  };
}

async function addService(): Promise<{ user: number; web: number }> {
  const user = await at.create(1);
  const web = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  await pollLater(at);
  return { user, web };
}

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
  const restore = shorten(list, isLeftOut);
  const { report } = await pollLater(at);
  restore();
  const { error } = report.services.find(({ id }) => id === 'svc-1') ?? {};
  expect([report.run.outcome === 'done', error?.code]).toEqual([false, 'PANEL_UNREADABLE']);
  expect(error?.message).toContain(endpoints[list]);
  await pollLater(at);
}

describe.each(['forwards', 'permissions'] as const)('one poll that reads an empty list of %s', (list) => {
  it('does not forget what a manual hold had restricted', async () => {
    const service = await addService();
    await at.sluice.holds.add('svc-1');
    await pollShort(list);
    await at.sluice.holds.release('svc-1');
    await pollLater(at);
    await expectServed(service);
  });

  it('does not forget what a quota hold had restricted', async () => {
    const service = await addService();
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
    const service = await addService();
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
    const { user, web } = await addService();
    const restore = shorten(list);
    const { run, service } = await at.sluice.provision.terminate('svc-1');
    expect([run.outcome, service.error?.code]).toEqual(['failed', 'PANEL_UNREADABLE']);
    expect([at.panel.user(user) !== undefined, at.panel.isRunning(web)]).toEqual([true, true]);
    restore();
    expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('done');
    expect([at.panel.user(user), at.panel.runningForwards()]).toEqual([undefined, [1]]);
  });

  it.each(['forwards', 'permissions'] as const)('releases nothing: %s', async (list) => {
    const service = await addService();
    await at.sluice.holds.add('svc-1');
    const restore = shorten(list);
    const { run, service: left } = await at.sluice.holds.release('svc-1');
    expect([run.outcome, left.error?.code]).toEqual(['partial', 'PANEL_UNREADABLE']);
    restore();
    await pollLater(at);
    await expectServed(service);
  });
});

describe('a panel whose forwards or permissions are gone', () => {
  it.each(['forward', 'permission'] as const)(
    'is believed, also while they are restricted: the only %s',
    async (what) => {
      const { user, web } = await addService();
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
