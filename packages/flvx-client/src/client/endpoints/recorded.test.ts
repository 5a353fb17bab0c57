import { afterEach, describe, expect, it } from '@jest/globals';
import { recorded, replay, type RecordedCase, type Replay } from '../../test/recorded.js';
import type { FlvxClient } from '../client.js';
import { epochMs, gigabytes, megabits } from '../records.js';

let open: Replay | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function connected(...cases: RecordedCase[]): Promise<Replay> {
  open = await replay(cases);
  return open;
}

describe('reads of recorded answers', () => {
  it('lists users with their units', async () => {
    const { client } = await connected(recorded('user-list', 'all'));
    const [first, second] = await client.users.list();
    expect(first).toEqual({
      id: 12,
      name: 'svc-4711-k7',
      status: 1,
      quota: 200,
      maxForwards: 10,
      expiresAt: 1_797_724_799_000,
      resetDay: 1,
      inBytes: 5_368_709_120,
      outBytes: 16_106_127_360,
      createdAt: 1_793_491_200_000,
      updatedAt: 1_795_000_000_000,
    });
    expect(second).toMatchObject({ id: 13, status: 0, updatedAt: null });
  });

  it('reads an empty list as empty', async () => {
    const { client } = await connected(
      recorded('user-list', 'none'),
      recorded('tunnel-list', 'no-tunnels'),
      recorded('node-list', 'none'),
      recorded('speed-limit-list', 'none'),
      recorded('forward-list', 'none'),
      recorded('tunnel-user-list', 'unknown-user'),
      recorded('user-groups', 'none'),
    );
    const lists = await Promise.all([
      client.users.list(),
      client.tunnels.list(),
      client.nodes.list(),
      client.speedLimits.list(),
      client.forwards.list(),
      client.permissions.listByUser(9999),
      client.users.listGroups(13),
    ]);
    expect(lists).toEqual([[], [], [], [], [], [], []]);
  });

  it('takes the true status of permissions from the export', async () => {
    const { client, sent } = await connected(recorded('backup-export', 'export-user-tunnels'));
    const rows = await client.permissions.list();
    expect(rows.map(({ id, status, speedId }) => [id, status, speedId])).toEqual([
      [31, 0, 2],
      [32, 1, null],
    ]);
    expect(sent('/api/v1/backup/export')).toEqual([{ types: ['userTunnels'] }]);
  });

  it('gives the permissions of a user without a status', async () => {
    const { client } = await connected(recorded('tunnel-user-list', 'success'));
    const rows = await client.permissions.listByUser(12);
    expect(rows[0]).toMatchObject({ id: 31, tunnelName: 'HK-01', multiplier: 1, speedId: 2, speedLimitName: '50M' });
    expect(rows.some((row) => 'status' in row)).toBe(false);
  });

  it('reads tunnels, one and all', async () => {
    const { client } = await connected(recorded('tunnel-list', 'two-tunnels'), recorded('tunnel-list', 'get-one'));
    const tunnels = await client.tunnels.list();
    expect(tunnels.map(({ id, type, status, multiplier, ratio }) => [id, type, status, multiplier, ratio])).toEqual([
      [3, 1, 1, 1, 1],
      [4, 2, 0, 2, 1.5],
    ]);
    expect(tunnels[1]).toMatchObject({
      entryNodes: [{ nodeId: 5, order: 0 }],
      chainNodes: [[{ nodeId: 6, order: 1 }]],
      exitNodes: [{ nodeId: 7, order: 0 }],
    });
    expect(await client.tunnels.get(3)).toEqual(tunnels[0]);
  });

  it('reads a tunnel that the panel does not have as null', async () => {
    const { client } = await connected(recorded('tunnel-list', 'get-missing'));
    expect(await client.tunnels.get(99)).toBeNull();
  });

  it('reads nodes without the token of another panel', async () => {
    const one = recorded('node-list', 'success');
    const rows = (one.response.body as { data: object[] }).data;
    const secret = { ...one, response: { ...one.response, body: withToken(one, rows) } };
    const { client } = await connected(secret);
    const nodes = await client.nodes.list();
    expect(nodes[0]).toEqual({
      id: 5,
      name: 'hk-entry',
      address: '203.0.113.10',
      online: true,
      version: expect.any(String),
      remote: false,
      syncError: null,
    });
    expect(JSON.stringify(nodes)).not.toContain('federation-secret');
  });

  it('reads speed limits, forwards and groups', async () => {
    const { client } = await connected(
      recorded('speed-limit-list', 'success'),
      recorded('forward-list', 'admin-sees-all'),
      recorded('groups', 'user-groups'),
      recorded('groups', 'tunnel-groups'),
      recorded('groups', 'permissions'),
      recorded('user-groups', 'success'),
    );
    expect((await client.speedLimits.list()).map(({ id, speed, tunnelId }) => [id, speed, tunnelId])).toEqual([
      [2, 50, 3],
      [3, 200, 4],
    ]);
    expect(await client.forwards.list()).toMatchObject([
      { id: 88, userId: 12, status: 1, listens: '203.0.113.10:21001', port: 21001 },
      { id: 89, userId: 12, status: 0, listens: null, port: null },
      { id: 90, userId: 13, status: 1, listens: '203.0.113.10:21002', port: 21002 },
    ]);
    expect(await client.groups.listUserGroups()).toEqual([{ id: 2, name: 'basic', status: 1, userIds: [12] }]);
    expect(await client.groups.listTunnelGroups()).toEqual([{ id: 1, name: 'asia', status: 1, tunnelIds: [3, 4] }]);
    expect(await client.groups.listGrants()).toEqual([{ id: 6, userGroupId: 2, tunnelGroupId: 1 }]);
    expect(await client.users.listGroups(12)).toEqual([2, 5]);
  });

  it('tells whether a captcha is asked for, and the public settings', async () => {
    const off = await connected(recorded('captcha', 'check-off'), recorded('health', 'app-name'));
    expect(await off.client.captchaRequired()).toBe(false);
    expect(await off.client.setting('app_name')).toBe('flux');
    await off.close();
    const on = await connected(recorded('captcha', 'check-on'), recorded('health', 'config-missing'));
    expect(await on.client.captchaRequired()).toBe(true);
    expect(await on.client.setting('app_name')).toBeNull();
  });

  it('finds the panel, its name, its session and its clock in a probe', async () => {
    const { client } = await connected(
      recorded('health', 'liveness'),
      recorded('health', 'app-name'),
      recorded('captcha', 'check-off'),
      recorded('tunnel-list', 'two-tunnels'),
    );
    expect(await client.probe()).toEqual({
      port: 'panel',
      appName: 'flux',
      captcha: false,
      session: { name: 'admin_user', expiresAt: 1_802_932_811_000, mustChangePassword: true },
      tunnels: 2,
      clock: { ms: 0, measuredAt: 1_795_156_811_072 },
    });
  });
});

