import { describe, expect, it } from '@jest/globals';
import type { FaultRule } from '@sluice/fake-panels';
import { customerAndNeighbour } from '../../test/customers.js';
import { name, password, start, useWorld } from '../../test/world.js';

const world = useWorld();

const lists = (): string[] => world.flvx.server.calls.map((call) => call.path.replace('/api/v1', '')).sort();

/** Spoils rows of a list. */
function spoil(path: string, change: (row: Record<string, unknown>) => Record<string, unknown>): void {
  const rule: FaultRule = {
    endpoint: `POST /api/v1${path}`,
    fault: {
      kind: 'mutate',
      change: (json) => {
        const { data, userTunnels, ...rest } = json as Record<string, Record<string, unknown>[]>;
        return userTunnels === undefined
          ? { ...rest, data: data?.map(change) }
          : { ...rest, userTunnels: userTunnels.map(change) };
      },
    },
  };
  world.flvx.server.inject(rule);
}

describe('a snapshot', () => {
  it('takes three list calls, however many users there are', async () => {
    const tunnel = world.flvx.addTunnel();
    for (let n = 0; n < 500; n += 1) world.flvx.addPermission(world.flvx.addUser(), tunnel);
    const snapshot = await world.client.snapshot();
    expect(snapshot.users.size).toBe(500);
    expect(snapshot.permissions).toHaveLength(500);
    expect(lists()).toEqual(['/backup/export', '/forward/list', '/user/list', '/user/login']);
  });

  it('takes one call more for each further part', async () => {
    await world.client.snapshot({ tunnels: true, speedLimits: true, nodes: true, groups: true });
    expect(lists()).toEqual([
      '/backup/export',
      '/forward/list',
      '/group/permission/list',
      '/group/tunnel/list',
      '/group/user/list',
      '/node/check-status',
      '/speed-limit/list',
      '/tunnel/list',
      '/user/list',
      '/user/login',
    ]);
  });

  it('is indexed by id, name, user and group', async () => {
    customerAndNeighbour(world.flvx);
    world.flvx.addUser({ user: name, password: 'Twin-1' });
    const group = world.flvx.addTunnelGroup('asia', [1, 2]);
    const snapshot = await world.client.snapshot({ groups: true, tunnels: true });
    expect(snapshot.at).toBe(start);
    expect(snapshot.users.get(2)?.name).toBe(name);
    expect(snapshot.findUsers(name).map((user) => user.id)).toEqual([2, 4]);
    expect(snapshot.findUsers('nobody')).toEqual([]);
    expect(snapshot.listPermissions(2).map((row) => [row.tunnelId, row.quota, row.status])).toEqual([
      [1, 100, 1],
      [2, 7, 1],
    ]);
    expect(snapshot.listForwards(2).map((row) => [row.id, row.status])).toEqual([
      [1, 1],
      [2, 0],
      [3, 1],
      [4, 0],
    ]);
    expect(snapshot.listForwards(4)).toEqual([]);
    expect(snapshot.findTunnels('asia')).toEqual([1, 2]);
    expect(snapshot.findTunnels(group)).toEqual([1, 2]);
    expect(snapshot.findTunnels('Asia')).toBeNull();
  });

  it('observes one account as a reading of that account does', async () => {
    customerAndNeighbour(world.flvx);
    const scope = { userId: 2, name };
    const snapshot = await world.client.snapshot({ tunnels: true, speedLimits: true });
    expect(snapshot.observe(scope)).toEqual(await world.client.observe(scope));
  });

  it('leaves out a row that cannot be understood, and says whose it is', async () => {
    customerAndNeighbour(world.flvx);
    spoil('/user/list', (row) => (row.id === 2 ? { ...row, inFlow: -5 } : row));
    const snapshot = await world.client.snapshot({ tunnels: true, speedLimits: true });
    expect(snapshot.users.has(2)).toBe(false);
    expect(snapshot.users.has(3)).toBe(true);
    expect(snapshot.listUnreadable(2)).toMatchObject([{ list: 'users', id: 2, userId: 2 }]);
    expect(() => snapshot.observe({ userId: 2 })).toThrow('The data was ignored');
    // By its name it cannot even be told that it is not there.
    expect(() => snapshot.observe({ name, nameIsOurs: true })).toThrow('The data was ignored');
    expect(snapshot.observe({ userId: 3 }).user?.id).toBe(3);
  });

  it.each([
    ['/backup/export', { flow: 'much' }],
    ['/backup/export', { status: null }],
    ['/forward/list', { outFlow: 1.5 }],
    ['/forward/list', { status: undefined }],
    ['/user/list', { inFlow: undefined }],
    ['/user/list', { expTime: '2026' }],
  ])('takes nothing for zero: %s %j', async (path, spoilt) => {
    customerAndNeighbour(world.flvx);
    spoil(path, (row) => ((path === '/user/list' ? row.id : row.userId) === 2 ? { ...row, ...spoilt } : row));
    const snapshot = await world.client.snapshot({ tunnels: true, speedLimits: true });
    expect(snapshot.listUnreadable(2).length).toBeGreaterThan(0);
    expect(() => snapshot.observe({ userId: 2 })).toThrow('could not be parsed');
    await expect(world.client.observe({ userId: 2, name })).rejects.toMatchObject({ code: 'PANEL_UNREADABLE' });
    const list = { '/backup/export': 'permissions', '/forward/list': 'forwards', '/user/list': 'users' } as const;
    await expect(world.client[list[path as keyof typeof list]].list()).rejects.toMatchObject({
      code: 'PANEL_UNREADABLE',
    });
  });

  it('is refused as a whole when it is not known whose a row is', async () => {
    customerAndNeighbour(world.flvx);
    spoil('/user/list', (row) => (row.id === 2 ? { ...row, id: null } : row));
    await expect(world.client.snapshot()).rejects.toMatchObject({ code: 'PANEL_UNREADABLE' });
  });

  it.each([
    ['/user/list', { data: null }],
    ['/user/list', { data: undefined }],
    ['/user/list', { ts: 'now' }],
    ['/backup/export', { version: '2.0' }],
    ['/backup/export', { exportedAt: undefined }],
  ])('is refused where a list is missing or of another kind: %s %j', async (path, spoilt) => {
    world.flvx.server.inject({
      endpoint: `POST /api/v1${path}`,
      fault: { kind: 'mutate', change: (json) => ({ ...(json as object), ...spoilt }) },
    });
    await expect(world.client.snapshot()).rejects.toMatchObject({ code: 'PANEL_UNREADABLE' });
  });
});

