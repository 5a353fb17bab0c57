import { type Clock, createPanelError, isPanelError, type PanelError } from '@sluice/panel-http';

/** A write that failed in a way that leaves open whether the panel did it: time-out, cut, unreadable answer, or its 500. */
export function mayHaveHappened(error: unknown): error is PanelError {
  return isPanelError(error) && (error.outcomeUnknown || error.code === 'PANEL_SERVER_ERROR');
}

/** Was the answer itself lost, so that the panel may still be at work? A 500 is an answer: it is not. */
export function mayStillBeRunning(error: PanelError): boolean {
  return error.code !== 'PANEL_SERVER_ERROR' || error.status === 502 || error.status === 503 || error.status === 504;
}

/** Waits before the looks that settle a lost answer, milliseconds. */
export const looks = [0, 1000, 2000] as const;

/** Looks until `enough` is content with what it saw; gives back the last look. */
export async function lookUntil<T>(
  clock: Clock,
  waits: readonly number[],
  look: () => Promise<T>,
  enough: (seen: T) => boolean,
): Promise<T> {
  let seen: T | undefined;
  for (const wait of waits) {
    if (wait > 0) await clock.sleep(wait);
    seen = await look();
    if (enough(seen)) return seen;
  }
  return seen as T;
}

/** The same failure after the object was looked at: it is known now that nothing was changed. */
export function withoutDoubt(error: PanelError): PanelError {
  return createPanelError(error.code, `${error.statement} It was read back: nothing was changed.`, {
    panel: error.panel,
    endpoint: error.endpoint,
    status: error.status,
    panelCode: error.panelCode,
    retryAfterMs: error.retryAfterMs,
    outcomeUnknown: false,
    cause: error.cause,
  });
}
