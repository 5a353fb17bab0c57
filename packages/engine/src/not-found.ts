import { SluiceError } from '@sluice/panel-kind';

/** Returns the error of an object that does not exist; nothing was changed. */
export function notFound(code: string, message: string, details: Record<string, unknown> = {}): SluiceError {
  return new SluiceError(code, message, { kind: 'not-found', details });
}
