import * as z from 'zod';
import type { FlvxCallOptions, FlvxClient } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import {
  grantSchema,
  nodeSchema,
  speedLimitSchema,
  tunnelGroupSchema,
  tunnelSchema,
  userGroupSchema,
} from '../records/read-site.js';

const tunnels = z.array(tunnelSchema);
const nodes = z.array(nodeSchema);
const limits = z.array(speedLimitSchema);
const userGroups = z.array(userGroupSchema);
const tunnelGroups = z.array(tunnelGroupSchema);
const grants = z.array(grantSchema);

/** The endpoints of tunnels, nodes, speed limits and groups (docs/panels/flvx.md, 5 and 8.1). */
export function siteOf(api: FlvxApi): Pick<FlvxClient, 'tunnels' | 'nodes' | 'speedLimits' | 'groups'> {
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
