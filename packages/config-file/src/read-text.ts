import { usageError } from '@sluice/panel-kind/errors';
import { readWhole, UnfitFile } from './read-whole.js';

/** Returns the code of a file system error, such as `ENOENT`. */
export function toErrno(error: unknown): string {
  return (error as { code?: string }).code ?? 'unknown';
}

/**
 * Reads a text file, as `readWhole` does.
 *
 * @throws SluiceError with this code, whose message begins with the label and names the file
 */
export function readText(file: string, { code, label = '' }: { code: string; label?: string }): string {
  try {
    return readWhole(file).text;
  } catch (error) {
    const reason = error instanceof UnfitFile ? error.message : toErrno(error);
    throw usageError(code, `${label}${file} can't be read (${reason})`);
  }
}
