import { BYTES_PER_GB } from '@sluice/quota-core';

/**
 * Converts the panel's GB figure, a float of stored whole bytes, to exactly these bytes. Null for what is not a finite number or too
 * large to be exact.
 */
export function toBytes(gb: unknown): number | null {
  if (typeof gb !== 'number') return null;
  const bytes = Math.round(gb * BYTES_PER_GB);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Converts whole bytes to the GB figure that the panel converts back to the same bytes. */
export function toGigabytes(bytes: number): number {
  return bytes / BYTES_PER_GB;
}

/**
 * Returns whole bytes as a decimal number of GB that a file reads back as the same bytes.
 *
 * @example
 * ```ts
 * formatGigabytes(1_610_612_736); // 1.5
 * ```
 */
export function formatGigabytes(bytes: number): string {
  const unit = BigInt(BYTES_PER_GB);
  // The last of ten digits is less than half a byte.
  const [digits, scale] = [10, 10n ** 10n];
  const scaled = (BigInt(bytes) * scale * 2n + unit) / (unit * 2n);
  const decimals = String(scaled % scale)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return `${scaled / scale}${decimals === '' ? '' : `.${decimals}`}`;
}
