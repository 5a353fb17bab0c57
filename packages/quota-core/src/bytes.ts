import { Decimal } from 'decimal.js';
import { QuotaCoreError, quote } from './errors.js';
import { parseMoney } from './money.js';

/** One GB, as on every panel: 1024³ bytes. */
export const BYTES_PER_GB = 1024 ** 3;

const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P'] as const;
const MAX = Number.MAX_SAFE_INTEGER;
const PLAIN_NUMBER = /^\d{1,24}(?:\.\d{1,24})?$/;
const WITH_UNIT = /^(\d{1,24}(?:\.\d{1,24})?)\s*(?:([KMGTP])(?:iB|B)|([kmgtp])i?b|([Bb]))$/;

// More digits than any valid size needs, so that nothing is rounded before the check.
const Exact = Decimal.clone({ precision: 60 });

/**
 * Parses a size with its unit to whole bytes: `10TB`, `500 GB`, `1.5GiB`, `512mb`, `1024B`, or `0`.
 * `KB` and `KiB` both mean 1024 bytes, and so on up to `PB`. Fractions of a byte are rounded to the nearest byte.
 *
 * @throws QuotaCoreError `invalid_size` without a unit, with an unknown one (`Gb` is bits), for a negative size,
 *   a size above 2⁵³−1 bytes, or one that would be rounded to zero.
 *
 * @example
 * ```ts
 * parseSize('10TB'); // 10995116277760
 * ```
 */
export function parseSize(text: string): number {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  const match = WITH_UNIT.exec(trimmed);
  if (match === null) {
    throw new QuotaCoreError(
      'invalid_size',
      `${quote(text)} is not a size: write a number and a unit from B to PB, such as 500GB or 1.5TB`,
    );
  }
  const prefix = (match[2] ?? match[3] ?? '').toUpperCase();
  const power = PREFIXES.findIndex((known) => known === prefix);
  return toWholeBytes(new Exact(match[1] ?? '').times(new Exact(1024).pow(power)), text);
}

/**
 * Converts decimal gigabytes (`'1.5'`, `250`) to whole bytes, 1 GB being 1024³ bytes, rounded to the nearest byte.
 *
 * @throws QuotaCoreError `invalid_size` for anything but a plain decimal number from zero to 2⁵³−1 bytes, and for
 *   one that would be rounded to zero.
 *
 * @example
 * ```ts
 * gigabytesToBytes('1.5'); // 1610612736
 * ```
 */
export function gigabytesToBytes(gb: string | number): number {
  const text = String(gb).trim();
  if (!PLAIN_NUMBER.test(text)) {
    throw new QuotaCoreError(
      'invalid_size',
      `${quote(gb)} is not a number of gigabytes: write a plain decimal number such as 500 or 1.5`,
    );
  }
  return toWholeBytes(new Exact(text).times(BYTES_PER_GB), text);
}

/**
 * Parses traffic as people write it to whole bytes: a size with its unit as {@link parseSize} reads it, or a plain number, which is
 * of GB.
 *
 * @throws QuotaCoreError `invalid_size` for anything else; its message has examples
 *
 * @example
 * ```ts
 * parseTraffic('10'); // 10737418240
 * parseTraffic('1.5TB'); // 1649267441664
 * ```
 */
export function parseTraffic(text: string): number {
  const trimmed = text.trim();
  if (PLAIN_NUMBER.test(trimmed)) return gigabytesToBytes(trimmed);
  if (WITH_UNIT.test(trimmed)) return parseSize(trimmed);
  throw new QuotaCoreError(
    'invalid_size',
    `${quote(text)} is not a size: write a number of GB such as 10, or a size with its unit such as 500MB or 1.5TB`,
  );
}

/**
 * Formats whole bytes with the largest fitting unit: `0 B`, `1023 MB`, `1.50 TB`. A figure that is not a whole number
 * of its unit has two decimals, rounded to the nearest, so `1 TB` is exact and `1.00 TB` is not. 2⁵³−1, at which sums end, is
 * `8 PB or more`.
 *
 * @throws QuotaCoreError `invalid_bytes` for anything but a whole number from 0 to 2⁵³−1.
 *
 * @example
 * ```ts
 * formatBytes(1_649_267_441_664); // 1.50 TB
 * ```
 */
export function formatBytes(bytes: number): string {
  const split = splitBytes(bytes);
  return split === null ? '8 PB or more' : `${split.figure} ${split.unit}`;
}

/** A figure of bytes in the largest fitting unit. */
export interface SizeFigure {
  /** A plain decimal number, whole or with two decimals. */
  figure: string;
  unit: 'B' | 'KB' | 'MB' | 'GB' | 'TB' | 'PB';
}

/**
 * Returns whole bytes as {@link formatBytes} writes them, the figure apart from its unit; null for 2⁵³−1, at which sums end.
 *
 * @throws QuotaCoreError `invalid_bytes` as {@link formatBytes}
 *
 * @example
 * ```ts
 * splitBytes(1_649_267_441_664); // { figure: '1.50', unit: 'TB' }
 * ```
 */
