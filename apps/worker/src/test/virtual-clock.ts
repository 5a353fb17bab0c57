import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@sluice/panel-kind';

/** A clock whose sleepers wake when it is moved. */
export interface VirtualClock extends Clock {
  /** Moves on, and wakes each sleeper at its instant. */
  pass(ms: number): Promise<void>;
  /** Jumps, as the clock of a machine that slept or was corrected; sleepers wait on. */
  jump(ms: number): void;
}

/** Creates such a clock. */
export function virtualClock(start: string): VirtualClock {
  let now = Date.parse(start);
  /** Time that timers have seen: a jump does not move it. */
  let ticks = 0;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  const flush = async (): Promise<void> => {
    for (let turns = 0; turns < 5; turns++) await turn();
  };
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          at: ticks + ms,
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake, { once: true });
      }),
    pass: async (ms) => {
      await flush();
      const end = ticks + ms;
      for (;;) {
        const [next] = [...sleepers].sort((a, b) => a.at - b.at);
        const at = Math.min(next?.at ?? end, end);
        now += at - ticks;
        ticks = at;
        if (next === undefined || next.at > end) return;
        next.wake();
        await flush();
      }
    },
    jump: (ms) => {
      now += ms;
    },
  };
}
