import { checkBytes } from './bytes.js';
import { compareMoney, multiplyMoney } from './money.js';
import { QuotaCoreError } from './errors.js';

/**
 * Returns the thresholds (whole percent of the allowance) that usage has reached and that were not reported before, in
 * rising order, each once. Exact for any byte count. An allowance of 0 reaches every threshold immediately.
 *
 * @param input.already those reported in this cycle
 * @param input.used decimal text, instead of `usedBytes`, for a limit in money
 * @throws QuotaCoreError `invalid_bytes`, `invalid_money`, or `invalid_threshold` for a percentage that is not a whole number above 0
 *
 * @example
 * ```ts
 * crossedThresholds({ usedBytes: 950, allowedBytes: 1000, thresholds: [80, 90, 100], already: [80] }); // [90]
 * ```
 */
export function crossedThresholds(
  input: ({ usedBytes: number; allowedBytes: number } | { used: string; allowed: string }) & {
    thresholds: number[];
    already: number[];
  },
): number[] {
  const reaches = 'used' in input ? compareAmounts(input) : compareBytes(input);
  const crossed = new Set<number>();
  for (const threshold of input.thresholds) {
    if (!Number.isSafeInteger(threshold) || threshold <= 0) {
      throw new QuotaCoreError(
        'invalid_threshold',
        `${threshold} is not a threshold: write a whole percentage above 0`,
      );
    }
    if (!input.already.includes(threshold) && reaches(threshold)) crossed.add(threshold);
  }
  return [...crossed].sort((a, b) => a - b);
}

type Reaches = (percent: number) => boolean;

function compareBytes({ usedBytes, allowedBytes }: { usedBytes: number; allowedBytes: number }): Reaches {
  const used = BigInt(checkBytes(usedBytes, 'the usage')) * 100n;
  const allowed = BigInt(checkBytes(allowedBytes, 'the allowance'));
  return (percent) => used >= BigInt(percent) * allowed;
}

function compareAmounts({ used, allowed }: { used: string; allowed: string }): Reaches {
  const hundredfold = multiplyMoney(used, 100);
  return (percent) => compareMoney(hundredfold, multiplyMoney(allowed, percent)) >= 0;
}