export function splitBytes(bytes: number): SizeFigure | null {
  checkBytes(bytes, 'the figure to print');
  if (bytes === MAX) return null;
  let power = 0;
  while (power < PREFIXES.length - 1 && bytes >= 1024 ** (power + 1)) power += 1;
  const unit = 1024 ** power;
  if (bytes % unit === 0) return { figure: String(bytes / unit), unit: `${PREFIXES[power] ?? ''}B` };
  const rounded = (bytes / unit).toFixed(2);
  // 1023.999 MB would print as 1024.00 MB.
  if (rounded === '1024.00' && power < PREFIXES.length - 1)
    return { figure: '1.00', unit: `${PREFIXES[power + 1] ?? ''}B` };
  return { figure: rounded, unit: `${PREFIXES[power] ?? ''}B` };
}

/**
 * Returns the nearest size below or above (or equal) that {@link formatBytes} writes without rounding it further, so that people who
 * type what they read stay on the right side.
 *
 * @throws QuotaCoreError `invalid_bytes` as {@link formatBytes}
 *
 * @example
 * ```ts
 * formatBytes(roundBytes(1_073_741_823, 'down')); // 1023.99 MB
 * ```
 */
export function roundBytes(bytes: number, way: 'down' | 'up'): number {
  const split = splitBytes(bytes);
  if (split === null) return bytes;
  const { figure, unit } = split;
  const near = parseSize(`${figure}${unit}`);
  if (near === bytes || near < bytes === (way === 'down')) return near;
  return parseSize(`${new Exact(figure).plus(way === 'down' ? -0.01 : 0.01).toFixed(2)}${unit}`);
}

/**
 * Formats how much of a whole is used, as {@link toPercent} computes it: `83%`. A share of ten times the whole and more is `over 999%`,
 * since the figure means nothing to people; one below 1 % that is not zero is `<1%`. Null where a figure is unknown.
 *
 * @example
 * ```ts
 * formatShare(104, 100); // 104%
 * formatShare(58_824, 1); // over 999%
 * formatShare(1, 1000); // <1%
 * ```
 */
export function formatShare(used: number | string | null, allowed: number | string | null): string | null {
  const percent = toPercent(used, allowed);
  if (percent === null) return null;
  if (percent > 0 && percent < 1) return '<1%';
  return percent > 999 ? 'over 999%' : `${percent}%`;
}

/**
 * Returns how much of a whole is used in percent, of bytes, of parts of 1, or of amounts of money as decimal text: whole, rounded down,
 * so that 99.6 is 99; as it is between 0 and 1, so that little is not nothing. An allowance of 0 is used up: 100. Null where a figure is
 * unknown.
 *
 * @throws QuotaCoreError `invalid_money` for text that is not a plain decimal number
 *
 * @example
 * ```ts
 * toPercent(996, 1000); // 99
 * toPercent('1.00', '500.00'); // 0.2
 * ```
 */
export function toPercent(used: number | string | null, allowed: number | string | null): number | null {
  if (used === null || allowed === null) return null;
  const [part, whole] = [toDecimal(used), toDecimal(allowed)];
  if (whole.isZero()) return 100;
  const percent = part.times(100).dividedBy(whole);
  return percent.lessThan(1) ? percent.toNumber() : percent.floor().toNumber();
}

// The decimal text of a number is exact for shares such as 0.29, which times 100 would be 28.999… .
const toDecimal = (figure: number | string): Decimal =>
  new Exact(typeof figure === 'number' ? figure : parseMoney(figure));

/**
 * Returns `value` when it is a whole number of bytes from 0 to 2⁵³−1.
 *
 * @param what names the figure in the message, for instance `"outBytes" of service 7`.
 * @throws QuotaCoreError `invalid_bytes` for everything else: text, fractions, negative, NaN, infinite, too large.
 */
export function checkBytes(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new QuotaCoreError(
    'invalid_bytes',
    `${what} is ${quote(value)}, which is not a whole number of bytes from 0 to ${MAX}`,
  );
}

/**
 * Returns the sum of two figures in bytes, at most 2⁵³−1. Sums of what a panel shows end there: users without a limit may have been
 * sold more than can be counted.
 *
 * @example
 * ```ts
 * addBytes(1024, 512); // 1536
 * ```
 */
export function addBytes(one: number, other: number): number {
  return Math.min(one + other, MAX);
}

function toWholeBytes(exact: Decimal, text: string): number {
  const whole = exact.toDecimalPlaces(0, Decimal.ROUND_HALF_UP);
  if (whole.greaterThan(MAX)) {
    throw new QuotaCoreError('invalid_size', `${quote(text)} is too large: sizes go up to 2^53 - 1 bytes (8 PB)`);
  }
  if (whole.isZero() && !exact.isZero()) {
    // A mistyped quota must not silently become 0.
    throw new QuotaCoreError('invalid_size', `${quote(text)} is less than one byte: write 0 for a size of 0`);
  }
  return whole.toNumber();
}
