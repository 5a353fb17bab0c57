import type { Allowance } from '@sluice/quota-core';
import type { PurchaseRecord } from '@sluice/state-store';
import { isOfClient } from '../../base/is-of-client.js';

/** Returns the threshold in bytes; null for a percentage of an unknown or unlimited allowance. */
export function thresholdBytes(threshold: string, allowance: Allowance | null): number | null {
  if (!threshold.endsWith('%')) return Number(threshold);
  if (allowance?.kind !== 'limited') return null;
  // Percentages may have decimals; a billionth of the allowance is exact enough for a threshold.
  const share = BigInt(Math.round(Number(threshold.slice(0, -1)) * 1e7));
  return Number((BigInt(allowance.allowedBytes) * share) / 1_000_000_000n);
}

/** Returns the purchases of the client who has the service now: those of a former client count for nobody else. */
export function listOwnPurchases(client: string | null, bought: readonly PurchaseRecord[]): PurchaseRecord[] {
  return bought.filter((row) => isOfClient(row, client));
}

/** Returns whether a purchase counts towards the maximum of its cycle. */
export function isAutomatic({ actor, status }: PurchaseRecord): boolean {
  return actor === 'auto' && status !== 'failed' && status !== 'cancelled';
}
