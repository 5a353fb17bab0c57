const listening = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `aborted` once when the signal aborts; the returned function cancels that. All calls of a signal share one listener, because
 * a signal searches its listeners at each new one.
 */
export function onAbort(signal: AbortSignal, aborted: () => void): () => void {
  const waiting = listening.get(signal) ?? listenTo(signal);
  // A separate object, so that the same function can wait twice.
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
