import { chmodSync, statSync } from 'node:fs';
import { usageError } from '@sluice/panel-kind/errors';
import { nodeFiles } from '@sluice/engine';

/**
 * Writes a drawing, whole at once, in the place of an earlier one: a page may show it while it is renewed. A new file is
 * 0600; one that is there keeps its mode.
 *
 * @throws SluiceError `file_unwritable` (exit 2)
 */
export function writeDrawing(file: string, text: string): void {
  try {
    const before = statSync(file, { throwIfNoEntry: false });
    nodeFiles.replace(file, text);
    if (before) chmodSync(file, before.mode & 0o777);
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'unknown';
    throw usageError('file_unwritable', `${file} can't be written (${code}): name another file`);
  }
}
