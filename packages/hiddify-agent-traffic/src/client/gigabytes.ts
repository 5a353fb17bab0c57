import { BYTES_PER_GB } from '@sluice/quota-core';

/**
 * The panel's GB figure as whole bytes. It keeps whole bytes and shows them as a float; rounding gives back exactly what is
 * stored. Null for what is no finite number or too large to be exact.
 */
export function bytesOfGigabytes(gb: unknown): number | null {
  if (typeof gb !== 'number') return null;
  const bytes = Math.round(gb * BYTES_PER_GB);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Whole bytes as the GB figure that the panel turns back into the same bytes: a division by a power of two loses nothing. */
export function gigabytesOfBytes(bytes: number): number {
  return bytes / BYTES_PER_GB;
}
