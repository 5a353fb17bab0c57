import type { UsageBytes } from './usage.js';

/** Usage in a cycle at an instant. */
export interface CycleReading extends UsageBytes {
  /** Instant of the reading. */
  at: string;
  /** Id of the cycle, and its beginning, from which the figures count. */
  cycle: string;
  cycleStart: string;
}

/** From where usage in a window is counted. Plain JSON. */
export interface WindowCount {
  /** Beginning of the window. */
  start: string;
  /** Instant of the reading from which it is counted. */
  since: string;
  /** The figures of the present cycle that do not belong to the window. */
  base: CycleReading;
  /** Usage in the window before the present cycle. */
  carried: UsageBytes;
}

const NONE: UsageBytes = { inBytes: 0, outBytes: 0, totalBytes: 0 };

/** Returns a count that begins with a reading: what was used before it does not count. */
export function beginWindowCount(start: string, base: CycleReading): WindowCount {
  return { start, since: base.at, base, carried: NONE };
}

/**
 * Counts usage in a window that is shorter than the cycle, or not aligned with it, by how the figures of the cycle have
 * grown since the reading at the window's beginning. At a change of the cycle, the growth of the last one is carried.
 *
 * @param input.count the count of the window so far
 * @param input.last the newest earlier reading; the last one of its cycle when the cycle has changed
 * @param input.reading the reading to count
 * @returns the count to continue with; `usage` is null while nothing but the first reading is known
 *
 * @example
 * ```ts
 * const at = (time: string, totalBytes: number) => ({ at: time, cycle: 'c1', cycleStart, inBytes: null, outBytes: null, totalBytes });
 * const count = beginWindowCount(midnight, at(midnight, 700));
 * stepWindowCount({ count, last: null, reading: at(noon, 900) }).usage; // totalBytes 200
 * ```
 */
export function stepWindowCount(input: { count: WindowCount; last: CycleReading | null; reading: CycleReading }): {
  count: WindowCount;
  usage: UsageBytes | null;
} {
  const { last, reading } = input;
  const count = isSameCycle(input.count.base, reading) ? input.count : changeCycle(input.count, last, reading);
  if (reading.at <= count.since) return { count, usage: null };
  return { count, usage: combine(count.carried, grow(count.base, reading), (a, b) => a + b) };
}

function changeCycle(count: WindowCount, last: CycleReading | null, reading: CycleReading): WindowCount {
  const { base } = count;
  const isLast = last !== null && isSameCycle(base, last);
  const carried = isLast ? combine(count.carried, grow(base, last), (a, b) => a + b) : count.carried;
  // A cycle that was moved counts from another instant: its figures can't be compared with the earlier ones.
  const isMoved = reading.cycle === base.cycle;
  return { ...count, carried, base: isMoved ? reading : { ...reading, ...NONE } };
}

function isSameCycle(a: CycleReading, b: CycleReading): boolean {
  return a.cycle === b.cycle && a.cycleStart === b.cycleStart;
}

/** A figure that fell did not grow. */
function grow(from: UsageBytes, to: UsageBytes): UsageBytes {
  return combine(to, from, (now, before) => Math.max(0, now - before));
}

function combine(a: UsageBytes, b: UsageBytes, join: (a: number, b: number) => number): UsageBytes {
  const of = (key: keyof UsageBytes): number | null => {
    const [left, right] = [a[key], b[key]];
    return left === null || right === null ? null : join(left, right);
  };
  return { inBytes: of('inBytes'), outBytes: of('outBytes'), totalBytes: of('totalBytes') };
}
