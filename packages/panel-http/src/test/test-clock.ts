import type { Clock } from '../types.js';

export interface TestClock extends Clock {
  /** Every wait that was asked for, in milliseconds. */
  slept: number[];
  advance(ms: number): void;
}

/** A clock on which waiting takes no time. */
export function createTestClock(start = Date.parse('2026-11-01T12:00:00.000Z')): TestClock {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    advance(ms) {
      now += ms;
    },
    sleep(ms, signal) {
      slept.push(ms);
      now += ms;
      return signal?.aborted === true ? Promise.reject(signal.reason as Error) : Promise.resolve();
    },
  };
}
