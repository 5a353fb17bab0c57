import { createHash } from 'node:crypto';
import { byId } from './by-id.js';
import { badBody, type FlvxCall, type Handler, post, yearMs } from './call.js';
import { asIds, asInteger, asText } from './coerce.js';
import { addToGroups, replaceGroups } from './grants.js';
import type { UserRow } from './rows.js';

/** A password as the panel keeps it: unsalted MD5 in hex. */
export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** A user as user/list shows him (docs/panels/flvx.md, 3.1). */
function shown(row: UserRow): Record<string, unknown> {
  const { pwd: _pwd, ...rest } = row;
  return { ...rest, name: row.user };
}

const taken = (call: FlvxCall, name: string, except = 0): boolean =>
  call.world.users.find((row) => row.user === name && row.id !== except) !== undefined;

interface Quota {
  readonly flow: number;
  readonly num: number;
  readonly expTime: number;
  readonly flowResetTime: number;
  readonly status: number;
}

/** The five values of create and update with their defaults (docs/panels/flvx.md, 3.2 and 3.3). */
function toQuota(call: FlvxCall, body: Readonly<Record<string, unknown>>): Quota {
  return {
    flow: asInteger(body.flow, 100),
    num: asInteger(body.num, 10),
    expTime: asInteger(body.expTime, call.world.now() + yearMs),
    flowResetTime: asInteger(body.flowResetTime, 1),
    status: asInteger(body.status, 1),
  };
}

/** user/create. `gap` delays the insert after the check of the name. */
export function createUser(gap: () => Promise<void> | undefined): Handler {
  return post((call) => {
    const body = call.map();
    if (body === null) return call.fail(badBody);
    const user = asText(body.user);
    const pwd = asText(body.pwd);
    if (user === '' || pwd === '') return call.fail('用户名或密码不能为空');
    if (taken(call, user)) return call.fail('用户名已存在');
    const insert = () => {
      const { world } = call;
      world.beforeWrite();
      const now = world.now();
      const row = world.users.insert({
        ...toQuota(call, body),
        user,
        pwd: md5(pwd),
        roleId: 1,
        inFlow: 0,
        outFlow: 0,
        createdTime: now,
        updatedTime: now,
      });
      addToGroups(world, row.id, asIds(body.groupIds));
      return call.ok();
    };
    const waiting = gap();
    return waiting === undefined ? insert() : waiting.then(insert);
  });
}

export const listUsers: Handler = post((call) => {
  const body = call.strict({ current: 'integer', size: 'integer', keyword: 'text' });
  if (body === 'bad') return call.fail(badBody);
  const keyword = body === 'empty' ? '' : body.keyword.trim().toLowerCase();
  const rows: unknown[] = [];
  for (const row of call.world.users.values()) {
    if (row.roleId !== 0 && row.user.trim().toLowerCase().includes(keyword)) rows.push(shown(row));
  }
  return call.ok(rows);
});

export const updateUser: Handler = post((call) => {
  const body = call.map();
  if (body === null) return call.fail(badBody);
  const id = asInteger(body.id, 0);
  if (id <= 0) return call.fail('用户ID不能为空');
  const user = asText(body.user);
  if (user === '') return call.fail('用户名不能为空');
  const { world } = call;
  const row = world.users.get(id);
  if (row === undefined) return call.fail('用户不存在');
  if (row.roleId === 0) return call.fail('请不要作死');
  if (taken(call, user, id)) return call.fail('用户名已存在');
  const quota = toQuota(call, body);
  const pwd = asText(body.pwd);
  world.beforeWrite();
  Object.assign(row, quota, { user, updatedTime: world.now() }, pwd === '' ? {} : { pwd: md5(pwd) });
  const { flow, num, expTime, flowResetTime } = quota;
  for (const permission of world.permissions.of(id)) Object.assign(permission, { flow, num, expTime, flowResetTime });
  if ('groupIds' in body) replaceGroups(world, id, asIds(body.groupIds));
  return call.ok();
});

export const deleteUser: Handler = byId((call, id) => {
  const { world } = call;
  const row = world.users.get(id);
  if (row === undefined) return call.fail('用户不存在');
  if (row.roleId === 0) return call.fail('请不要作死');
  world.beforeWrite();
  for (const forward of world.forwards.of(id)) world.forwards.delete(forward.id);
  const permissions = world.permissions.of(id);
  for (const permission of permissions) world.permissions.delete(permission.id);
  const gone = new Set(permissions.map((permission) => permission.id));
  world.grants.deleteWhere((grant) => gone.has(grant.userTunnelId));
  for (const members of world.usersOfGroup.values()) members.delete(id);
  for (const hour of world.statistics.of(id)) world.statistics.delete(hour.id);
  world.users.delete(id);
  return call.ok();
});

const zero = (row: { inFlow: number; outFlow: number } | undefined): void => {
  if (row !== undefined) Object.assign(row, { inFlow: 0, outFlow: 0 });
};

export const resetUser: Handler = post((call) => {
  const body = call.map();
  if (body === null) return call.fail(badBody);
  const id = asInteger(body.id, 0);
  const type = asInteger(body.type, 0);
  if (id <= 0 || (type !== 1 && type !== 2)) return call.fail(badBody);
  const { world } = call;
  if (world.databaseLocked) {
    // The panel ignores a failed write; both of its writes wait.
    world.wait(type === 1 ? 10_000 : 5_000);
    return call.ok();
  }
  if (type === 2) zero(world.permissions.get(id));
  else {
    const user = world.users.get(id);
    zero(user);
    if (user !== undefined) user.updatedTime = world.now();
    world.permissions.of(id).forEach(zero);
  }
  return call.ok();
});

export const userGroups: Handler = byId((call, id) =>
  call.ok(
    [...call.world.usersOfGroup]
      .filter(([, members]) => members.has(id))
      .map(([groupId]) => groupId)
      .sort((a, b) => a - b),
  ),
);
