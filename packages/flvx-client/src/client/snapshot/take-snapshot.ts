import * as z from 'zod';
import type { FlvxCallOptions, FlvxClient, FlvxSnapshotParts } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import type { FlvxObservation, FlvxScope, FlvxSnapshot, FlvxUnreadableRow } from '../observation.js';
import { forwardRows, permissionRows, userRows, type UnreadableRow } from '../parse/rows.js';
import type { FlvxUser } from '../records.js';
import { toObservation, refuseUnreadable, countSpeedUse } from './select-account.js';

const rows = z.array(z.unknown());

/** Reads each list once, at the same time, and indexes them. A row that can't be parsed makes its account unreadable, not the snapshot. */
export async function takeSnapshot(
  api: FlvxApi,
  site: Pick<FlvxClient, 'tunnels' | 'nodes' | 'speedLimits' | 'groups'>,
  wanted: FlvxSnapshotParts,
  options: FlvxCallOptions,
): Promise<FlvxSnapshot> {
  const read = <Row>(asked: boolean | undefined, list: (o: FlvxCallOptions) => Promise<Row[]>): Promise<Row[]> =>
    asked === true ? list(options) : Promise.resolve([]);
  const [users, permissions, forwards, tunnels, speedLimits, nodes, userGroups, tunnelGroups, grants] =
    await Promise.all([
      api.call({ path: '/user/list', kind: 'read', data: rows }, options),
      api.exportPermissions(options),
      api.call({ path: '/forward/list', kind: 'read', data: rows }, options),
      read(wanted.tunnels, (o) => site.tunnels.list(o)),
      read(wanted.speedLimits, (o) => site.speedLimits.list(o)),
      read(wanted.nodes, (o) => site.nodes.status(o)),
      read(wanted.groups, (o) => site.groups.users(o)),
      read(wanted.groups, (o) => site.groups.tunnels(o)),
      read(wanted.groups, (o) => site.groups.grants(o)),
    ]);
  const understood = {
    users: userRows.read(api.panel, users),
    permissions: permissionRows.read(api.panel, permissions),
    forwards: forwardRows.read(api.panel, forwards),
  };
  return buildSnapshot({
    panel: api.panel,
    at: api.clock.now(),
    users: understood.users.rows,
    permissions: understood.permissions.rows,
    forwards: understood.forwards.rows,
    tunnels,
    speedLimits,
    nodes,
    userGroups,
    tunnelGroups,
    grants,
    unreadable: {
      users: understood.users.unreadable,
      permissions: understood.permissions.unreadable,
      forwards: understood.forwards.unreadable,
    },
  });
}

type Parts =
  'at' | 'permissions' | 'forwards' | 'tunnels' | 'speedLimits' | 'nodes' | 'userGroups' | 'tunnelGroups' | 'grants';

/** The lists as read. */
export interface SnapshotLists extends Pick<FlvxSnapshot, Parts> {
  panel: string;
  users: readonly FlvxUser[];
  unreadable: Record<FlvxUnreadableRow['list'], readonly UnreadableRow[]>;
}

/** Indexes the lists once, so that lookups do not depend on the number of users. */
export function buildSnapshot(lists: SnapshotLists): FlvxSnapshot {
  const { panel, unreadable: bad, users, ...parts } = lists;
  const byId = new Map(users.map((user) => [user.id, user]));
  const byName = groupBy(users, (user) => user.name);
  const permissionsByUser = groupBy(parts.permissions, (row) => row.userId);
  const forwardsByUser = groupBy(parts.forwards, (row) => row.userId);
  const unreadable = (['users', 'permissions', 'forwards'] as const).flatMap((list) =>
    bad[list].map((row): FlvxUnreadableRow => ({ list, ...row })),
  );
  const unreadableByUser = groupBy(unreadable, (row) => row.userId);
  let use: Record<number, number> | null = null;

  return {
    ...parts,
    users: byId,
    unreadable,
    findUsers: (name) => byName.get(name) ?? [],
    listPermissions: (id) => permissionsByUser.get(id) ?? [],
    listForwards: (id) => forwardsByUser.get(id) ?? [],
    listUnreadable: (id) => unreadableByUser.get(id) ?? [],
    findTunnels: (group) =>
      parts.tunnelGroups.find((row) => (typeof group === 'number' ? row.id : row.name) === group)?.tunnelIds ?? null,
    observe(scope: FlvxScope): FlvxObservation {
      const named = scope.name == null ? [] : (byName.get(scope.name) ?? []);
      const id = scope.userId ?? null;
      const own = id === null ? undefined : byId.get(id);
      const rows = own === undefined || named.includes(own) ? named : [own, ...named];
      const ids = new Set([...rows.map((row) => row.id), ...(id === null ? [] : [id])]);
      const odd = [...ids].flatMap((of) => unreadableByUser.get(of) ?? []);
      // A row without a readable name may be the account that is searched.
      refuseUnreadable(panel, rows.length === 0 ? [...odd, ...unreadable.filter((row) => row.list === 'users')] : odd);
      use ??= countSpeedUse(parts.permissions);
      return toObservation(scope, {
        at: parts.at,
        users: rows,
        permissions: [...ids].flatMap((of) => permissionsByUser.get(of) ?? []),
        forwards: [...ids].flatMap((of) => forwardsByUser.get(of) ?? []),
        tunnels: parts.tunnels,
        speedLimits: parts.speedLimits,
        speedUse: use,
        password: null,
      });
    },
  };
}

function groupBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
