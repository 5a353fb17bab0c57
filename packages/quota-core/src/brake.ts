import { Decimal } from 'decimal.js';
import { QuotaCoreError } from './errors.js';

/** The brake of a config that states neither figure, and the default of the other one where it states one. */
export const DEFAULT_BRAKE: { readonly share: number; readonly atLeast: number } = { share: 0.2, atLeast: 5 };

/** Panels with fewer services than this have the brake of small panels, if the config states none. */
export const SMALL_PANEL = 10;

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

/** What a run would change on a panel. */
export interface BrakeInput {
  /** Services, or agents with a limit, that would change. */
  changing: number;
  /** Those of them for which a hold would begin, or whose account would be removed. */
  beginning: number;
  /** Active services of the panel, or agents with a limit. */
  active: number;
  /** What the config states. */
  stated: { share?: number | undefined; atLeast?: number | undefined };
}

/**
 * Returns whether the brake stops a run. Where the config states no figure, a panel with fewer than ten services is stopped
 * at two holds that would begin or accounts that would be removed, if they are more than half of its services.
 *
 * @example
 * ```ts
 * brakeActs({ changing: 2, beginning: 2, active: 3, stated: {} }); // true
 * ```
 */
export function brakeActs({ changing, beginning, active, stated }: BrakeInput): boolean {
  const { share = DEFAULT_BRAKE.share, atLeast = DEFAULT_BRAKE.atLeast } = stated;
  const isStated = stated.share !== undefined || stated.atLeast !== undefined;
  if (isStated || active >= SMALL_PANEL) return brakeStops({ changing, active, share, atLeast });
  return brakeStops({ changing: beginning, active, share: 0.5, atLeast: 2 });
}
