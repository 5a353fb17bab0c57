import { type Mode } from './mode.js';

/** Whole bytes inside the cycle; null for a direction that the panel does not tell. */
export interface UsageBytes {
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
}

/** One answer of a panel about usage, made at the instant `at`: figures, or the reason why there are none. */
export type Reading =
  ({ known: true; at: string } & UsageBytes) | { known: false; at: string; code: string; message: string };

/**
 * The figure that counts in a mode, in bytes; null when the reading does not tell it. TOTAL takes the total, or else
 * the sum of both directions. A total says nothing about one direction, so IN and OUT of it are null, not 0. A figure
 * that is no whole number of bytes is null as well.
 *
 * @example
 * ```ts
 * usageInMode({ inBytes: 10, outBytes: 5, totalBytes: null }, 'TOTAL'); // 15
 * ```
 */
export function usageInMode(usage: UsageBytes, mode: Mode): number | null {
  if (mode === 'IN') return wholeOrNull(usage.inBytes);
  if (mode === 'OUT') return wholeOrNull(usage.outBytes);
  if (usage.totalBytes !== null) return wholeOrNull(usage.totalBytes);
  const inBytes = wholeOrNull(usage.inBytes);
  const outBytes = wholeOrNull(usage.outBytes);
  return inBytes === null || outBytes === null ? null : wholeOrNull(inBytes + outBytes);
}

function wholeOrNull(bytes: number | null): number | null {
  return bytes !== null && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null;
}
