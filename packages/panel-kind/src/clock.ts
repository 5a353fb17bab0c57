/** Time as operations see it. */
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
