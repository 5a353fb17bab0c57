import {
  accessSync,
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
} from 'node:fs';
import path from 'node:path';
import { usageError } from '@sluice/panel-kind/errors';
import { toErrno } from '@sluice/config-file/files';
import { unwritable } from './unwritable.js';

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

  /** Appends a text. */
  write(text: string): void {
    // Unlike a single write, this goes on until all is written.
    writeFileSync(this.#handle, text);
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
 * A file that is replaced in one step when all of it is written: a reader finds the old text or the new one, and an error
 * leaves what was there. A new file is 0600 and an existing one keeps its mode, unless a mode is stated.
 */
export class FileDraft {
  /** Path of the draft. */
  readonly path: string;
  readonly #file: string;
  readonly #handle: number;
  #isOpen = false;

  /** @throws SluiceError `file_unwritable` */
  constructor(file: string, mode?: number) {
    const before = requireReplaceable(file);
    this.#file = file;
    // On demand: most commands write no file, and cryptography loads slowly.
    this.path = `${file}.${process.getBuiltinModule('node:crypto').randomBytes(4).toString('hex')}.new`;
    this.#handle = this.#attempt(() => openSync(this.path, 'wx', 0o600));
    this.#isOpen = true;
    this.#attempt(() => {
      // Whatever the umask is.
      fchmodSync(this.#handle, mode ?? (before?.mode ?? 0o600) & 0o777);
    });
  }

  /** Appends a text. */
  write(text: string): void {
    this.#attempt(() => {
      writeFileSync(this.#handle, text);
    });
  }

  /** Writes the draft through to the disk and closes it. */
  close(): void {
    this.#attempt(() => {
      fsyncSync(this.#handle);
    });
    this.#release();
  }

  /** Replaces the file with the draft. */
  place(): void {
    if (this.#isOpen) this.close();
    this.#attempt(() => {
      renameSync(this.path, this.#file);
    });
  }

  /** Removes the draft; does nothing once it is in its place. */
  discard(): void {
    this.#release();
    rmSync(this.path, { force: true });
  }

  #release(): void {
    if (this.#isOpen) closeSync(this.#handle);
    this.#isOpen = false;
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.discard();
      throw unwritable(this.#file, error);
    }
  }
}

/**
 * Replaces a file in one step. A new file is 0600 and an existing one keeps its mode, unless a mode is stated.
 *
 * @throws SluiceError `file_unwritable`
 */
export function replaceFile(file: string, text: string, mode?: number): void {
  const draft = new FileDraft(file, mode);
  draft.write(text);
  draft.place();
}

/**
 * Replaces a file in one step with parts as they come; an error leaves what was there.
 *
 * @throws SluiceError `file_unwritable`
 */
export async function writeParts(file: string, parts: AsyncIterable<string>): Promise<void> {
  const draft = new FileDraft(file);
  try {
    for await (const part of parts) draft.write(part);
    draft.place();
  } finally {
    draft.discard();
  }
}
