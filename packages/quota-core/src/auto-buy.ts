import { checkBytes } from './bytes.js';
import { QuotaCoreError } from './errors.js';
import { parseMoney } from './money.js';

/** How many packages to buy now, and why not more or none. */
export interface AutoBuyDecision {
  count: number;
  reason: 'above-threshold' | 'limit-reached' | 'no-credit' | 'would-not-lift' | 'buy';
}

/**
 * Decides how many packages auto-buy buys for one service.
 *
 * It buys when `remainingBytes <= thresholdBytes`, as many as bring the remaining traffic above the threshold, within
 * the rest of `maxPerCycle` and what the credit pays for. It buys none when these would leave the service at or over
 * its allowance: `no-credit` where more credit would have been enough, otherwise `would-not-lift`.
 *
 * @param input.overBytes how far usage is over the allowance; 0 below it
 * @param input.price of one package, with tax, in the currency of `credit`; decimal text
 * @param input.boughtThisCycle automatic purchases only
 * @throws QuotaCoreError `invalid_bytes`, `invalid_money`, `invalid_number` for invalid figures
 *
 * @example
 * ```ts
 * autoBuy({
 *   remainingBytes: 0,
 *   overBytes: 250,
 *   thresholdBytes: 10,
 *   packageBytes: 100,
 *   price: '5.00',
 *   credit: '100.00',
 *   boughtThisCycle: 0,
 *   maxPerCycle: 5,
 * }); // { count: 3, reason: 'buy' }
 * ```
 */
export function autoBuy(input: {
  remainingBytes: number;
  overBytes: number;
  thresholdBytes: number;
  packageBytes: number;
  price: string;
  credit: string;
  boughtThisCycle: number;
  maxPerCycle: number;
}): AutoBuyDecision {
  const remaining = checkBytes(input.remainingBytes, 'the remaining traffic');
  const over = checkBytes(input.overBytes, 'the traffic over the allowance');
  const threshold = checkBytes(input.thresholdBytes, 'the threshold of auto-buy');
  const size = checkSize(input.packageBytes);
  const price = parseMoney(input.price);
  const credit = parseMoney(input.credit);
  if (price.isNegative())
    throw new QuotaCoreError('invalid_money', `the price of the package is ${input.price}: write 0 or more`);
  const allowed = checkCount(input.maxPerCycle, 'the limit per cycle');
  const left = allowed - checkCount(input.boughtThisCycle, 'the number bought in this cycle');

  if (remaining > threshold) return { count: 0, reason: 'above-threshold' };
  if (left <= 0) return { count: 0, reason: 'limit-reached' };

  const packages = BigInt(size);
  const missing = BigInt(threshold) - BigInt(remaining) + BigInt(over);
  const needed = least(missing / packages + 1n, BigInt(left));
  const affordable = price.isZero() ? needed : credit.isNegative() ? 0n : BigInt(credit.div(price).floor().toFixed(0));
  const count = least(needed, affordable);
  const fewest = BigInt(fewestToLift(input));
  if (needed < fewest) return { count: 0, reason: 'would-not-lift' };
  if (count < fewest) return { count: 0, reason: 'no-credit' };
  return { count: Number(count), reason: 'buy' };
}

/**
 * Returns the fewest packages that bring a service below its allowance, at least one: fewer are not bought automatically.
 *
 * @param input.overBytes how far usage is over the allowance; 0 below it
 * @throws QuotaCoreError `invalid_bytes` for invalid figures
 */
export function fewestToLift(input: { remainingBytes: number; overBytes: number; packageBytes: number }): number {
  const remaining = checkBytes(input.remainingBytes, 'the remaining traffic');
  const over = checkBytes(input.overBytes, 'the traffic over the allowance');
  const size = checkSize(input.packageBytes);
  return over < remaining ? 1 : Number(BigInt(over - remaining) / BigInt(size)) + 1;
}

function checkSize(bytes: number): number {
  if (checkBytes(bytes, 'the size of the package') > 0) return bytes;
  throw new QuotaCoreError('invalid_bytes', 'the size of the package is 0: it would have no effect');
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function checkCount(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new QuotaCoreError('invalid_number', `${what} is ${value}: write a whole number from 0`);
}
