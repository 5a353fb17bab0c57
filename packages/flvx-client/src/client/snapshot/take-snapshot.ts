import * as z from 'zod';
import type { FlvxCallOptions, FlvxClient, FlvxSnapshotParts } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import { forwardRows, permissionRows, userRows } from '../records/read-rows.js';
import { buildSnapshot } from './build-snapshot.js';
import type { FlvxSnapshot } from './snapshot.js';

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
