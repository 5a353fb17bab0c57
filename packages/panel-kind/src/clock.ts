/** The clock of an engine. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Returns the instant of a clock as ISO 8601 UTC. */
export function isoNow(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

/** Returns a short unguessable id that sorts by time: `run-m3k2j1x0-9f8e7d6c`. */
export function newId(deps: { clock: Clock; randomBytes: (count: number) => Uint8Array }, prefix: string): string {
  const time = deps.clock.now().toString(36).padStart(9, '0');
  return `${prefix}-${time}-${Buffer.from(deps.randomBytes(5)).toString('hex')}`;
}

/** Corrections of a clock up to this size are normal. */
const STEPPED_MS = 5 * 60_000;

/**
 * Returns how long ago a call was made, in milliseconds. A time in the future shows that the clock was set back since. By a
 * little: the call counts as just made. By more: as made long ago, since waiting would keep the service in doubt for as long
 * as the clock was ahead.
 */
export function callAgeMs(calledAt: string, now: number): number {
  const age = now - Date.parse(calledAt);
  if (age >= 0) return age;
  return age >= -STEPPED_MS ? 0 : Number.POSITIVE_INFINITY;
}
