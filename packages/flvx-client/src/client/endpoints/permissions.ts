import * as z from 'zod';
import type { FlvxClient } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import { parseEvery, listedPermissionRows, permissionRows } from '../parse/rows.js';
import { quotaFields } from './wire.js';

const rows = z.array(z.unknown());

/** The endpoints of permissions, and the export with their true status (docs/panels/flvx.md, 4 and 8.2). */
export function permissionEndpoints(api: FlvxApi): FlvxClient['permissions'] {
  return {
    list: async (options) => parseEvery(api.panel, permissionRows, await api.exportPermissions(options)),
    ofUser: async (userId, options) =>
      parseEvery(
        api.panel,
        listedPermissionRows,
        await api.call({ path: '/tunnel/user/list', kind: 'read', body: { userId }, data: rows }, options),
      ),
    assign: (userId, tunnelId, values, options) =>
      api.call(
        {
          path: '/tunnel/user/assign',
          kind: 'write',
          body: {
            userId,
            tunnelId,
            ...quotaFields(values),
            ...(values.status === undefined ? {} : { status: values.status }),
            ...(values.speedId === undefined ? {} : { speedId: values.speedId }),
          },
        },
        options,
      ),
    assignMany: (userId, tunnels, options) =>
      api.call(
        {
          path: '/tunnel/user/batch-assign',
          kind: 'write',
          // A strict endpoint: no field beyond these two.
          body: {
            userId,
            tunnels: tunnels.map(({ tunnelId, speedId }) =>
              speedId === undefined ? { tunnelId } : { tunnelId, speedId },
            ),
          },
        },
        options,
      ),
    replace: (id, values, options) =>
      api.call(
        {
          path: '/tunnel/user/update',
          kind: 'write',
          body: { id, ...quotaFields(values), status: values.status, speedId: values.speedId },
        },
        options,
      ),
    remove: (id, options) => api.call({ path: '/tunnel/user/remove', kind: 'write', body: { id } }, options),
    reset: (id, options) => api.call({ path: '/user/reset', kind: 'write', body: { id, type: 2 } }, options),
  };
}
