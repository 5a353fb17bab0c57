import type { Session } from '../session.js';

/** What every call of the engine takes. */
export interface CallOptions {
  /** Aborted when the caller does not want the result any more: the call ends as soon as what it began is known. */
  signal?: AbortSignal | undefined;
}

/** What calls take that work on one service or panel at a time. */
export interface LockOptions extends CallOptions {
  /** How long another run on the same service is waited for, in milliseconds; 30 s where nothing is said. */
  waitMs?: number | undefined;
}

/** Runs one call with a session of its own: its API log, its panels and its snapshots are nobody else's. */
export type RunCall = <T>(options: CallOptions | undefined, work: (session: Session) => Promise<T>) => Promise<T>;

/** Returns how long a call waits for another run. */
export function waitOf(options: LockOptions | undefined): number {
  return options?.waitMs ?? 30_000;
}
