import { type Allowance, type Mode, usageInMode } from '@sluice/quota-core';
import type { DecisionRecord } from '@sluice/state-store';

/** Returns a decision with what is allowed since: no quota hold is due any more where less than that is used. */
export function withAllowance(
  decision: DecisionRecord,
  { mode, allowance }: { mode: Mode; allowance: Allowance },
): DecisionRecord {
  const used = usageInMode(decision, mode);
  const isWithin = allowance.kind !== 'limited' || (used !== null && used < allowance.allowedBytes);
  const wouldHold = isWithin ? decision.wouldHold.filter((reason) => reason !== 'quota') : decision.wouldHold;
  const isOver = decision.status === 'over' && (!isWithin || wouldHold.length > 0);
  const status = decision.status === 'over' && !isOver ? 'ok' : decision.status;
  return { ...decision, mode, allowance, wouldHold, status };
}
