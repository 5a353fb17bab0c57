/** A clock is corrected by this much without anybody having set it. */
const STEPPED_MS = 5 * 60_000;

/**
 * Returns how long ago a call was made, in milliseconds. A call time that lies ahead shows that the clock was set back since:
 * - by a little, the call counts as just made: it may still come to pass, and waiting costs minutes,
 * - by more, as made long ago: how long ago is not known, and waiting until that time comes would keep a service in doubt, and
 *   its object blocked, for as long as the clock was ahead. What the panel accepted then counts as done, so that a release
 *   undoes it; what it does not show counts as not done and is planned again from what it shows.
 */
export function callAgeMs(calledAt: string, now: number): number {
  const age = now - Date.parse(calledAt);
  if (age >= 0) return age;
  return age >= -STEPPED_MS ? 0 : Number.POSITIVE_INFINITY;
}
