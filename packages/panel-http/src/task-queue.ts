import { onAbort } from './on-abort.js';

/** How a task waits. */
export interface QueueOptions {
  /** Before those that go in order. */
  first: boolean;
  /** Calls the task off while it waits; once it runs it knows best itself what that means. */
  signal: AbortSignal | undefined;
}

/** A task that waits. */
interface Waiting {
  readonly start: () => void;
  calledOff: boolean;
  next: Waiting | null;
}

/** Tasks of one order, the oldest first. */
class Line {
  #oldest: Waiting | null = null;
  #newest: Waiting | null = null;

  push(task: Waiting): void {
    if (this.#newest === null) this.#oldest = task;
    else this.#newest.next = task;
    this.#newest = task;
  }

  shift(): Waiting | null {
    const task = this.#oldest;
    this.#oldest = task?.next ?? null;
    if (this.#oldest === null) this.#newest = null;
    return task;
  }
}

/** Runs tasks, at most `concurrency` at once, in order. One that can run at once costs no promise more than its own. */
export class TaskQueue {
  #concurrency: number;
  #running = 0;
  #waiting = 0;
  readonly #first = new Line();
  readonly #others = new Line();

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  get concurrency(): number {
    return this.#concurrency;
  }

  set concurrency(concurrency: number) {
    this.#concurrency = concurrency;
    this.#startMore();
  }

  /** Tasks that run. */
  get running(): number {
    return this.#running;
  }

  /** Tasks that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Runs a task; rejects with the signal's reason where it is called off before it runs. */
  run<T>(task: () => Promise<T>, { first, signal }: QueueOptions): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#running < this.#concurrency) {
      const result = this.#begin(task);
      result.then(this.#end, this.#end);
      return result;
    }
    return new Promise((resolve, reject) => {
      let forget: (() => void) | undefined;
      const waiting: Waiting = {
        calledOff: false,
        next: null,
        start: () => {
          forget?.();
          const result = this.#begin(task);
          result.then(this.#end, this.#end);
          result.then(resolve, reject);
        },
      };
      if (signal !== undefined) {
        forget = onAbort(signal, () => {
          waiting.calledOff = true;
          this.#waiting -= 1;
          reject(signal.reason as Error);
        });
      }
      (first ? this.#first : this.#others).push(waiting);
      this.#waiting += 1;
    });
  }

  #begin<T>(task: () => Promise<T>): Promise<T> {
    this.#running += 1;
    return task();
  }

  readonly #end = (): void => {
    this.#running -= 1;
    this.#startMore();
  };

  #startMore(): void {
    while (this.#running < this.#concurrency && this.#waiting > 0) {
      const next = this.#first.shift() ?? this.#others.shift();
      if (next === null) return;
      if (next.calledOff) continue;
      this.#waiting -= 1;
      next.start();
    }
  }
}
