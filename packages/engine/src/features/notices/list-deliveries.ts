import type { DeliveryView } from '@sluice/contract/documents';
import type { DeliveryState } from '@sluice/state-store';
import type { Context } from '../../context/context.js';

/** Which deliveries to list; the newest `limit`, default 200. */
export interface DeliveryFilter {
  state?: DeliveryState | undefined;
  limit?: number | undefined;
}

/** Lists what was sent or is to be sent, newest first. Addresses of clients are left out. */
export async function listDeliveries(
  { store }: Context,
  { state, limit = 200 }: DeliveryFilter,
): Promise<DeliveryView[]> {
  const found = await store.deliveries.list({ ...(state === undefined ? {} : { state }), limit });
  return found.map(({ delivery, notice }) => {
    const { notice: _notice, recipient: _recipient, ...shown } = delivery;
    const { code, service, panel, message } = notice;
    return { ...shown, nextAt: shown.state === 'pending' ? shown.nextAt : null, code, service, panel, message };
  });
}
