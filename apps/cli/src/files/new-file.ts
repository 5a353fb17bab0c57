import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { nodeFiles } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { toErrno, unwritable } from './read-text.js';

/** A new file with mode 0600; an existing file is never overwritten. */
export class NewFile {
  readonly #handle: number;
  readonly #file: string;

  private constructor(file: string, handle: number) {
    this.#file = file;
    this.#handle = handle;
  }

  /**
   * Creates the file in an existing folder.
   *
   * @throws SluiceError `file_exists`, `file_unwritable`
   */
  static create(file: string): NewFile {
    try {
      return new NewFile(file, openSync(file, 'wx', 0o600));
    } catch (error) {
      if (toErrno(error) !== 'EEXIST') throw unwritable(file, error);
      throw usageError('file_exists', `${file} exists and is never overwritten: name another file`);
    }
  }

  write(text: string): void {
    // One call may write only a part.
    for (let bytes = Buffer.from(text); bytes.length > 0;) bytes = bytes.subarray(writeSync(this.#handle, bytes));
  }

  /** Writes the file through to the disk and closes it. */
  close(): void {
    fsyncSync(this.#handle);
    closeSync(this.#handle);
  }

  /** Removes the file. */
  discard(): void {
    closeSync(this.#handle);
    rmSync(this.#file, { force: true });
  }
}

/**
 * Checks before a file is made that its folder can hold it.
 *
 * @throws SluiceError `file_unwritable`
 */
export function requireFolder(file: string): void {
  try {
    accessSync(path.dirname(file), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Checks that nothing but a regular file would be replaced: a device or a pipe would be lost, and a symbolic link may lead
 * anywhere. Returns what is known of the file; undefined where there is none.
 *
 * @throws SluiceError `file_unwritable`
 */
export function requireReplaceable(file: string): Stats | undefined {
  let found: Stats | undefined;
  try {
    found = lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw unwritable(file, error);
  }
  if (found === undefined || found.isFile()) return found;
  const code = found.isDirectory() ? 'EISDIR' : found.isSymbolicLink() ? 'ELOOP' : 'ENXIO';
  throw unwritable(file, { code });
}

/**
 * Writes a drawing in one step, so that a page that shows it never sees half of it. A new file is 0600; an existing one
 * keeps its mode.
 *
 * @throws SluiceError `file_unwritable`
 */
export function writeDrawing(file: string, text: string): void {
  const before = requireReplaceable(file);
  try {
    nodeFiles.replace(file, text);
    if (before) chmodSync(file, before.mode & 0o777);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Replaces a file that others may read (mode 0644) in one step: a reader finds the old text or the new one.
 *
 * @throws SluiceError `file_unwritable`
 */
export function replaceShared(file: string, text: string): void {
  requireReplaceable(file);
  const draft = `${file}.${process.pid}.new`;
  try {
    rmSync(draft, { force: true });
    const handle = openSync(draft, 'wx', 0o644);
    try {
      // Whatever the umask is.
      fchmodSync(handle, 0o644);
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw unwritable(file, error);
  }
}

/**
 * Writes a file in one step from parts as they come: a reader never sees half of it, and an error leaves what was there. A
 * new file is 0600; an existing one keeps its mode.
 *
 * @throws SluiceError `file_unwritable`
 */
export async function writeParts(file: string, parts: AsyncIterable<string>): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  requireFolder(file);
  const before = requireReplaceable(file);
  rmSync(draft, { force: true });
  const writer = NewFile.create(draft);
  try {
    for await (const part of parts) {
      attempt(file, () => {
        writer.write(part);
      });
    }
    attempt(file, () => {
      writer.close();
      if (before) chmodSync(draft, before.mode & 0o777);
      renameSync(draft, file);
    });
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function attempt(file: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw unwritable(file, error);
  }
}
