import { BoundedCache } from './bounded-cache.js';
import { QuotaCoreError } from './errors.js';
import { quote } from './quote.js';

const known = new BoundedCache<number>(64);

/** Milliseconds since the epoch of an instant written as `Date#toISOString` does; nothing else is an instant here. */
export function instantMs(text: string, what: string): number {
  // The services of a run are decided at the same few instants.
  const before = known.get(text);
  if (before !== undefined) return before;
  const ms = Date.parse(text);
  // Date.parse takes 30 February, and text without a zone as the host's time; only the round trip tells.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== text) {
    throw new QuotaCoreError(
      'invalid_instant',
      `${what} is ${quote(text)}: an instant is written in UTC with milliseconds, such as 2026-03-01T00:00:00.000Z`,
    );
  }
  known.set(text, ms);
  return ms;
}
