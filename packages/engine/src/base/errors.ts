import { type ItemError, SluiceError } from '@sluice/panel-kind';

type Details = Record<string, unknown>;

/** Returns the error for something that does not exist; the hint, which names others like it, is for operators. */
export function notFound(code: string, message: string, details: Details = {}, hint = ''): SluiceError {
  return new SluiceError(code, message, { kind: 'not-found', details, hint });
}

/** Returns the error for a request that a panel can't carry out. */
export function unsupported(message: string, details: Details = {}): SluiceError {
  return new SluiceError('unsupported', message, { kind: 'unsupported', details });
}

/** The error of what must not change a panel, since a copy of the store changes it. */
export type MovedError = ItemError & {
  details: { panel: string; changing: null; active: null; since: string; why: string };
};

/** Codes of lists that are ignored as a whole, since they lack too much of what the last one had. */
export const TOO_SHORT: readonly string[] = ['list_halved', 'list_empty', 'list_too_short'];
