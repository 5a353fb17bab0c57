import type { StoreTables } from '@sluice/state-store';

/** The code of a client whom the billing system has no longer, and of whom something is not finished. */
export const CLIENT_MISSING = 'client_missing';

/** Returns the key of the condition that a client is missing. */
export function missingKey(client: string): string {
  return `${CLIENT_MISSING}:${client}`;
}

/** Returns the key of the condition that a client was deleted, as a person stated. */
export function endedKey(client: string): string {
  return `client_ended:${client}`;
}

/** Begins the keys of refunds that were sent before their client was merged into another one. */
export const REFUND_OF_MERGED = 'refund_of_merged:';

/** Returns the key of the condition that a purchase was cancelled, since when; all begin with that of an empty id. */
export function cancelledKey(purchase: string): string {
  return `purchase_cancelled:${purchase}`;
}

/** Returns the key of the condition that the price of a purchase is to be returned. */
export function dueRefundKey(purchase: string): string {
  return `refund_due:${purchase}`;
}

/** Returns the key of the condition that the refund of a purchase was sent before its client was merged into another one. */
export function mergedRefundKey(purchase: string): string {
  return `${REFUND_OF_MERGED}${purchase}`;
}

/** Ends what is stored of the refund of a purchase, once it is not to be made any more. */
export async function endRefund({ conditions }: Pick<StoreTables, 'conditions'>, purchase: string): Promise<void> {
  for (const key of [dueRefundKey(purchase), mergedRefundKey(purchase)]) await conditions.end(key);
}
