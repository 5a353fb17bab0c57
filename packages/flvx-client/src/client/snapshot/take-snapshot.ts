import type { FlvxCallOptions, FlvxClient, FlvxSnapshotParts } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import type { FlvxObservation, FlvxScope, FlvxSnapshot } from '../observation.js';
import type { FlvxUser } from '../records.js';
import { forwardRows, permissionRows, refuseUnreadable, userRows } from '../row-list.js';
import { countSpeedUse, toObservation } from './select-account.js';

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
