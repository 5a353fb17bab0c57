import { checkBytes } from './bytes.js';
import { QuotaCoreError } from './errors.js';
import { instantMs } from './zone.js';

/**
 * Returns the latest instant at which the next reading still bounds the overshoot to `toleranceBytes`: the time that the
 * line needs at its highest rate for what remains and the tolerance, from `floorMs` to `ceilingMs` after `now`.
 *
 * @param input.remainingBytes null without a limit (unlimited, unmanaged): the ceiling. For unknown usage pass what
 *   remained at the last known reading.
 * @param input.maxBytesPerSecond highest possible rate; null when unknown: the floor
 * @returns ISO 8601 UTC with milliseconds
 * @throws QuotaCoreError `invalid_instant`, `invalid_bytes`, `invalid_number` for an invalid rate or limit
 *
 * @example
 * ```ts
 * pollSchedule({
 *   now: '2026-03-10T12:00:00.000Z',
 *   remainingBytes: 600_000,
 *   maxBytesPerSecond: 1000,
 *   toleranceBytes: 0,
 *   floorMs: 60_000,
 *   ceilingMs: 3_600_000,
 * }); // 2026-03-10T12:10:00.000Z
 * ```
 */
export function pollSchedule(input: {
  now: string;
  remainingBytes: number | null;
  maxBytesPerSecond: number | null;
  toleranceBytes: number;
  floorMs: number;
  ceilingMs: number;
}): string {
  const now = instantMs(input.now, 'now');
  return new Date(now + findWaitMs(input)).toISOString();
}

/** Returns for how long the next reading can wait, in whole milliseconds. */
export function findWaitMs(input: {
  remainingBytes: number | null;
  maxBytesPerSecond: number | null;
  toleranceBytes: number;
  floorMs: number;
  ceilingMs: number;
}): number {
  const { remainingBytes, maxBytesPerSecond, floorMs, ceilingMs } = input;
  const tolerance = checkBytes(input.toleranceBytes, 'the tolerated overshoot');
  if (!(floorMs >= 0 && ceilingMs >= floorMs && Number.isFinite(ceilingMs))) {
    throw new QuotaCoreError(
      'invalid_number',
      `the next poll cannot be between ${floorMs} and ${ceilingMs} ms from now: the floor must not be above the ceiling`,
    );
  }
  if (maxBytesPerSecond !== null && !(maxBytesPerSecond >= 0 && Number.isFinite(maxBytesPerSecond))) {
    throw new QuotaCoreError('invalid_number', `${maxBytesPerSecond} bytes per second is not a rate`);
  }
  if (remainingBytes === null) return Math.floor(ceilingMs);
  const budget = checkBytes(remainingBytes, 'the remaining traffic') + tolerance;
  if (maxBytesPerSecond === null) return Math.floor(floorMs);
  if (maxBytesPerSecond === 0) return Math.floor(ceilingMs);
  return Math.floor(Math.min(ceilingMs, Math.max(floorMs, (budget / maxBytesPerSecond) * 1000)));
}
