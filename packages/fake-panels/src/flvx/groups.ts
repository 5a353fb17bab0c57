import { byId } from './by-id.js';
import { badBody, type FlvxCall, type Handler, post } from './call.js';
import { asInteger, asText } from './coerce.js';
import { applyGroupPermission, revokeGrants, syncGroup } from './grants.js';
import type { GroupRow } from './rows.js';
import type { Table } from './table.js';
import { type FlvxWorld, listMembers } from './world.js';

interface Kind {
  readonly table: 'user_group' | 'tunnel_group';
  readonly rows: (world: FlvxWorld) => Table<GroupRow>;
  readonly members: (world: FlvxWorld) => Map<number, Set<number>>;
  readonly right: 'userGroupId' | 'tunnelGroupId';
  readonly ids: 'userIds' | 'tunnelIds';
  readonly names: 'userNames' | 'tunnelNames';
  readonly findName: (world: FlvxWorld, id: number) => string | undefined;
}

const userKind: Kind = {
  table: 'user_group',
  rows: (world) => world.userGroups,
  members: (world) => world.usersOfGroup,
  right: 'userGroupId',
  ids: 'userIds',
  names: 'userNames',
  findName: (world, id) => world.users.get(id)?.user,
};

const tunnelKind: Kind = {
  table: 'tunnel_group',
  rows: (world) => world.tunnelGroups,
  members: (world) => world.tunnelsOfGroup,
  right: 'tunnelGroupId',
  ids: 'tunnelIds',
  names: 'tunnelNames',
  findName: (world, id) => world.tunnels.get(id)?.name,
};

const list = (kind: Kind): Handler =>
  post((call) => {
    const { world } = call;
    const rows = kind.rows(world).all();
    return call.ok(
      rows.map(({ id, name, status, createdTime }) => {
        const members = [...(kind.members(world).get(id) ?? [])].sort((a, b) => a - b);
        const known = members.filter((member) => kind.findName(world, member) !== undefined);
        const names = known.map((member) => kind.findName(world, member));
        return { id, name, status, [kind.ids]: known, [kind.names]: names, createdTime };
      }),
    );
  });

/** Why a name cannot be stored, or null: names of groups are unique in the database. */
function duplicate(kind: Kind, world: FlvxWorld, name: string, except: number): string | null {
  const other = kind.rows(world).find((row) => row.name === name && row.id !== except);
  return other === undefined ? null : `constraint failed: UNIQUE constraint failed: ${kind.table}.name (2067)`;
}

const create =
  (kind: Kind): Handler =>
  (call) => {
    const body = call.map();
    if (body === null) return call.fail(badBody);
    const name = asText(body.name);
    if (name === '') return call.fail('分组名称不能为空');
    const { world } = call;
    world.beforeWrite();
    const error = duplicate(kind, world, name, 0);
    if (error !== null) return call.fail(error, -2);
    const now = world.now();
    kind.rows(world).insert({ name, status: asInteger(body.status, 1), createdTime: now, updatedTime: now });
    return call.ok();
  };

const update =
  (kind: Kind): Handler =>
  (call) => {
    const body = call.map();
    if (body === null) return call.fail(badBody);
    const id = asInteger(body.id, 0);
    if (id <= 0) return call.fail('分组ID不能为空');
    const { world } = call;
    world.beforeWrite();
    const row = kind.rows(world).get(id);
    if (row === undefined) return call.ok();
    const name = asText(body.name);
    const error = duplicate(kind, world, name, id);
    if (error !== null) return call.fail(error, -2);
    Object.assign(row, { name, status: asInteger(body.status, 1), updatedTime: world.now() });
    return call.ok();
  };

/** Deletes a group with its members and rights; its permissions stay. */
const remove = (kind: Kind): Handler =>
  byId((call, id) => {
    const { world } = call;
    world.beforeWrite();
    kind.members(world).delete(id);
    world.groupPermissions.deleteWhere((row) => row[kind.right] === id);
    world.grants.deleteWhere((row) => row[kind.right] === id);
    kind.rows(world).delete(id);
    return call.ok();
  });

function replaceMembers(call: FlvxCall, kind: Kind, groupId: number, ids: readonly number[]): readonly number[] {
  call.world.beforeWrite();
  const members = listMembers(kind.members(call.world), groupId);
  const before = [...members];
  members.clear();
  for (const id of ids) if (id > 0) members.add(id);
  return before.filter((id) => !members.has(id));
}

const assignUsers: Handler = (call) => {
  const body = call.strict({ groupId: 'integer', userIds: 'integers' });
  if (typeof body === 'string' || body.groupId <= 0) return call.fail(badBody);
  const { world } = call;
  const removed = new Set(replaceMembers(call, userKind, body.groupId, body.userIds));
  revokeGrants(world, (grant) => {
    const owner = world.permissions.get(grant.userTunnelId)?.userId;
    return grant.userGroupId === body.groupId && owner !== undefined && removed.has(owner);
  });
  syncGroup(world, 'userGroupId', body.groupId);
  return call.ok();
};

const assignTunnels: Handler = (call) => {
  const body = call.strict({ groupId: 'integer', tunnelIds: 'integers' });
  if (typeof body === 'string' || body.groupId <= 0) return call.fail(badBody);
  replaceMembers(call, tunnelKind, body.groupId, body.tunnelIds);
  syncGroup(call.world, 'tunnelGroupId', body.groupId);
  return call.ok();
};

const listRights: Handler = post((call) => {
  const { world } = call;
  return call.ok(
    world.groupPermissions.all().map((row) => ({
      ...row,
      userGroupName: world.userGroups.get(row.userGroupId)?.name ?? null,
      tunnelGroupName: world.tunnelGroups.get(row.tunnelGroupId)?.name ?? null,
    })),
  );
});

const assignRight: Handler = (call) => {
  const body = call.strict({ userGroupId: 'integer', tunnelGroupId: 'integer' });
  if (typeof body === 'string' || body.userGroupId <= 0 || body.tunnelGroupId <= 0) return call.fail(badBody);
  const { userGroupId, tunnelGroupId } = body;
  const { world } = call;
  world.beforeWrite();
  const same = world.groupPermissions.find(
    (row) => row.userGroupId === userGroupId && row.tunnelGroupId === tunnelGroupId,
  );
  if (same === undefined) world.groupPermissions.insert({ userGroupId, tunnelGroupId, createdTime: world.now() });
  applyGroupPermission(world, userGroupId, tunnelGroupId);
  return call.ok('权限分配成功');
};

const removeRight: Handler = byId((call, id) => {
  const { world } = call;
  const right = world.groupPermissions.get(id);
  world.beforeWrite();
  world.groupPermissions.delete(id);
  if (right !== undefined) {
    revokeGrants(
      world,
      (grant) => grant.userGroupId === right.userGroupId && grant.tunnelGroupId === right.tunnelGroupId,
    );
  }
  return call.ok();
});

/** The handlers of `/api/v1/group/...` (docs/panels/flvx.md, 8.1), by the rest of their paths. */
export const groupRoutes: Readonly<Record<string, Handler>> = {
  'user/list': list(userKind),
  'user/create': create(userKind),
  'user/update': update(userKind),
  'user/delete': remove(userKind),
  'user/assign': assignUsers,
  'tunnel/list': list(tunnelKind),
  'tunnel/create': create(tunnelKind),
  'tunnel/update': update(tunnelKind),
  'tunnel/delete': remove(tunnelKind),
  'tunnel/assign': assignTunnels,
  'permission/list': listRights,
  'permission/assign': assignRight,
  'permission/remove': removeRight,
};
