/** Runs works one after the other, in the order in which they were handed in; one that fails does not stop the next. */
export class WriteQueue {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** When all that was handed in so far is done. */
  async idle(): Promise<void> {
    await this.#tail;
  }
}
