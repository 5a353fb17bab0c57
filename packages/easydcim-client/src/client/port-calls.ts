import { change, listOf, recordOf } from './calls.js';
import { segment, type Connection } from './connection.js';
import type { JsonObject } from './json.js';
import { defaultManagementPorts, portIdKeys, readPort } from './port.js';
import { ServerPorts } from './server-ports.js';
import type { CallOptions, EasyDcimClient, EasyDcimOptions, Port } from './types.js';

export function portCalls(connection: Connection, settings: EasyDcimOptions): EasyDcimClient['ports'] {
  const managementPorts = settings.managementPorts ?? defaultManagementPorts;
  const sendEmptyBody = settings.sendEmptyBody ?? true;
  const read = (row: JsonObject): Port => readPort(row, managementPorts);
  const serverPorts = new ServerPorts(connection, managementPorts);
  const act = (action: 'disable' | 'enable') => async (portId: string, options?: CallOptions) =>
    change(
      connection,
      {
        path: `/api/v3/admin/ports/${segment(portId, 'port')}/${action}`,
        endpoint: `POST /api/v3/admin/ports/{id}/${action}`,
        sendEmptyBody,
      },
      options,
    );
  return {
    list: (serviceId, options) =>
      listOf(
        connection,
        {
          path: () => `/api/v3/client/services/${segment(serviceId, 'service')}/ports`,
          endpoint: 'GET /api/v3/client/services/{id}/ports',
          query: { with_traffic: 'true' },
          asUser: true,
          list: { name: 'ports', bareRecordIds: portIdKeys },
          read,
        },
        options,
      ),
    get: (portId, options) =>
      recordOf(
        connection,
        {
          base: '/api/v3/admin/ports',
          what: 'port',
          wrappers: ['data', 'result', 'port'],
          idKeys: portIdKeys,
          read,
          asUser: false,
        },
        portId,
        options,
      ),
    disable: act('disable'),
    enable: act('enable'),
    ofServer: (serverId, options) => serverPorts.find(serverId, options ?? {}),
  };
}
