import type { ActionRecord } from '@sluice/quota-core';

/** The clock of an engine. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

let last = { ms: Number.NaN, text: '' };

/** Returns the instant of a clock as ISO 8601 UTC. */
export function isoNow(clock: Clock): string {
  const ms = clock.now();
  // Of the many answers of a run, several come in one millisecond.
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
  return last.text;
}

/** Returns a short unguessable id that sorts by time: `run-m3k2j1x0-9f8e7d6c`. */
export function newId(deps: { clock: Clock; randomBytes: (count: number) => Uint8Array }, prefix: string): string {
  const time = deps.clock.now().toString(36).padStart(9, '0');
  return `${prefix}-${time}-${Buffer.from(deps.randomBytes(5)).toString('hex')}`;
}

/** Corrections of a clock up to this size are normal. */
const STEPPED_MS = 5 * 60_000;

/**
 * How long the panel may still make a change after its call was given up, as `callAgeMs` counts it. A change that can be
 * repeated is judged by reading after it.
 */
export const IN_PROGRESS_MS = 15_000;

/** The same for a change that makes a record: its repeat would make a second one. In milliseconds. */
export const LATEST_CALL_MS = 10 * 60_000;

/**
 * Returns how long ago a call of the panel was given up, in milliseconds; how long ago it was made where its run was killed in
 * it, and infinity where there was none. A time in the future shows that the clock was set back since. By a little: the call
 * counts as just given up. By more: as long ago, since waiting would keep the service in doubt for as long as the clock was
 * ahead.
 */
export function callAgeMs({ calledAt, givenUpAt }: Pick<ActionRecord, 'calledAt' | 'givenUpAt'>, now: number): number {
  const last = givenUpAt ?? calledAt;
  if (last === null) return Number.POSITIVE_INFINITY;
  const age = now - Date.parse(last);
  if (age >= 0) return age;
  return age >= -STEPPED_MS ? 0 : Number.POSITIVE_INFINITY;
}
