import type { FlvxCallOptions, FlvxClient, FlvxSnapshotParts } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import type { FlvxObservation, FlvxScope, FlvxSnapshot } from '../observation.js';
import type { FlvxUser, FlvxPermission } from '../records.js';
import { forwardRows, permissionRows, refuseUnreadable, userRows } from '../row-list.js';

/** Reads each list once, at the same time, and indexes them. A row that can't be parsed makes its account unreadable, not the snapshot. */
export async function takeSnapshot(
  api: FlvxApi,
  client: Pick<FlvxClient, 'tunnels' | 'nodes' | 'speedLimits' | 'groups'>,
  parts: FlvxSnapshotParts,
  options: FlvxCallOptions,
): Promise<FlvxSnapshot> {
  const readIf = <Row>(wanted: boolean | undefined, list: (o: FlvxCallOptions) => Promise<Row[]>): Promise<Row[]> =>
    wanted === true ? list(options) : Promise.resolve([]);
  const [users, permissions, forwards, tunnels, speedLimits, nodes, userGroups, tunnelGroups, grants] =
    await Promise.all([
      userRows.read(api, options),
      permissionRows.read(api, options),
      forwardRows.read(api, options),
      readIf(parts.tunnels, (o) => client.tunnels.list(o)),
      readIf(parts.speedLimits, (o) => client.speedLimits.list(o)),
      readIf(parts.nodes, (o) => client.nodes.checkStatus(o)),
      readIf(parts.groups, (o) => client.groups.listUserGroups(o)),
      readIf(parts.groups, (o) => client.groups.listTunnelGroups(o)),
      readIf(parts.groups, (o) => client.groups.listGrants(o)),
    ]);
  return indexSnapshot(api.panel, users.rows, {
    at: api.clock.now(),
    permissions: permissions.rows,
    forwards: forwards.rows,
    tunnels,
    speedLimits,
    nodes,
    userGroups,
    tunnelGroups,
    grants,
    unreadable: [...users.unreadable, ...permissions.unreadable, ...forwards.unreadable],
  });
}

/** The tables of a snapshot without their indexes. */
type Tables = Omit<FlvxSnapshot, 'users' | 'observe' | `find${string}` | `list${string}`>;

/** Indexes the tables once, so that the time of a lookup does not depend on the number of users. */
function indexSnapshot(panel: string, users: readonly FlvxUser[], tables: Tables): FlvxSnapshot {
  const byId = new Map(users.map((user) => [user.id, user]));
  const byName = groupBy(users, (user) => user.name);
  const permissionsByUser = groupBy(tables.permissions, (row) => row.userId);
  const forwardsByUser = groupBy(tables.forwards, (row) => row.userId);
  const unreadableByUser = groupBy(tables.unreadable, (row) => row.userId);
  let speedUse: Record<number, number> | null = null;

  return {
    ...tables,
    users: byId,
    findUsers: (name) => byName.get(name) ?? [],
    listPermissions: (id) => permissionsByUser.get(id) ?? [],
    listForwards: (id) => forwardsByUser.get(id) ?? [],
    listUnreadable: (id) => unreadableByUser.get(id) ?? [],
    findTunnels: (group) =>
      tables.tunnelGroups.find((row) => (typeof group === 'number' ? row.id : row.name) === group)?.tunnelIds ?? null,
    observe(scope: FlvxScope): FlvxObservation {
      const named = scope.name == null ? [] : (byName.get(scope.name) ?? []);
      const id = scope.userId ?? null;
      const own = id === null ? undefined : byId.get(id);
      const rows = own === undefined || named.includes(own) ? named : [own, ...named];
      const ids = [...new Set([...rows.map((row) => row.id), ...(id === null ? [] : [id])])];
      const unreadable = ids.flatMap((userId) => unreadableByUser.get(userId) ?? []);
      // A row without a readable name may be the account that is searched.
      const nameless = rows.length > 0 ? [] : tables.unreadable.filter((row) => row.list === 'users');
      refuseUnreadable(panel, [...unreadable, ...nameless]);
      speedUse ??= countSpeedUse(tables.permissions);
      return toObservation(scope, {
        at: tables.at,
        users: rows,
        permissions: ids.flatMap((userId) => permissionsByUser.get(userId) ?? []),
        forwards: ids.flatMap((userId) => forwardsByUser.get(userId) ?? []),
        tunnels: tables.tunnels,
        speedLimits: tables.speedLimits,
        speedUse,
        password: null,
      });
    },
  };
}

function groupBy<Row, Key>(rows: readonly Row[], toKey: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = toKey(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** The rows that an observation is selected from: at least those of the accounts with the id or the name. */
export interface ObservedTables extends Omit<FlvxObservation, 'scope' | 'user' | 'duplicates' | 'strangers'> {
  users: readonly FlvxUser[];
}

/** Selects one account from the tables. */
export function toObservation(scope: FlvxScope, tables: ObservedTables): FlvxObservation {
  const account = selectAccount(scope, tables.users, tables);
  const ids = new Set([account.user, ...account.duplicates].flatMap((user) => (user === null ? [] : [user.id])));
  // Rows whose user is gone belong to an account that was removed in part.
  if (scope.userId != null) ids.add(scope.userId);
  return {
    // All observations of a snapshot share its lists: copies for ten thousand accounts would cost more than the lists.
    at: tables.at,
    tunnels: tables.tunnels,
    speedLimits: tables.speedLimits,
    speedUse: tables.speedUse,
    password: tables.password,
    scope,
    user: account.user,
    duplicates: account.duplicates,
    strangers: account.strangers,
    permissions: tables.permissions.filter((row) => ids.has(row.userId)),
    forwards: tables.forwards.filter((row) => ids.has(row.userId)),
  };
}

/** Returns how many permissions have each speed limit. */
export function countSpeedUse(permissions: readonly FlvxPermission[]): Record<number, number> {
  const use: Record<number, number> = {};
  for (const { speedId } of permissions) if (speedId !== null) use[speedId] = (use[speedId] ?? 0) + 1;
  return use;
}

/**
 * Finds the account that is meant, and those that only have its name. A name alone proves nothing: the account belongs to the
 * service when the name is unguessable and was stored before the account was created, or when the operator adopts the only
 * account of that name.
 */
function selectAccount(
  scope: FlvxScope,
  users: readonly FlvxUser[],
  { permissions, forwards }: Pick<ObservedTables, 'permissions' | 'forwards'>,
): Pick<FlvxObservation, 'user' | 'duplicates' | 'strangers'> {
  const id = scope.userId ?? null;
  const named = users.filter((user) => user.name === scope.name).sort((a, b) => a.id - b.id);
  const ours = scope.nameIsOurs === true;
  if (id !== null) {
    const user = users.find((row) => row.id === id) ?? null;
    const others = named.filter((row) => row.id !== id);
    return { user, duplicates: ours ? others : [], strangers: ours ? [] : others };
  }
  if (ours) {
    const has = (rows: readonly { userId: number }[]) => (user: FlvxUser) => rows.some((row) => row.userId === user.id);
    const user = named.find(has(forwards)) ?? named.find(has(permissions)) ?? named[0] ?? null;
    return { user, duplicates: named.filter((row) => row !== user), strangers: [] };
  }
  if (scope.adopt === true && named.length === 1) return { user: named[0] ?? null, duplicates: [], strangers: [] };
  return { user: null, duplicates: [], strangers: named };
}
