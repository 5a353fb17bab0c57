import * as z from 'zod';
import type { FlvxCallOptions, FlvxClient, FlvxWrites } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import {
  grantSchema,
  nodeSchema,
  speedLimitSchema,
  tunnelGroupSchema,
  tunnelSchema,
  userGroupSchema,
} from '../parse/site.js';
import type { EpochMs } from '../units.js';

const tunnels = z.array(tunnelSchema);
const nodes = z.array(nodeSchema);
const limits = z.array(speedLimitSchema);
const userGroups = z.array(userGroupSchema);
const tunnelGroups = z.array(tunnelGroupSchema);
const grants = z.array(grantSchema);

/** The endpoints of tunnels, nodes, speed limits and groups (docs/panels/flvx.md, 5 and 8.1). */
export function siteEndpoints(api: FlvxApi): Pick<FlvxClient, 'tunnels' | 'nodes' | 'speedLimits' | 'groups'> {
  const list =
    <Row>(path: string, data: z.ZodType<Row[]>) =>
    (options?: FlvxCallOptions): Promise<Row[]> =>
      api.call({ path, kind: 'read', data }, options);
  return {
    tunnels: {
      list: list('/tunnel/list', tunnels),
      get: (id, options) => api.call({ path: '/tunnel/get', kind: 'read', body: { id }, data: tunnelSchema }, options),
    },
    nodes: { list: list('/node/list', nodes), status: list('/node/check-status', nodes) },
    speedLimits: {
      list: list('/speed-limit/list', limits),
      create: ({ name, tunnelId, speed }, options) =>
        api.call({ path: '/speed-limit/create', kind: 'write', body: { name, tunnelId, speed, status: 1 } }, options),
      delete: (id, options) => api.call({ path: '/speed-limit/delete', kind: 'write', body: { id } }, options),
    },
    groups: {
      users: list('/group/user/list', userGroups),
      tunnels: list('/group/tunnel/list', tunnelGroups),
      grants: list('/group/permission/list', grants),
    },
  };
}

const id = z.int().positive();
const written = z.object({ id, updatedTime: z.int() });
const node = z.object({ id, name: z.string(), status: z.int(), updatedTime: z.int().default(0) });

/** When each forward, tunnel and node was last written to. A row that can't be read is left out. */
export async function readWrites(api: FlvxApi, options?: FlvxCallOptions): Promise<FlvxWrites> {
  const { at, forwards, tunnels, nodes } = await api.exportSite(options);
  return {
    at: at as EpochMs,
    forwards: toInstants(forwards),
    tunnels: toInstants(tunnels),
    nodes: new Map(
      nodes.flatMap((raw) => {
        const read = node.safeParse(raw);
        if (!read.success) return [];
        const { id: key, name, status, updatedTime } = read.data;
        return [[key, { changedAt: updatedTime as EpochMs, online: status === 1, name }] as const];
      }),
    ),
  };
}

function toInstants(rows: unknown[]): Map<number, EpochMs> {
  return new Map(
    rows.flatMap((raw) => {
      const read = written.safeParse(raw);
      return read.success ? [[read.data.id, read.data.updatedTime as EpochMs] as const] : [];
    }),
  );
}
