import type { FallenUsage, HoldMarks } from '@sluice/contract/documents';
import { type UsageBytes, usageInMode } from '@sluice/quota-core';
import type { DecisionRecord } from '@sluice/state-store';

const RULE = 'fall-of-more-than-half-keeps';

/** Returns whether a quota hold lasts by this decision only since a fall of more than half ends none. */
export function isKeptDespiteFall({ rule }: { rule: string }): boolean {
  return rule === RULE;
}

/** As operators see it. */
type Peak = FallenUsage & { peakBytes: number };

/** Returns the fallen usage that an open quota hold lasts in spite of; null for none. */
export function findFallen(
  decision: DecisionRecord | null,
  holds: readonly ({ reason: string } & HoldMarks)[],
): Peak | null {
  if (decision === null || !isKeptDespiteFall(decision) || decision.mode === null) return null;
  if (!holds.some(({ reason, releasing }) => reason === 'quota' && releasing !== true)) return null;
  const { peak } = (decision.inputs ?? {}) as { peak?: UsageBytes | null };
  const [usedBytes, peakBytes] = [decision, peak ?? null].map((of) => of && usageInMode(of, decision.mode ?? 'TOTAL'));
  return usedBytes == null || peakBytes == null ? null : { usedBytes, peakBytes };
}
