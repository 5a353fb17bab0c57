import type { Transport } from './transport.js';

/** One call that waits. */
interface TurnOptions {
  /** Before those that wait for their first attempt. */
  first: boolean;
  signal: AbortSignal | undefined;
  /** Throws where the circuit opened meanwhile; undefined without one. */
  ask: (() => void) | undefined;
}

/**
 * Waits until an attempt may start now: after the panel's pause, in a turn of its own. A turn that falls into a new pause is lost, so that
 * calls that waited for the end of a pause don't start all at once.
 */
export async function waitForTurn(transport: Transport, { first, signal, ask }: TurnOptions): Promise<void> {
  const { limiter, options, clock } = transport;
  do {
    while (transport.pausedUntil !== 0) await waitForPause(transport, signal);
    await limiter.turn?.({ first, signal });
    await options.admit?.(signal);
    ask?.();
  } while (transport.pausedUntil > clock.now());
}

/** Returns whether an attempt has anything to wait for. No promise without, because a poll makes many thousand calls. */
export function needsTurn({ limiter, options, pausedUntil }: Transport): boolean {
  return limiter.turn !== null || options.admit !== undefined || pausedUntil !== 0;
}

/** Waits as long as the panel asked all callers to wait; bounded, so that a changed clock can't extend it. */
async function waitForPause(transport: Transport, signal: AbortSignal | undefined): Promise<void> {
  const { clock, pausedUntil } = transport;
  const left = Math.min(pausedUntil - clock.now(), transport.retry.maxRetryAfterMs);
  if (left > 0) await clock.sleep(left, signal);
  // Some clocks end the sleep of a call that was called off; the pause of the others goes on.
  signal?.throwIfAborted();
  // Later calls don't wait again, also where the clock was set back.
  if (transport.pausedUntil === pausedUntil) transport.pausedUntil = 0;
}