describe('an observation of one account', () => {
  it('finds a customer who has renamed himself by his id', async () => {
    customerAndNeighbour(world.flvx);
    await world.flvx.customer(2).post('/user/updatePassword', {
      newUsername: 'my-own-name',
      currentPassword: password,
      newPassword: 'Own-1',
      confirmPassword: 'Own-1',
    });
    const observed = await world.client.observe({ userId: 2, name });
    expect(observed.user).toMatchObject({ id: 2, name: 'my-own-name' });
    expect(observed.forwards).toHaveLength(4);
  });

  it('reads again only what is asked for', async () => {
    customerAndNeighbour(world.flvx);
    const since = await world.client.observe({ userId: 2, name });
    world.flvx.server.clearCalls();
    world.flvx.world.forwards.get(1)!.status = 0;
    world.flvx.world.users.get(2)!.status = 0;
    const again = await world.client.observe({ userId: 2, name }, { since, parts: ['forwards'] });
    expect(lists()).toEqual(['/forward/list']);
    expect(again.forwards[0]?.status).toBe(0);
    expect(again.user?.status).toBe(1);
  });

  it('reads quotas again by the short list, and by the export when a permission came', async () => {
    customerAndNeighbour(world.flvx);
    const since = await world.client.observe({ userId: 2, name });
    world.flvx.world.findPermission(2, 1)!.flow = 55;
    world.flvx.server.clearCalls();
    const again = await world.client.observe({ userId: 2, name }, { since, parts: ['quotas'] });
    expect(lists()).toEqual(['/tunnel/user/list']);
    expect(again.permissions[0]).toMatchObject({ quota: 55, status: 1 });
    world.flvx.addPermission(2, world.flvx.addTunnel(), { status: 0 });
    const third = await world.client.observe({ userId: 2, name }, { since: again, parts: ['quotas'] });
    expect(third.permissions.map((row) => row.status)).toEqual([1, 1, 0]);
  });

  it('tells whether a password opens the account', async () => {
    customerAndNeighbour(world.flvx);
    const observed = async (tried: string): Promise<boolean | null> =>
      (await world.client.observe({ userId: 2 }, { password: tried })).password;
    expect(await observed(password)).toBe(true);
    expect(await observed('wrong')).toBe(false);
    expect((await world.client.observe({ userId: 2 })).password).toBeNull();
  });
});
