import type { UnreadableRow } from '../records/read-rows.js';
import type { FlvxUser } from '../records/user.js';
import type { FlvxObservation, FlvxScope } from './observation.js';
import { observationOf, speedUseOf } from './observation-of.js';
import { refuseUnreadable } from './refuse-unreadable.js';
import type { FlvxSnapshot, FlvxUnreadableRow } from './snapshot.js';

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
    usersNamed: (name) => byName.get(name) ?? [],
    permissionsOf: (id) => permissionsByUser.get(id) ?? [],
    forwardsOf: (id) => forwardsByUser.get(id) ?? [],
    unreadableOf: (id) => unreadableByUser.get(id) ?? [],
    tunnelsOfGroup: (group) =>
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
      use ??= speedUseOf(parts.permissions);
      return observationOf(scope, {
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
