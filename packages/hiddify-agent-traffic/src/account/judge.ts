import type { AccountingMode } from './records.js';
import type { AgentRule } from './record-list.js';

export interface Judgement {
  exceeded: boolean;
  rule: AgentRule;
  /**
   * What follows for the users: `over` disables them; `free` gives back what was disabled; `keep` does neither. A user is
   * given back only when everybody above it is `free`.
   */
  force: 'over' | 'keep' | 'free';
}

/**
 * The one boundary, for the check before a creation and for the sweep. `allocated` may be exactly full; `consumed` and
 * `panel` are over when the limit is reached.
 */
export function isLimitExceeded(accounting: AccountingMode, usedBytes: number, limitBytes: number): boolean {
  return accounting === 'allocated' ? usedBytes > limitBytes : usedBytes >= limitBytes;
}

/** Does one more user fit? Exactly filling the limit is allowed. */
export function fitsLimit(input: {
  usedBytes: number;
  reservedBytes: number;
  newBytes: number;
  limitBytes: number;
}): boolean {
  return input.usedBytes + input.reservedBytes + input.newBytes <= input.limitBytes;
}

/** Is `usedBytes` below the mark under which users are given back? Exact for any byte count. */
export function isBelowRelease(usedBytes: number, limitBytes: number, percent: number): boolean {
  return BigInt(usedBytes) * 100n < BigInt(limitBytes) * BigInt(percent);
}

/** The verdict about one agent from its figures. Pure. */
export function judge(input: {
  accounting: AccountingMode;
  usedBytes: number;
  limitBytes: number | null;
  held: boolean;
  releaseBelowPercent: number;
  exempt: boolean;
  isAgent: boolean;
  missing: boolean;
}): Judgement {
  const { accounting, usedBytes, limitBytes, held, exempt } = input;
  if (limitBytes === null) return { exceeded: false, rule: input.missing ? 'missing' : 'no-limit', force: 'free' };
  const exceeded = isLimitExceeded(accounting, usedBytes, limitBytes);
  // Nothing can be told of an account that is not in the list, so nothing is changed for it either way.
  if (input.missing) return { exceeded, rule: 'missing', force: 'keep' };
  if (!input.isAgent) return { exceeded, rule: 'dormant', force: 'keep' };
  if (exempt) return { exceeded, rule: 'exempt', force: 'free' };
  if (exceeded)
    return { exceeded, rule: accounting === 'allocated' ? 'over-limit' : 'at-or-over-limit', force: 'over' };
  if (held && !isBelowRelease(usedBytes, limitBytes, input.releaseBelowPercent)) {
    return { exceeded, rule: 'within-release-margin', force: 'keep' };
  }
  return { exceeded, rule: usedBytes === limitBytes ? 'full' : 'below-limit', force: 'free' };
}
