import type { DeliveryState } from '@sluice/state-store';
import type { Session } from '../session.js';

/** A notice for a channel: `notify list --json` (docs/json.md). */
export interface DeliveryView {
  id: string;
  channel: string;
  event: string;
  code: string;
  service: string | null;
  panel: string | null;
  message: string;
  state: DeliveryState;
  attempts: number;
  at: string;
  /** When the next attempt is due; null where there is none. */
  nextAt: string | null;
  sentAt: string | null;
  lastError: string | null;
}

/** Which deliveries to list; the newest `limit`, default 200. */
export interface DeliveryFilter {
  state?: DeliveryState | undefined;
  limit?: number | undefined;
}

/** Lists what was sent or is to be sent, newest first. Addresses of clients are left out. */
export async function listDeliveries(
  { store }: Session,
  { state, limit = 200 }: DeliveryFilter,
): Promise<DeliveryView[]> {
  const found = await store.deliveries.list({ ...(state === undefined ? {} : { state }), limit });
  return found.map(({ delivery, notice }) => {
    const { id, channel, event, attempts, at, sentAt, lastError } = delivery;
    const { code, service, panel, message } = notice;
    const nextAt = delivery.state === 'pending' ? delivery.nextAt : null;
    return {
      id,
      channel,
      event,
      code,
      service,
      panel,
      message,
      state: delivery.state,
      attempts,
      at,
      nextAt,
      sentAt,
      lastError,
    };
  });
}
