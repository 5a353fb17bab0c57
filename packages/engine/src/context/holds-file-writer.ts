import type { StateStore, StoreTables } from '@sluice/state-store';
import type { Files } from '../base/files.js';
import { refreshHoldsFile, watchHolds, writeHoldsFile } from './holds-file.js';

/** Keeps the file of open holds as the store is. */
export class HoldsFileWriter {
  readonly #store: StateStore;
  readonly #files: Files;
  readonly #now: () => string;
  /** The current write of the file; changes meanwhile cause one more. */
  #writing: Promise<void> = Promise.resolve();
  #isStale = false;

  constructor(store: StateStore, files: Files, now: () => string) {
    this.#store = store;
    this.#files = files;
    this.#now = now;
  }

  /** Returns tables whose changes of holds and evidence call `onChange`. */
  watch(tables: StoreTables, onChange: () => void): StoreTables {
    return watchHolds(tables, onChange);
  }

  /** Writes the file after a change. */
  write(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    this.#next(async () => {
      this.#isStale = false;
      await writeHoldsFile(this.#store, this.#files, this.#now());
    });
  }

  /** Updates the file, which may be out of date after a killed run. */
  refresh(): void {
    this.#next(() => refreshHoldsFile(this.#store, this.#files, this.#now()));
  }

  #next(work: () => Promise<void>): void {
    this.#writing = this.#writing.then(work);
    // `flush` throws its error.
    this.#writing.catch(() => undefined);
  }

  /** Waits for the file; throws the first error. */
  async flush(): Promise<void> {
    const writing = this.#writing;
    this.#writing = Promise.resolve();
    await writing;
  }
}
