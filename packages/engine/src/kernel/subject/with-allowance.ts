import { type Allowance, type LimitDecision, type Mode, usageInMode } from '@sluice/quota-core';
import type { DecisionRecord } from '@sluice/state-store';

/** Rules that compare the usage with the allowance. */
const BY_USAGE: ReadonlySet<string> = new Set<LimitDecision['rule']>([
  'at-or-over-allowance',
  'within-release-margin',
  'below-allowance',
]);

function toRule({ kind }: Allowance, isWithin: boolean): LimitDecision['rule'] {
  if (kind !== 'limited') return kind === 'unlimited' ? kind : 'no-quota-configured';
  return isWithin ? 'below-allowance' : 'at-or-over-allowance';
}

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
  const rule = used !== null && BY_USAGE.has(decision.rule) ? toRule(allowance, isWithin) : decision.rule;
  return { ...decision, mode, allowance, rule, wouldHold, status };
}
