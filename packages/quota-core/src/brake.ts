import { Decimal } from 'decimal.js';
import { QuotaCoreError } from './errors.js';

/**
 * Returns whether a run must stop before its first change: at least `atLeast` services would change, and more than
 * `share` of the active ones. Exactly the share passes.
 *
 * @param input.share from 0 to 1, compared as a decimal number
 * @throws QuotaCoreError `invalid_number`
 *
 * @example
 * ```ts
 * brakeStops({ changing: 21, active: 100, share: 0.2, atLeast: 10 }); // true
 * ```
 */
export function brakeStops(input: { changing: number; active: number; share: number; atLeast: number }): boolean {
  const { changing, active, share, atLeast } = input;
  for (const [what, count] of Object.entries({ changing, active, atLeast })) {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new QuotaCoreError('invalid_number', `${what} is ${count}: write a whole number from 0`);
    }
  }
  if (!(share >= 0 && share <= 1)) {
    throw new QuotaCoreError('invalid_number', `the brake's share is ${share}: write a number from 0 to 1`);
  }
  // In binary 0.29 * 100 is less than 29, so that the brake would stop at exactly its share.
  return changing >= atLeast && new Decimal(share).times(active).lessThan(changing);
}
