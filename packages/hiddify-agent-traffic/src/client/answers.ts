import { PanelUnreadableError } from '@sluice/panel-http';
import { BrokenList } from './split-rows.js';
import { RowProblem } from './read-rows.js';
import { maskUuids } from './uuid.js';

/**
 * Runs a reader of ours over an answer; what it objects to becomes the transport's error for unusable answers. For a call that
 * changes something the outcome is then unknown.
 */
export function readAnswer<T>(
  call: { panel: string; endpoint: string; status: number; changing: boolean },
  read: () => T,
): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RowProblem) && !(error instanceof BrokenList)) throw error;
    throw new PanelUnreadableError(
      `Panel "${call.panel}" gave an answer that cannot be used to ${call.endpoint} (${maskUuids(error.message)}). ` +
        `Nothing was concluded from it; compare the answer with what the panel should send.`,
      { panel: call.panel, endpoint: call.endpoint, status: call.status, outcomeUnknown: call.changing },
    );
  }
}
