const listening = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `aborted` once when the signal, which has not been called off yet, is; the result takes that back. A signal looks
 * through all its listeners at each new one, so one with a thousand calls in flight gets a single listener for all of them.
 */
export function onAbort(signal: AbortSignal, aborted: () => void): () => void {
  const waiting = listening.get(signal) ?? listenTo(signal);
  // Its own object, so that the same function can wait twice.
  const own = (): void => {
    aborted();
  };
  waiting.add(own);
  return () => {
    waiting.delete(own);
  };
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const waiting = new Set<() => void>();
  const all = (): void => {
    for (const call of waiting) call();
    waiting.clear();
  };
  signal.addEventListener('abort', all, { once: true });
  listening.set(signal, waiting);
  return waiting;
}
