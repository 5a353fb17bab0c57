import path from 'node:path';
import { usageError, type SluiceError } from '@sluice/panel-kind';
import type { Files } from '../files.js';

/** Makes the folder of a file to be written, and refuses one that can't be written to. */
export function checkPlace(files: Files, file: string): void {
  try {
    files.makeFolder(path.dirname(file));
    files.checkWritable(path.dirname(file));
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Writes a password file so that it is there whole or not at all. `new` never overwrites anything; `replace` is for what an
 * earlier run of the same order left unfinished.
 *
 * @param order id of the order's row: a run that was killed leaves a draft that its repeat finds and removes
 */
export function writePasswordFile(
  files: Files,
  { file, password, write }: { file: string; password: string; write: 'new' | 'replace' },
  order: string,
): void {
  const text = `${password}\n`;
  const draft = draftOf(file, order);
  try {
    if (write === 'replace') files.replace(file, text, draft);
    else files.create(file, text, draft);
  } catch (error) {
    throw (error as { code?: string }).code === 'EEXIST' ? fileExists(file) : unwritable(file, error);
  } finally {
    removeDraft(files, file, order);
  }
}

/** Removes the draft that a killed run of this order may have left behind. */
export function removeDraft(files: Files, file: string, order: string): void {
  files.remove(draftOf(file, order));
}

/** Whether the text of a file that an earlier run of the order wrote is a password: one line that has ended. */
export function isWhole(text: string): boolean {
  return /^\S+\n$/.test(text);
}

/** The refusal to overwrite a file. */
export function fileExists(file: string): SluiceError {
  return usageError(
    'password_file_exists',
    `${file} is there already and is never overwritten: name another file; nothing was called`,
  );
}

function unwritable(file: string, error: unknown): SluiceError {
  return usageError(
    'password_file_unwritable',
    `${file} can't be written (${(error as { code?: string }).code ?? 'unknown'}); nothing was called`,
  );
}

function draftOf(file: string, order: string): string {
  return path.join(path.dirname(file), `.${order}.new`);
}
