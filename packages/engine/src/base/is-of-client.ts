import type { PurchaseRecord } from '@sluice/state-store';

/** Returns whether a purchase is of a client, such as the one whom its service has now; rows of old versions do not state theirs. */
export function isOfClient(purchase: Pick<PurchaseRecord, 'client'>, client: string | null): boolean {
  return purchase.client === null || purchase.client === client;
}
