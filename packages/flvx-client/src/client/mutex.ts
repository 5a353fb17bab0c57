/** Runs work of the same key one after the other. Different keys don't wait for each other. */
export class Mutex {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#tails.set(key, mine);
    const leave = (): void => {
      if (this.#tails.get(key) === mine) this.#tails.delete(key);
    };
    void mine.then(leave, leave);
    return mine;
  }
}
