import { itemErrorOf, SluiceError, type ItemError } from './errors.js';

/** The error with the config key whose value the panel refused, where that is what happened. */
export function withCredentialKey(error: unknown, key: string): ItemError {
  const { code, message } = itemErrorOf(error);
  return { code, message: code === 'PANEL_AUTH' ? `${message} The config has them under ${key}.` : message };
}

/** The same as something to throw. */
export function throwWithCredentialKey(error: unknown, key: string): never {
  const { code, message } = withCredentialKey(error, key);
  if (code !== 'PANEL_AUTH') throw error;
  throw new SluiceError(code, message, { kind: 'panel', cause: error });
}
