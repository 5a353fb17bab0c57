import { SluiceError } from './errors.js';

/**
 * Returns the error of a message that was not acknowledged. With `answered`, the receiver refused this message: the next one may
 * be sent. `retryAfterMs` is the wait that it asked for.
 *
 * @example
 * ```ts
 * throw toNotSent('the receiver answered 503', { answered: true, retryAfterMs: 120_000 });
 * ```
 */
export function toNotSent(
  message: string,
  { answered, retryAfterMs }: { answered: boolean; retryAfterMs?: number | undefined },
): SluiceError {
  return new SluiceError(answered ? 'receiver_refused' : 'receiver_unreachable', message, {
    details: retryAfterMs === undefined ? {} : { retryAfterMs },
  });
}
