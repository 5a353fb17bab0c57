import path from 'node:path';
import { usageError, type SluiceError } from '@sluice/panel-kind';
import type { Files } from '../../base/files.js';

/** Creates the folder of a file, and refuses a folder that is not writable. */
export function checkPlace(files: Files, file: string): void {
  try {
    files.makeFolder(path.dirname(file));
    files.checkWritable(path.dirname(file));
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** Refuses a folder that is not writable, or could not be created. */
export function checkFuturePlace(files: Files, file: string): void {
  let folder = path.dirname(file);
  while (!files.exists(folder) && folder !== path.dirname(folder)) folder = path.dirname(folder);
  try {
    files.checkWritable(folder);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Writes a password file completely or not at all. `new` never overwrites a file; `replace` overwrites the incomplete file
 * of an interrupted run of the same command.
 *
 * @param row id of the command's journal row, which names the draft: a repeat removes the draft of a killed run
 */
export function writePasswordFile(
  files: Files,
  { file, password, write }: { file: string; password: string; write: 'new' | 'replace' },
  row: string,
): void {
  const text = `${password}\n`;
  const draft = draftPath(file, row);
  try {
    if (write === 'replace') files.replace(file, text, draft);
    else files.create(file, text, draft);
  } catch (error) {
    throw (error as { code?: string }).code === 'EEXIST' ? fileExists(file) : unwritable(file, error);
  } finally {
    removeDraft(files, file, row);
  }
}

/** Removes the draft of a killed run of this command. */
export function removeDraft(files: Files, file: string, row: string): void {
  files.remove(draftPath(file, row));
}

/** Returns whether the text of a password file is complete: one line with its line end. */
export function isComplete(text: string): boolean {
  return /^\S+\n$/.test(text);
}

/** Returns the error for an existing file. */
export function fileExists(file: string): SluiceError {
  return usageError(
    'password_file_exists',
    `${file} already exists and is never overwritten: name another file; no panel was called`,
  );
}

function unwritable(file: string, error: unknown): SluiceError {
  return usageError(
    'password_file_unwritable',
    `${file} can't be written (${(error as { code?: string }).code ?? 'unknown'}); no panel was called`,
  );
}

function draftPath(file: string, row: string): string {
  return path.join(path.dirname(file), `.${row}.new`);
}
