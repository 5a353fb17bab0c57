import type { OtherRule } from './decide.js';
import type { LimitRule } from './limit.js';

const WORDS: Record<LimitRule | OtherRule, string> = {
  'below-allowance': 'usage is below the allowance',
  'at-or-over-allowance': 'the allowance is used up',
  'over-allowance': 'more than the allowance is used',
  'within-release-margin': 'usage is only just below the allowance',
  'fall-of-more-than-half-keeps': 'usage fell by more than half, which releases nothing',
  'until-window-end': 'the window of the limit has not ended',
  'unknown-usage': 'usage is unknown',
  'unknown-usage-keeps': 'usage is unknown, which releases nothing',
  unlimited: 'there is no limit',
  'no-quota-configured': 'there is no quota',
  'no-quota-configured-keeps': 'there is no quota any more, which releases nothing',
  'not-metered': 'usage is not metered',
  'not-metered-keeps': 'usage is not metered any more, which releases nothing',
  'overdue-ignored': 'the service is overdue and not metered',
  'overdue-ignored-keeps': 'the service is overdue and not metered, which releases nothing',
  'billing-suspended': 'the service is suspended for its bill',
  overdue: 'the due date has passed',
  manual: 'an operator restricted it',
  'agent-limit': 'its agent is over its limit',
};

/**
 * Returns a rule of a decision or a hold in words, as a part of a sentence; null for text that is not such a rule.
 *
 * @example
 * ```ts
 * describeRule('at-or-over-allowance'); // the allowance is used up
 * ```
 */
export function describeRule(rule: string): string | null {
  return Object.hasOwn(WORDS, rule) ? WORDS[rule as keyof typeof WORDS] : null;
}

/**
 * Returns the reason of a hold in words: `limit of its agent` for `agent-limit`. The other reasons are words already, or names of
 * limits in the config.
 */
export function describeReason(reason: string): string {
  return reason === 'agent-limit' ? 'limit of its agent' : reason;
}
