import { listOf, recordOf } from './calls.js';
import type { Connection } from './connection.js';
import { readService, serviceIdKeys } from './order.js';
import type { EasyDcimClient } from './types.js';

const base = '/api/v3/client/services';

export function serviceCalls(connection: Connection): EasyDcimClient['services'] {
  return {
    get: (serviceId, options) =>
      recordOf(
        connection,
        {
          base,
          what: 'service',
          wrappers: ['data', 'result', 'service'],
          idKeys: serviceIdKeys,
          read: readService,
          asUser: true,
        },
        serviceId,
        options,
      ),
    list: (options) =>
      listOf(
        connection,
        {
          path: () => base,
          endpoint: `GET ${base}`,
          query: { page: 1, per_page: 100 },
          asUser: true,
          list: { name: 'services' },
          read: readService,
        },
        options,
      ),
  };
}
