import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { usageError } from '@sluice/panel-kind/errors';

/** A file that was not there before, mode 0600. */
export class NewFile {
  readonly #handle: number;
  readonly #file: string;

  private constructor(file: string, handle: number) {
    this.#file = file;
    this.#handle = handle;
  }

  /**
   * Makes the file, and folders that are missing.
   *
   * @throws SluiceError `file_exists`, `file_unwritable` (exit 2)
   */
  static create(file: string): NewFile {
    const refuse = (error: unknown): never => {
      const code = (error as { code?: string }).code ?? 'unknown';
      throw usageError('file_unwritable', `${file} can't be written (${code}): name another file`);
    };
    try {
      mkdirSync(path.dirname(file), { recursive: true });
    } catch (error) {
      refuse(error);
    }
    try {
      return new NewFile(file, openSync(file, 'wx', 0o600));
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') return refuse(error);
      throw usageError('file_exists', `${file} is there already and is never overwritten: name another file`);
    }
  }

  write(text: string): void {
    // A single call may write a part only.
    for (let bytes = Buffer.from(text); bytes.length > 0;) bytes = bytes.subarray(writeSync(this.#handle, bytes));
  }

  /** The file is whole and on the disk. */
  close(): void {
    fsyncSync(this.#handle);
    closeSync(this.#handle);
  }

  /** The file is gone again. */
  discard(): void {
    closeSync(this.#handle);
    rmSync(this.#file, { force: true });
  }
}
