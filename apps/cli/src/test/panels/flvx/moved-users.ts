import { GB, type PanelApi, type Row } from './real-flvx.js';

/** Tunnels and a speed limit of the panel that users get permissions for. */
export interface PanelPlaces {
  tunnels: readonly [number, number];
  speedLimit: number;
  /** Reports that a forward has carried so many bytes. */
  traffic: (forward: Row, permission: number, bytes: number) => Promise<void>;
}

/** What a user of the panel has, as another tool and its operator have made him. */
export interface MovedUser {
  name: string;
  values: Readonly<Record<string, number>>;
  /** Values of each permission, by place of its tunnel; what is absent is the user's. */
  permissions: readonly (Readonly<Record<string, number>> | null)[];
  usedGb: number;
}

const BYTES = 2 ** 30;
const HOSTILE = ['a,b";c', "o'neil =1+1", 'علی رضا', '刘洋 <b>'];

/** Returns the users of a shop in which nothing is as it should be; their expiries are at any time of the day. */
export function listMovedUsers(count: number, now: number, mark: string): MovedUser[] {
  const day = 86_400_000;
  return Array.from({ length: count }, (_, number): MovedUser => {
    const values = {
      flow: 100,
      num: 10,
      expTime: now + (5 + number) * day + number * 1_234_567,
      flowResetTime: 1,
      status: 1,
    };
    const user = {
      name: `${mark}-${number} ${HOSTILE[number % 7] ?? ''}`.trim(),
      values,
      permissions: [{}],
      usedGb: 20,
    };
    const own = { flow: 7, num: 2, expTime: now + 90 * day, flowResetTime: 9 };
    const kinds: MovedUser[] = [
      user,
      { ...user, values: { ...values, flowResetTime: 15 }, permissions: [{}, {}] },
      { ...user, permissions: [{ flow: 100 * BYTES }] },
      { ...user, values: { ...values, flow: 20 * BYTES }, usedGb: 3 },
      { ...user, values: { ...values, flow: 5 }, usedGb: 6 },
      { ...user, values: { ...values, status: 0 } },
      { ...user, values: { ...values, expTime: now - (3 + number) * day } },
      { ...user, permissions: [{}, own], usedGb: 1 },
      {
        ...user,
        values: { ...values, flow: 99_999, expTime: Date.parse('2099-12-31T15:59:59Z') },
        permissions: [null, {}],
      },
      { ...user, permissions: number % 20 === 9 ? [] : [{ flow: 0, num: 0, expTime: now + 365 * day }] },
    ];
    return kinds[number % kinds.length] ?? user;
  });
}

/** Makes a user on the panel with two forwards, one of them paused, and what he has used; returns his id. */
export async function makeUser(
  admin: PanelApi,
  user: MovedUser,
  places: PanelPlaces,
  login: PanelLogin,
): Promise<number> {
  const pwd = 'Moved-in-1';
  const open = { flow: 1000, num: 10, expTime: Date.now() + 900 * 86_400_000, flowResetTime: 0, status: 1 };
  await admin.post('/user/create', { user: user.name, pwd, ...open });
  const { id } = (await admin.post('/user/list')).find((row) => row['user'] === user.name)!;
  const customer = user.permissions.length === 0 ? null : await login(user.name, pwd);
  for (const [place, values] of user.permissions.entries()) {
    if (values === null) continue;
    const tunnelId = places.tunnels[place];
    await admin.post('/tunnel/user/assign', {
      userId: id,
      tunnelId,
      ...(place === 1 && { speedId: places.speedLimit }),
    });
    for (const name of ['web', 'off'])
      await customer?.post('/forward/create', { tunnelId, name, remoteAddr: '198.51.100.20:443' });
  }
  const forwards = await admin.forwards(id);
  const permissions = await admin.permissions(id);
  await admin.post('/user/update', { id, user: user.name, ...user.values });
  for (const [place, values] of user.permissions.entries()) {
    if (values === null || Object.keys(values).length === 0) continue;
    await admin.post('/tunnel/user/assign', { userId: id, tunnelId: places.tunnels[place], ...values });
  }
  for (const { id: forward } of forwards.filter(({ name }) => name === 'off'))
    await customer?.post('/forward/pause', { id: forward });
  const [first] = forwards.filter(({ name }) => name === 'web');
  const permission = permissions.find((row) => row['tunnelId'] === first?.['tunnelId']);
  if (first !== undefined && permission !== undefined) await places.traffic(first, permission.id, user.usedGb * GB);
  return id;
}

type PanelLogin = (name: string, password: string) => Promise<PanelApi>;

/** The tables of a panel that hold what belongs to customers, by table and id. */
export async function readState(admin: PanelApi): Promise<Map<string, Row>> {
  const [users, forwards, limits, tunnels, { userTunnels = [] }] = await Promise.all([
    admin.post('/user/list'),
    admin.post('/forward/list'),
    admin.post('/speed-limit/list'),
    admin.post('/tunnel/list'),
    admin.post<{ userTunnels?: Row[] }>('/backup/export', { types: ['userTunnels'] }),
  ]);
  const tables = { user: users, forward: forwards, limit: limits, tunnel: tunnels, permission: userTunnels };
  return new Map(Object.entries(tables).flatMap(([table, rows]) => rows.map((row) => [`${table} ${row.id}`, row])));
}

/** Returns what differs between two states: the row and its fields, with the user that it is of. */
export function diffRows(
  before: ReadonlyMap<string, Row>,
  after: ReadonlyMap<string, Row>,
): { row: string; user: number; fields: string[] }[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((row) => {
    const [one, other] = [before.get(row), after.get(row)];
    const fields = Object.keys({ ...one, ...other }).filter(
      (key) => JSON.stringify(one?.[key]) !== JSON.stringify(other?.[key]),
    );
    const { id = 0, userId = id } = one ?? other ?? {};
    return fields.length === 0 ? [] : [{ row, user: userId, fields }];
  });
}

/** Removes users with all that belongs to them. */
export async function removeUsers(admin: PanelApi, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    const forwards = (await admin.forwards(id)).map((row) => row.id);
    if (forwards.length > 0) await admin.post('/forward/batch-delete', { ids: forwards });
    for (const row of await admin.permissions(id)) await admin.post('/tunnel/user/remove', { id: row.id });
    await admin.post('/user/delete', { id });
  }
}
