import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { usageError, type SluiceError } from '../../errors.js';

/** Makes the folder of a file to be written, and refuses one that can't be written to. */
export function checkPlace(file: string): void {
  const folder = path.dirname(file);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Writes a password file (mode 0600) so that it is there whole or not at all. `new` never overwrites anything; `replace`
 * is for what an earlier run of the same order left unfinished.
 *
 * @param order id of the order's row: a run that was killed leaves a draft that its repeat finds and removes
 */
export function writePasswordFile(file: string, password: string, how: 'new' | 'replace', order: string): void {
  const draft = draftOf(file, order);
  const text = `${password}\n`;
  try {
    writeWhole(draft, text, 'w');
    if (how === 'replace') renameSync(draft, file);
    else placeNew(draft, file, text);
  } catch (error) {
    throw (error as { code?: string }).code === 'EEXIST' ? fileExists(file) : unwritable(file, error);
  } finally {
    removeDraft(file, order);
  }
}

/** Removes the draft that a killed run of this order may have left behind. */
export function removeDraft(file: string, order: string): void {
  rmSync(draftOf(file, order), { force: true });
}

/** Whether a file that an earlier run of the order wrote holds a password: one line that has ended. */
export function isWhole(file: string): boolean {
  return /^\S+\n$/.test(readFileSync(file, 'utf8'));
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

function placeNew(draft: string, file: string, text: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    if (existsSync(file)) throw error;
    // Some file systems have no links.
    writeWhole(file, text, 'wx');
  }
}

function writeWhole(file: string, text: string, flags: string): void {
  const handle = openSync(file, flags, 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