function withToken(one: RecordedCase, rows: object[]): object {
  const data = rows.map((row) => ({ ...row, remoteToken: 'federation-secret' }));
  return { ...(one.response.body as object), data };
}

const values = { quota: gigabytes(500), maxForwards: 20, expiresAt: epochMs(1_800_403_199_000), resetDay: 1 };
const ok = (path: string): RecordedCase => ({
  name: 'ok',
  request: { method: 'POST', path },
  response: { status: 200, headers: {}, body: { code: 0, msg: '操作成功', ts: 1_795_156_811_072 } },
});

describe('writes as they were recorded', () => {
  const list = recorded('user-list', 'all');
  const writes: [file: string, name: string, call: (client: FlvxClient) => Promise<unknown>, also?: RecordedCase][] = [
    ['user-update', 'full', (client) => client.users.update(12, values), list],
    ['user-update', 'disable', (client) => client.users.update(12, { ...values, status: 0 }), list],
    ['user-update', 'change-password', (client) => client.users.update(12, values, 'New-Example-Pw-5'), list],
    ['user-delete', 'success', (client) => client.users.remove(12)],
    ['user-reset', 'user-and-all-permissions', (client) => client.users.reset(12)],
    ['user-reset', 'one-permission', (client) => client.permissions.reset(31)],
    [
      'tunnel-user-assign',
      'new',
      (client) =>
        client.permissions.assign(12, 3, {
          quota: gigabytes(200),
          maxForwards: 10,
          expiresAt: epochMs(1_797_724_799_000),
          resetDay: 1,
          speedId: 2,
          status: 1,
        }),
    ],
    ['tunnel-user-assign', 'existing-partial-suspend', (client) => client.permissions.assign(12, 3, { status: 0 })],
    [
      'tunnel-user-assign',
      'existing-clear-speed-limit',
      (client) => client.permissions.assign(12, 3, { speedId: null }),
    ],
    ['tunnel-user-update', 'full', (client) => client.permissions.update(31, { ...values, speedId: 2, status: 1 })],
    ['tunnel-user-remove', 'success', (client) => client.permissions.remove(31)],
    ['speed-limit-write', 'delete', (client) => client.speedLimits.remove(2)],
    ['forward-control', 'pause-success', (client) => client.forwards.pause(88)],
    ['forward-control', 'resume-success', (client) => client.forwards.resume(88)],
    ['forward-control', 'delete-success', (client) => client.forwards.remove(88)],
    [
      'forward-control',
      'update-keeps-omitted',
      (client) => client.forwards.update(88, { remoteAddr: '198.51.100.21:443' }),
    ],
  ];

  it.each(writes.map(([file, name, call, also]) => ({ file, name, call, also })))(
    '$file: $name',
    async ({ file, name, call, also }) => {
      const one = recorded(file, name);
      const { client, sent } = await connected(one, ...(also === undefined ? [] : [also]));
      await expect(call(client)).resolves.toBeUndefined();
      expect(sent(one.request.path)).toEqual([one.request.body]);
    },
  );

  const user = {
    name: 'svc-4711-k7',
    status: 1,
    quota: gigabytes(200),
    maxForwards: 10,
    expiresAt: epochMs(1_797_724_799_000),
    resetDay: 1,
  };

  it('reads back what it has created, since answers have no id', async () => {
    const [users, limits] = [recorded('user-create', 'success'), recorded('speed-limit-write', 'create')];
    const name = (limits.request.body as { name: string }).name;
    const shown = recorded('speed-limit-list', 'success');
    const [row] = (shown.response.body as { data: object[] }).data;
    const body = {
      ...(shown.response.body as object),
      data: [
        { ...row, id: 7, name, tunnelId: 3 },
        { ...row, name, tunnelId: 3 },
      ],
    };
    const { client, sent } = await connected(users, list, limits, { ...shown, response: { ...shown.response, body } });
    expect(await client.users.create(user, 'Example-Pw-1')).toMatchObject({ ...user, id: 12 });
    expect(await client.speedLimits.create({ name, tunnelId: 3, speed: megabits(20) })).toMatchObject({ id: 7, name });
    for (const one of [users, limits]) expect(sent(one.request.path)).toEqual([one.request.body]);
    expect(sent('/api/v1/user/list')).toEqual([{ keyword: 'svc-4711-k7' }]);
  });

  it('does not know how a create ended that the panel does not show', async () => {
    const { client } = await connected(recorded('user-create', 'success'), recorded('user-list', 'none'));
    const unknown = { code: 'PANEL_UNREADABLE', panelCode: 'not_shown', outcomeUnknown: true };
    const error: unknown = await client.users.create(user, 'Example-Pw-1').catch((caught: unknown) => caught);
    expect(error).toMatchObject(unknown);
    expect((error as Error).message.match(/before you repeat/g)).toHaveLength(1);
  });

  it('assigns many tunnels with nothing but what the strict endpoint takes', async () => {
    const { client, sent } = await connected(recorded('tunnel-user-batch-assign', 'success'));
    await client.permissions.assignMany(12, [{ tunnelId: 3, speedId: 2 }, { tunnelId: 4 }]);
    expect(sent('/api/v1/tunnel/user/batch-assign')).toEqual([
      { userId: 12, tunnels: [{ tunnelId: 3, speedId: 2 }, { tunnelId: 4 }] },
    ]);
  });

  it.each([
    ['batch-pause-partial', (client: FlvxClient) => client.forwards.pauseMany([88, 999]), { succeeded: 1, failed: 1 }],
    ['batch-resume', (client: FlvxClient) => client.forwards.resumeMany([88]), { succeeded: 1, failed: 0 }],
    ['batch-delete', (client: FlvxClient) => client.forwards.removeMany([88, 89]), { succeeded: 2, failed: 0 }],
    [
      'batch-pause-node-offline',
      (client: FlvxClient) => client.forwards.pauseMany([88, 90]),
      { succeeded: 0, failed: 2 },
    ],
    ['batch-redeploy', (client: FlvxClient) => client.forwards.redeployMany([88]), { succeeded: 1, failed: 0 }],
  ] as const)('counts what a batch did: %s', async (name, call, counts) => {
    const one = recorded('forward-control', name);
    const { client, sent } = await connected(one);
    expect(await call(client)).toEqual(counts);
    expect(sent(one.request.path)).toEqual([one.request.body]);
  });

  it('calls nothing for an empty batch, which the panel would refuse', async () => {
    const { client, server } = await connected();
    expect(await client.forwards.removeMany([])).toEqual({ succeeded: 0, failed: 0 });
    expect(server.calls).toEqual([]);
  });

  it('refuses values that the panel would misread, before any call', async () => {
    const { client, sent } = await connected(ok('/api/v1/tunnel/user/assign'), ok('/api/v1/user/create'));
    expect(() => client.permissions.assign(1, 2, { maxForwards: 1.5 })).toThrow('num is not a whole number');
    const user = { name: 'a', status: 1, ...values };
    expect(() => client.users.create({ ...user, name: '  ' }, 'x')).toThrow('name of a user is empty');
    expect(() => client.users.create({ ...user, status: 0.5 }, 'x')).toThrow('status');
    expect(() => client.users.create(user, ' x')).toThrow('white space');
    expect(() => client.users.update(1, {}, '')).toThrow('empty');
    expect(sent('/api/v1/user/create')).toEqual([]);
    expect(sent('/api/v1/tunnel/user/assign')).toEqual([]);
  });
});
