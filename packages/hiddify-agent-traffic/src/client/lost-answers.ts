import { createPanelError, isPanelError, type PanelError } from '@sluice/panel-http';

/** Returns whether a failed change may have been made: time-out, cut connection, unusable answer, or the panel's 500. */
export function mayHaveHappened(error: unknown): error is PanelError {
  return isPanelError(error) && (error.outcomeUnknown || error.code === 'PANEL_SERVER_ERROR');
}

/** Returns whether the panel may still be at work because its answer was lost; a 500 is an answer. */
export function mayStillBeRunning(error: PanelError): boolean {
  return error.code !== 'PANEL_SERVER_ERROR' || error.status === 502 || error.status === 503 || error.status === 504;
}

/** Waits before the reads that resolve a lost answer, milliseconds. */
export const WAITS = [0, 1000, 2000] as const;

/** Waits before the reads after a call was given up, milliseconds: a change that lands after its repeat would undo one made since. */
const WAITS_AFTER_GIVING_UP = [0, 1000, 2000, 4000, 4000, 4000] as const;

/** Returns the waits before the reads after a call that failed, milliseconds; none where it is not a failure of the panel. */
export function toWaits(failure: unknown): readonly number[] {
  if (!isPanelError(failure)) return [];
  return isGivenUp(failure) ? WAITS_AFTER_GIVING_UP : [0];
}

/** Returns whether a proxy or this process gave up a call that the panel goes on with. */
export function isGivenUp({ code, status, outcomeUnknown }: PanelError): boolean {
  return code === 'PANEL_TIMEOUT' || status === 504 || (code === 'PANEL_UNREACHABLE' && outcomeUnknown);
}

/** Returns the same failure after the object was read back: nothing was changed. */
export function withoutDoubt(error: PanelError): PanelError {
  return restate(error, 'The object was read back: nothing was changed.', false);
}

/** Returns the same failure where the object could not be read back: it may have been changed. */
export function withDoubt(error: PanelError): PanelError {
  if (error.outcomeUnknown) return error;
  return restate(error, 'The object could not be read back: it may have been changed.', true);
}

/** Returns the failure of a call that was given up after the object was read back: the panel may go on with the change. */
export function mayStillHappen(error: PanelError): PanelError {
  return restate(error, 'The object was read back and is unchanged, but the panel may still be at work.', true);
}

function restate(error: PanelError, addition: string, outcomeUnknown: boolean): PanelError {
  const { panel, endpoint, status, panelCode, retryAfterMs, cause } = error;
  const details = { panel, endpoint, status, panelCode, retryAfterMs, outcomeUnknown, cause };
  return createPanelError(error.code, `${error.statement} ${addition}`, details);
}
