import type { FlvxCallOptions, FlvxClient } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import { listedPermissionRows, permissionRows } from '../row-list.js';
import { toQuotaFields } from './users.js';

/** The endpoints of permissions, and the export with their true status (docs/panels/flvx.md, 4 and 8.2). */
export function permissionEndpoints(api: FlvxApi): FlvxClient['permissions'] {
  const write = (path: string, body: Record<string, unknown>, options?: FlvxCallOptions): Promise<undefined> =>
    api.call({ path, kind: 'write', body }, options);
  return {
    list: (options) => permissionRows.readAll(api, options),
    listByUser: (userId, options) => listedPermissionRows.readAll(api, options, { userId }),
    assign: (userId, tunnelId, values, options) => {
      const { status, speedId } = values;
      const body = {
        userId,
        tunnelId,
        ...toQuotaFields(values),
        ...(status === undefined ? {} : { status }),
        ...(speedId === undefined ? {} : { speedId }),
      };
      return write('/tunnel/user/assign', body, options);
    },
    assignMany: (userId, tunnels, options) => {
      // A strict endpoint: no field beyond these two.
      const rows = tunnels.map(({ tunnelId, speedId }) =>
        speedId === undefined ? { tunnelId } : { tunnelId, speedId },
      );
      return write('/tunnel/user/batch-assign', { userId, tunnels: rows }, options);
    },
    update: (id, { status, speedId, ...quotas }, options) =>
      write('/tunnel/user/update', { id, ...toQuotaFields(quotas), status, speedId }, options),
    delete: (id, options) => write('/tunnel/user/remove', { id }, options),
    reset: (id, options) => write('/user/reset', { id, type: 2 }, options),
  };
}
