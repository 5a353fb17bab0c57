import { type ItemError, toItemError, SluiceError } from './errors.js';

/** Returns code and message of an error; refused credentials are reported with their config key. */
export function withCredentialKey(error: unknown, key: string): ItemError {
  const { code, message } = toItemError(error);
  return { code, message: code === 'PANEL_AUTH' ? `${message} Check ${key} in the config.` : message };
}

/**
 * Throws an error again; refused credentials are reported with their config key.
 *
 * @throws SluiceError `PANEL_AUTH`, or the error as it is
 */
export function throwWithCredentialKey(error: unknown, key: string): never {
  const { code, message } = withCredentialKey(error, key);
  if (code !== 'PANEL_AUTH') throw error;
  throw new SluiceError(code, message, { kind: 'panel', cause: error });
}
