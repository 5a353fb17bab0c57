import { stepCounter, type CounterState } from '@sluice/quota-core';
import type { CycleRecord } from '@sluice/state-store';

/**
 * Returns the state of a service's metering with which a cycle goes on: as the cycle has it, and with what was counted
 * in cycles that are forgotten because a wrong clock opened them.
 */
export function counterAfter(cycle: CycleRecord | null, forgotten: readonly CycleRecord[], start: string): unknown {
  const before = cycle?.counter ?? null;
  const newest = forgotten
    .map(({ counter }) => counter)
    .findLast((counter) => counter !== null && counter !== undefined);
  if (newest === undefined) return before;
  if (!isCounterState(before) || !isCounterState(newest)) return newest;
  const step = stepCounter({
    previous: before,
    cycleStart: start,
    reading: { at: newest.at, inBytes: newest.lastIn, outBytes: newest.lastOut },
    // The counters may have been zeroed for the cycle that is forgotten.
    resetBetween: true,
    newCycle: false,
  });
  return step.known ? step.state : before;
}

function isCounterState(counter: unknown): counter is CounterState {
  const { lastIn, lastOut, usedIn, usedOut, at } = (counter ?? {}) as Partial<CounterState>;
  return [lastIn, lastOut, usedIn, usedOut].every((bytes) => typeof bytes === 'number') && typeof at === 'string';
}
