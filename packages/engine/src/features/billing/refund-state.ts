import { IMPORTED } from '../../base/purchase-keys.js';
import type { PurchaseView } from '@sluice/contract/documents';
import type { PurchaseRecord } from '@sluice/state-store';

type Refunded = Pick<PurchaseRecord, 'status' | 'refundedAt' | 'refundSentAt'>;

/** What is known of the refund of a purchase; null where nothing is returned. */
export function toRefund({ status, refundedAt, refundSentAt }: Refunded): PurchaseView['refund'] {
  if (status !== 'refunded') return null;
  if (refundedAt !== null) return 'made';
  return refundSentAt === null ? 'waiting' : 'in-doubt';
}

/** Returns whether the price of a purchase is to be returned, and is not, as far as is known. */
export function isRefunding(row: Refunded): boolean {
  const refund = toRefund(row);
  return refund === 'waiting' || refund === 'in-doubt';
}

/** Returns the state of a purchase as documents show it. */
export function toPurchaseState(row: Refunded): Pick<PurchaseView, 'status' | 'refund'> {
  return { status: isRefunding(row) ? 'refunding' : row.status, refund: toRefund(row) };
}

/** Returns what documents say of a purchase that another tool has charged. */
export function toImported(billing: PurchaseRecord['billing']): Pick<PurchaseView, 'imported'> {
  return billing === IMPORTED ? { imported: true } : {};
}

/** Returns the state of a purchase in words: `refunding (in doubt)`, `paid elsewhere`. */
export function describePurchaseState({
  status,
  refund,
  imported,
}: Pick<PurchaseView, 'status' | 'refund' | 'imported'>): string {
  if (imported === true && status === 'paid') return 'paid elsewhere';
  return refund === 'in-doubt' ? `${status} (in doubt)` : status;
}
