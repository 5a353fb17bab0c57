import { StoreError } from './store-error.js';

/** Milliseconds of a clock that nobody sets; not `performance.now`, whose first question makes Node load how it measures. */
const elapsed = (): number => process.uptime() * 1000;

/**
 * How long the writes of a store wait for a lock of another process. They come one after the other, but those that find it locked wait for
 * the same lock: each counts its wait from its own call on.
 */
export class StoreLock {
  readonly #waitMs: number;
  /** Since when no write could begin; null once one could. */
  #lockedSince: number | null = null;
  #isWaiting = false;
  #deadline: number | null = null;

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /**
   * Calls `turn` with what a write in a queue calls when it is its turn. With a `wait` of its own it does not wait longer for its turn
   * either, where those before it wait for the lock.
   *
   * @throws StoreError `store_busy`
   */
  async waits<T>(
    { location, wait }: { location: string; wait: number | undefined },
    turn: (begin: () => void) => Promise<T>,
  ): Promise<T> {
    const waitMs = Math.min(wait ?? this.#waitMs, this.#waitMs);
    const calledAt = elapsed();
    let isGivenUp = false;
    let timer: ReturnType<typeof setInterval> | undefined;
    const begin = (): void => {
      clearInterval(timer);
      if (isGivenUp) throw lockedError(location);
      const from = this.#lockedSince === null ? elapsed() : Math.max(calledAt, this.#lockedSince);
      this.#deadline = from + waitMs;
    };
    const done = turn(begin).finally(() => {
      if (!isGivenUp) this.#isWaiting = false;
    });
    if (wait === undefined) return done;
    const refused = new Promise<never>((_resolve, reject) => {
      timer = setInterval(() => {
        if (this.#lockedSince === null) return;
        isGivenUp = true;
        clearInterval(timer);
        reject(lockedError(location));
      }, waitMs);
    });
    return Promise.race([done, refused]).finally(() => {
      clearInterval(timer);
    });
  }

  /** Milliseconds that the present write may wait still. */
  leftMs(): number {
    return this.#deadline === null ? this.#waitMs : Math.max(0, this.#deadline - elapsed());
  }

  /** A write found the store locked. */
  seeLocked(): void {
    this.#lockedSince ??= elapsed();
    this.#isWaiting = true;
  }

  /** A write could begin. */
  seeFree(): void {
    this.#lockedSince = null;
    this.#isWaiting = false;
  }

  /** Returns for how many milliseconds writes have waited in vain; 0 where none waits now. */
  lockedMs(): number {
    return this.#isWaiting && this.#lockedSince !== null ? elapsed() - this.#lockedSince : 0;
  }
}

function lockedError(location: string): StoreError {
  return new StoreError(
    'store_busy',
    `The store ${location} is locked by another process. Wait until that has finished, or end it, and try again.`,
  );
}
