import type { PurchaseRecord } from '@sluice/state-store';
import type { EngineBench } from '../bench/engine-bench.js';

/** Adds a purchase of svc-1 that was paid now, as the ledger leaves it. */
export async function addPaid(
  { clock, store }: EngineBench,
  bought: Pick<PurchaseRecord, 'id' | 'cycle' | 'bytes'> & Partial<Pick<PurchaseRecord, 'actor'>>,
): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  await store.purchases.add({
    ...{ service: 'svc-1', package: 'extra', price: '5.00', currency: 'EUR', charged: '5.00', taxed: false },
    ...{ status: 'paid', actor: 'manual', client: null, billing: 'ledger', invoice: null, key: bought.id },
    ...{ at, paidAt: at, refundedAt: null, refundSentAt: null, run: null, note: null },
    ...bought,
  });
}
