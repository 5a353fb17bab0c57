import type { AccountingMode } from '@sluice/quota-core';

/**
 * Why an agent is in its state. `full`: exactly at its limit, which `allocated` allows. `at-or-over-limit`: exceeded in
 * `consumed` and `panel`. `over-limit`: exceeded in `allocated`. `within-release-margin`: held, and not yet low enough for a
 * release. `dormant`: the account is not an agent any more. `missing`: not in the list. `unknown`: no list could be read. `doubted`: its
 * users' figures would exceed the limit by one jump, and the next list decides.
 */
export type AgentRule =
  | 'no-limit'
  | 'below-limit'
  | 'full'
  | 'at-or-over-limit'
  | 'over-limit'
  | 'within-release-margin'
  | 'exempt'
  | 'dormant'
  | 'missing'
  | 'unknown'
  | 'doubted';

/** What follows from an agent's limit. */
export interface Judgement {
  exceeded: boolean;
  rule: AgentRule;
  /**
   * `over` disables the users below the agent; `free` enables those that were disabled for it; `keep` does neither. A user is
   * enabled again only when every agent above it is `free`.
   */
  force: 'over' | 'keep' | 'free';
}

/** Returns whether a limit is exceeded: `allocated` may be exactly full, `consumed` and `panel` may not. */
export function isLimitExceeded(accounting: AccountingMode, usedBytes: number, limitBytes: number): boolean {
  return accounting === 'allocated' ? usedBytes > limitBytes : usedBytes >= limitBytes;
}

/** Returns whether one more user fits. Exactly filling the limit is allowed. */
export function fitsLimit(input: {
  usedBytes: number;
  reservedBytes: number;
  newBytes: number;
  limitBytes: number;
}): boolean {
  return input.usedBytes + input.reservedBytes + input.newBytes <= input.limitBytes;
}

/** Returns whether the usage is below this whole percentage of the limit. Exact for any byte count. */
export function isBelowPercent(usedBytes: number, limitBytes: number, percent: number): boolean {
  return BigInt(usedBytes) * 100n < BigInt(limitBytes) * BigInt(percent);
}

/** Decides what follows from an agent's figures. */
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
  // The figures of an account that is not in the list are not known, so that nothing is changed for it.
  if (input.missing) return { exceeded, rule: 'missing', force: 'keep' };
  if (!input.isAgent) return { exceeded, rule: 'dormant', force: 'keep' };
  if (exempt) return { exceeded, rule: 'exempt', force: 'free' };
  if (exceeded)
    return { exceeded, rule: accounting === 'allocated' ? 'over-limit' : 'at-or-over-limit', force: 'over' };
  if (held && !isBelowPercent(usedBytes, limitBytes, input.releaseBelowPercent)) {
    return { exceeded, rule: 'within-release-margin', force: 'keep' };
  }
  return { exceeded, rule: usedBytes === limitBytes ? 'full' : 'below-limit', force: 'free' };
}
