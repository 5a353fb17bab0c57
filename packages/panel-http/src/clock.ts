import { onAbort } from './on-abort.js';
import type { Clock } from './types.js';

/** The system's clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const aborted = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      let forget: (() => void) | undefined;
      const timer = setTimeout(() => {
        forget?.();
        resolve();
      }, ms);
      if (signal?.aborted === true) aborted();
      else if (signal !== undefined) forget = onAbort(signal, aborted);
    }),
};
