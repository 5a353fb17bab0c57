import type { DeliveryRecord, DeliveryState, NoticeRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';

/** A notice for a channel: `notify list --json` (docs/json.md). */
export interface DeliveryView
  extends
    Omit<DeliveryRecord, 'notice' | 'recipient' | 'nextAt'>,
    Pick<NoticeRecord, 'code' | 'service' | 'panel' | 'message'> {
  /** When the next attempt is due; null where there is none. */
  nextAt: string | null;
}

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
