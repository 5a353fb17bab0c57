import PQueue from 'p-queue';
import { onAbort } from './on-abort.js';

/** How often and how many at once. */
export interface Limiter {
  run<T>(task: () => Promise<T>, options: { first: boolean; signal: AbortSignal | undefined }): Promise<T>;
  concurrency: number;
  readonly inFlight: number;
  readonly waiting: number;
}

/**
 * At most `concurrency` tasks at once and `requestsPerSecond` starts per second, the latter in small portions rather than in one
 * burst per second.
 */
export function createLimiter(concurrency: number, requestsPerSecond: number | undefined): Limiter {
  const queue = new PQueue(
    requestsPerSecond === undefined ? { concurrency } : { concurrency, ...portions(requestsPerSecond), strict: true },
  );
  return {
    run: (task, { first, signal }) => {
      const priority = first ? 1 : 0;
      return signal === undefined ? queue.add(task, { priority }) : leaveOnAbort(queue, task, priority, signal);
    },
    get concurrency() {
      return queue.concurrency;
    },
    set concurrency(limit) {
      queue.concurrency = limit;
    },
    get inFlight() {
      return queue.pending;
    },
    get waiting() {
      return queue.size;
    },
  };
}

/** The smallest whole number of starts whose window is at least 50 ms long. */
export function portions(requestsPerSecond: number): { intervalCap: number; interval: number } {
  const intervalCap = Math.max(1, Math.ceil(requestsPerSecond / 20));
  return { intervalCap, interval: Math.ceil((intervalCap * 1000) / requestsPerSecond) };
}

/** While it waits a task leaves at once when it is called off; once it runs it knows best itself what that means. */
function leaveOnAbort<T>(queue: PQueue, task: () => Promise<T>, priority: number, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) {
      leave();
      return;
    }
    const forget = onAbort(signal, leave);
    const start = async (): Promise<void> => {
      forget();
      if (!signal.aborted) await task().then(resolve, reject);
    };
    queue.add(start, { priority }).catch(reject);
  });
}
