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
