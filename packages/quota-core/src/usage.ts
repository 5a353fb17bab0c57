/** Which traffic counts against the quota: into the service, out of it, or both together. */
export type Mode = 'IN' | 'OUT' | 'TOTAL';

/**
 * Returns the effective mode: the operator's override, else the service's own field, else the product's, else TOTAL.
 *
 * @example
 * ```ts
 * resolveMode({ override: null, service: 'OUT', product: 'TOTAL' }); // OUT
 * ```
 */
export function resolveMode(input: { override: Mode | null; service: Mode | null; product: Mode | null }): Mode {
  return input.override ?? input.service ?? input.product ?? 'TOTAL';
}

/** Whole bytes inside the cycle; null for a figure that the panel does not show. */
export interface UsageBytes {
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
}

/** Returns usage whose three figures are made one by one, each by the name of its member. */
export function eachFigure(of: (figure: keyof UsageBytes) => number | null): UsageBytes {
  return { inBytes: of('inBytes'), outBytes: of('outBytes'), totalBytes: of('totalBytes') };
}

/** Usage as read from a panel at the instant `at`: figures, or why they are unknown. */
export type Reading =
  | ({ known: true; at: string } & UsageBytes)
  | { known: false; at: string; code: string; message: string };

/**
 * Returns the bytes that count in a mode; null when the reading does not have them. TOTAL is the total, or else the sum
 * of both directions. With a total only, IN and OUT are null, not 0. A figure that is not a whole number of bytes is
 * null too.
 *
 * @example
 * ```ts
 * usageInMode({ inBytes: 10, outBytes: 5, totalBytes: null }, 'TOTAL'); // 15
 * ```
 */
export function usageInMode(usage: UsageBytes, mode: Mode): number | null {
  if (mode === 'IN') return toWhole(usage.inBytes);
  if (mode === 'OUT') return toWhole(usage.outBytes);
  if (usage.totalBytes !== null) return toWhole(usage.totalBytes);
  const inBytes = toWhole(usage.inBytes);
  const outBytes = toWhole(usage.outBytes);
  return inBytes === null || outBytes === null ? null : toWhole(inBytes + outBytes);
}

function toWhole(bytes: number | null): number | null {
  return bytes !== null && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null;
}
