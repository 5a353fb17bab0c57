import PQueue from 'p-queue';
import { onAbort } from './on-abort.js';

/** Limits how many tasks run at once and how many start per second. */
export interface Limiter {
  run<T>(task: () => Promise<T>, options: { first: boolean; signal: AbortSignal | undefined }): Promise<T>;
  concurrency: number;
  readonly inFlight: number;
  readonly waiting: number;
}

/** Tasks that may start in one turn of the event loop, so that first answers are read while later calls still connect. */
const OPENED_AT_ONCE = 64;

/**
 * Creates a limiter of `concurrency` tasks at once and `requestsPerSecond` starts per second, in small portions rather than in one
 * burst per second. A wide limiter opens step by step.
 */
export function createLimiter(concurrency: number, requestsPerSecond?: number, minIntervalMs = 0): Limiter {
  const portions = requestsPerSecond === undefined ? null : toPortions(requestsPerSecond);
  const pace = minIntervalMs > 0 ? { intervalCap: 1, interval: minIntervalMs } : portions;
  const queue = new PQueue({
    concurrency: Math.min(concurrency, OPENED_AT_ONCE),
    ...(pace === null ? {} : { ...pace, strict: true }),
  });
  let limit = concurrency;
  let opening = false;
  const openMore = (): void => {
    if (opening || queue.concurrency >= limit || queue.size === 0) return;
    opening = true;
    setImmediate(() => {
      opening = false;
      queue.concurrency = Math.min(limit, queue.concurrency + OPENED_AT_ONCE);
      openMore();
    });
  };
  return {
    run: (task, { first, signal }) => {
      const priority = first ? 1 : 0;
      const done = signal === undefined ? queue.add(task, { priority }) : leaveOnAbort(queue, task, priority, signal);
      openMore();
      return done;
    },
    get concurrency() {
      return limit;
    },
    set concurrency(other) {
      const open = queue.concurrency >= limit ? other : queue.concurrency;
      limit = other;
      queue.concurrency = Math.min(open, other);
      openMore();
    },
    get inFlight() {
      return queue.pending;
    },
    get waiting() {
      return queue.size;
    },
  };
}

/** Returns the smallest whole number of starts whose window is at least 50 ms long. */
export function toPortions(requestsPerSecond: number): { intervalCap: number; interval: number } {
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
    const start = (): Promise<T> => {
      forget();
      signal.throwIfAborted();
      return task();
    };
    queue.add(start, { priority }).then(resolve, reject);
  });
}
