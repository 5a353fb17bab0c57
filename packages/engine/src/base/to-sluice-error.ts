import { isPanelError } from '@sluice/panel-http/errors';
import { type ErrorKind, SluiceError, toItemError } from '@sluice/panel-kind';
import { StoreError } from '@sluice/state-store';

/** Errors of the store that are about something else than the file. */
const KINDS: Partial<Record<string, ErrorKind>> = { lease_lost: 'busy', nested_write: 'internal' };

/** Returns anything thrown as a `SluiceError` with the same code and message; what it stands for is its cause. */
export function toSluiceError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  const { code, message } = toItemError(error);
  if (isPanelError(error)) {
    const { panel, endpoint, outcomeUnknown } = error;
    return new SluiceError(code, message, {
      kind: 'panel',
      details: { panel, endpoint, outcomeUnknown },
      cause: error,
    });
  }
  if (error instanceof StoreError)
    return new SluiceError(code, message, { kind: KINDS[code] ?? 'store', cause: error });
  const defect = new SluiceError(code, message, { kind: 'internal', cause: error });
  // It says where the defect is.
  if (error instanceof Error && error.stack !== undefined) defect.stack = error.stack;
  return defect;
}
