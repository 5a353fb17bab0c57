import { setMaxListeners } from 'node:events';
import { type ItemError, SluiceError } from '@sluice/panel-kind';

/** The signal of one call. */
export interface Interruption {
  /** Aborted along with the caller's signal, with an error of the kind `interrupted` as its reason. */
  signal: AbortSignal;
  /** Stops listening to the caller's signal. */
  end: () => void;
}

/** Derives the signal of one call from the caller's. */
export function toInterruption(signal: AbortSignal): Interruption {
  const control = new AbortController();
  const abort = (): void => {
    const details = { signal: typeof signal.reason === 'string' ? signal.reason : null };
    const message = 'The call was interrupted before it was complete';
    control.abort(new SluiceError(INTERRUPTED, message, { kind: 'interrupted', details }));
  };
  // Any number of calls wait on the caller's signal, and any number of requests on that of a call.
  setMaxListeners(0, signal, control.signal);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return {
    signal: control.signal,
    end: () => {
      signal.removeEventListener('abort', abort);
    },
  };
}

/** Code of what an interrupted run did not reach or finish. */
export const INTERRUPTED = 'interrupted';

/** Returns whether an object was not finished since the call was interrupted. */
export function isInterrupted(error: ItemError | null): boolean {
  return error?.code === INTERRUPTED;
}

/** Returns the error of an interrupted run: how much it had done. */
export function interruptedError(done: string, changes: number): ItemError {
  const made = changes === 0 ? 'nothing changed' : `${changes} ${changes === 1 ? 'change' : 'changes'} made`;
  return { code: INTERRUPTED, message: `Interrupted: ${done}${made}` };
}
