/** The differences of consolidated data between two readings of the same usage. */
const CONFIRMED = 0.98;

/**
 * Returns whether usage grew in one reading by more than this share of an allowance, so that a hold waits for the next reading.
 * `share` is null where no jump is doubted.
 */
export function isJump(of: { grownBytes: number; allowedBytes: number; share: number | null }): boolean {
  return of.share !== null && of.grownBytes > of.allowedBytes * of.share;
}

/** The least time between a doubted reading and one that confirms it: an answer that is read again at once shows nothing new. */
const CONFIRM_AFTER_MS = 60_000;

/** Returns whether a reading is late enough to confirm one that was first doubted at an instant: a minute or more after it. */
export function mayConfirm(at: string, doubtedSince: string): boolean {
  return Date.parse(at) - Date.parse(doubtedSince) >= CONFIRM_AFTER_MS;
}

/** Returns whether a reading confirms an earlier one that was doubted: it is as high, less the differences of consolidated data. */
export function confirmsJump(usedBytes: number, doubtedBytes: number): boolean {
  return usedBytes >= doubtedBytes * CONFIRMED;
}
