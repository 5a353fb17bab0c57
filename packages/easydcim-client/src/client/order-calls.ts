import { change, listOf, recordOf } from './calls.js';
import { segment, type Connection } from './connection.js';
import { orderIdKeys, readOrder } from './order.js';
import type { CallOptions, EasyDcimClient, EasyDcimOptions } from './types.js';

const base = '/api/v3/admin/orders';

export function orderCalls(connection: Connection, settings: EasyDcimOptions): EasyDcimClient['orders'] {
  const sendEmptyBody = settings.sendEmptyBody ?? true;
  const act = (action: 'suspend' | 'unsuspend') => async (orderId: string, options?: CallOptions) =>
    change(
      connection,
      {
        path: `${base}/${segment(orderId, 'order')}/service/${action}`,
        endpoint: `POST ${base}/{id}/service/${action}`,
        sendEmptyBody,
      },
      options,
    );
  return {
    get: (orderId, options) =>
      recordOf(
        connection,
        {
          base,
          what: 'order',
          wrappers: ['data', 'result', 'order'],
          idKeys: orderIdKeys,
          read: readOrder,
          asUser: false,
        },
        orderId,
        options,
      ),
    list: (options) =>
      listOf(
        connection,
        {
          path: () => base,
          endpoint: `GET ${base}`,
          query: { page: 1, per_page: 100 },
          asUser: false,
          list: { name: 'orders' },
          read: readOrder,
        },
        options,
      ),
    suspend: act('suspend'),
    unsuspend: act('unsuspend'),
  };
}
