import { QuotaCoreError, quote } from './errors.js';

/** A cache of pure results that drops its oldest entry when it is full. */
export class BoundedCache<V> {
  readonly #entries = new Map<string, V>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    if (this.#entries.size >= this.#limit && !this.#entries.has(key)) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, value);
  }
}

const known = new BoundedCache<number>(64);

/** Parses an instant in the form of `Date#toISOString`, the only accepted one, to milliseconds since the epoch. */
export function instantMs(text: string, what: string): number {
  // All services of a run have the same few instants.
  const before = known.get(text);
  if (before !== undefined) return before;
  const ms = Date.parse(text);
  // Date.parse also accepts 30 February, and text without a zone as the host's time.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== text) {
    throw new QuotaCoreError(
      'invalid_instant',
      `${what} is ${quote(text)}: write an instant in UTC with milliseconds, such as 2026-03-01T00:00:00.000Z`,
    );
  }
  known.set(text, ms);
  return ms;
}
