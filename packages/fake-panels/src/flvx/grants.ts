import { listMembers, type FlvxWorld } from './world.js';

/** The user's permission on a tunnel, created with the user's quota if missing; null for an unknown user. */
function ensurePermission(world: FlvxWorld, userId: number, tunnelId: number): { id: number; made: boolean } | null {
  const there = world.findPermission(userId, tunnelId);
  if (there !== undefined) return { id: there.id, made: false };
  const user = world.users.get(userId);
  if (user === undefined) return null;
  const { flow, num, expTime, flowResetTime } = user;
  const row = world.permissions.insert({
    userId,
    tunnelId,
    speedId: null,
    num,
    flow,
    inFlow: 0,
    outFlow: 0,
    flowResetTime,
    expTime,
    status: 1,
  });
  return { id: row.id, made: true };
}

/** Creates the permissions of a user group's right to a tunnel group (docs/panels/flvx.md, 8.1). */
export function applyGroupPermission(world: FlvxWorld, userGroupId: number, tunnelGroupId: number): void {
  const users = [...(world.usersOfGroup.get(userGroupId) ?? [])].sort((a, b) => a - b);
  const tunnels = [...(world.tunnelsOfGroup.get(tunnelGroupId) ?? [])].sort((a, b) => a - b);
  for (const userId of users) {
    for (const tunnelId of tunnels) {
      const permission = ensurePermission(world, userId, tunnelId);
      if (permission === null) continue;
      const held = world.grants
        .of(permission.id)
        .some((grant) => grant.userGroupId === userGroupId && grant.tunnelGroupId === tunnelGroupId);
      if (!held) {
        world.grants.insert({
          userGroupId,
          tunnelGroupId,
          userTunnelId: permission.id,
          createdByGroup: permission.made ? 1 : 0,
          createdTime: world.now(),
        });
      }
    }
  }
}

/** Applies every right that names the group. */
export function syncGroup(world: FlvxWorld, kind: 'userGroupId' | 'tunnelGroupId', groupId: number): void {
  for (const right of world.groupPermissions.all()) {
    if (right[kind] === groupId) applyGroupPermission(world, right.userGroupId, right.tunnelGroupId);
  }
}

/** Adds a user to groups with their permissions. */
export function addToGroups(world: FlvxWorld, userId: number, groupIds: readonly number[]): void {
  for (const id of groupIds) listMembers(world.usersOfGroup, id).add(userId);
  for (const id of groupIds) syncGroup(world, 'userGroupId', id);
}

/** Replaces a user's groups; permissions of the old ones stay (docs/panels/flvx.md, 3.3). */
export function replaceGroups(world: FlvxWorld, userId: number, groupIds: readonly number[]): void {
  const before = [...world.usersOfGroup].filter(([, members]) => members.has(userId)).map(([id]) => id);
  for (const id of before) listMembers(world.usersOfGroup, id).delete(userId);
  for (const id of groupIds) listMembers(world.usersOfGroup, id).add(userId);
  for (const id of new Set([...before, ...groupIds])) syncGroup(world, 'userGroupId', id);
}

/** Removes grants, and the permissions of groups that nothing grants any more (docs/panels/flvx.md, 8.1). */
export function revokeGrants(
  world: FlvxWorld,
  test: (grant: {
    readonly userGroupId: number;
    readonly tunnelGroupId: number;
    readonly userTunnelId: number;
  }) => boolean,
): void {
  const taken = world.grants.all().filter(test);
  for (const grant of taken) world.grants.delete(grant.id);
  for (const grant of taken) {
    if (grant.createdByGroup === 1 && world.grants.of(grant.userTunnelId).length === 0)
      world.permissions.delete(grant.userTunnelId);
  }
}
