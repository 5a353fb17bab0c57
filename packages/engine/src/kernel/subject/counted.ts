import type { CountedUsage } from '@sluice/contract/documents';
import { type Allowance, usageInMode } from '@sluice/quota-core';
import type { DecisionRecord } from '@sluice/state-store';

/** Returns the usage that counts by a decision; null before the first reading. */
export function toCountedUsage(
  decision: Pick<DecisionRecord, 'mode' | 'allowance' | 'inBytes' | 'outBytes' | 'totalBytes' | 'readAt'> | null,
): CountedUsage | null {
  if (decision?.readAt == null) return null;
  const allowance = decision.allowance as Allowance | null;
  return {
    usedBytes: decision.mode === null ? null : usageInMode(decision, decision.mode),
    allowedBytes: allowance?.kind === 'limited' ? allowance.allowedBytes : null,
    unlimited: allowance !== null && allowance.kind !== 'limited',
  };
}
