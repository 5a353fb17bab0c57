import { readFileSync } from 'node:fs';
import { usageError } from '@sluice/panel-kind/errors';

/**
 * Reads a text file that a config names.
 *
 * @throws SluiceError `config_invalid` whose message begins with the label and names the file
 */
export function readNamedFile(file: string, label = ''): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as { code?: string };
    throw usageError('config_invalid', `${label}${file} can't be read (${code})`);
  }
}
