import { checkBytes } from './bytes.js';
import { QuotaCoreError } from './errors.js';

/**
 * Returns the thresholds (whole percent of the allowance) that usage has reached and that were not reported before, in
 * rising order, each once. Exact for any byte count. An allowance of 0 reaches every threshold immediately.
 *
 * @param input.already those reported in this cycle
 * @throws QuotaCoreError `invalid_bytes`, or `invalid_threshold` for a percentage that is not a whole number above 0
 *
 * @example
 * ```ts
 * crossedThresholds({ usedBytes: 950, allowedBytes: 1000, thresholds: [80, 90, 100], already: [80] }); // [90]
 * ```
 */
export function crossedThresholds(input: {
  usedBytes: number;
  allowedBytes: number;
  thresholds: number[];
  already: number[];
}): number[] {
  const used = BigInt(checkBytes(input.usedBytes, 'the usage')) * 100n;
  const allowed = BigInt(checkBytes(input.allowedBytes, 'the allowance'));
  const crossed = new Set<number>();
  for (const threshold of input.thresholds) {
    if (!Number.isSafeInteger(threshold) || threshold <= 0) {
      throw new QuotaCoreError(
        'invalid_threshold',
        `${threshold} is not a threshold: write a whole percentage above 0`,
      );
    }
    if (!input.already.includes(threshold) && used >= BigInt(threshold) * allowed) crossed.add(threshold);
  }
  return [...crossed].sort((a, b) => a - b);
}
