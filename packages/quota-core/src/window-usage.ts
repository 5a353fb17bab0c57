import { confirmsJump } from './jump.js';
import { eachFigure, type UsageBytes } from './allowance.js';

/** Usage in a cycle at an instant. */
export interface CycleReading extends UsageBytes {
  /** Instant of the reading. */
  at: string;
  /** Id of the cycle, its beginning, from which the figures count, and its end: a reading from then on is its final one. */
  cycle: string;
  cycleStart: string;
  cycleEnd: string;
}

/** From where usage in a window is counted, and up to where. Plain JSON. */
export interface WindowCount {
  /** Beginning of the window. */
  start: string;
  /** Instant of the reading from which it is counted. */
  since: string;
  /** The figures of the present cycle that do not belong to the window. */
  base: CycleReading;
  /** Usage in the window before the present cycle. */
  carried: UsageBytes;
  /** The newest counted reading. */
  last: CycleReading;
  /** The last counted reading of the cycle before; null once its final one is counted, or where it ended before the window. */
  ended: CycleReading | null;
  /** The highest figures of the present cycle before `base`, of those that had fallen to less than half; absent without any. */
  fallen?: UsageBytes;
}

const NONE: UsageBytes = { inBytes: 0, outBytes: 0, totalBytes: 0 };

/**
 * Returns a count that begins with a reading: what was used before it does not count.
 *
 * @param highest the highest figures of its cycle before it. One that had fallen to less than half of them may be a mistake of the
 * panel: what a later reading brings back of it at once does not count either
 */
export function beginWindowCount(start: string, base: CycleReading, highest: UsageBytes = NONE): WindowCount {
  const count = { start, since: base.at, base, carried: NONE, last: base, ended: null };
  return withFallen(count, findFallen(base, highest));
}

function findFallen(base: UsageBytes, highest: UsageBytes): UsageBytes {
  return combine(base, highest, (now, before) => (now * 2 < before ? before : null));
}

/**
 * Counts a reading in a window that is shorter than the cycle, or not aligned with it, by how the figures of the cycle have
 * grown since the reading at the window's beginning. At a change of the cycle, the growth of the last one is carried; its
 * final reading may come later.
 *
 * Where a cycle begins later than before, its figures count from there. Unless that is after its last reading they may fall: then
 * the growth between the two readings is unknown and does not count.
 *
 * @param count the count of the window so far
 * @param reading the reading to count: of the present cycle, the next one, or the one before
 * @returns the count to continue with
 *
 * @example
 * ```ts
 * const at = (time: string, totalBytes: number) => ({ at: time, cycle: 'c1', cycleStart, cycleEnd, inBytes: null, outBytes: null, totalBytes });
 * const count = stepWindowCount(beginWindowCount(midnight, at(midnight, 700)), at(noon, 900));
 * usageInWindow(count); // totalBytes 200
 * ```
 */
export function stepWindowCount(count: WindowCount, reading: CycleReading): WindowCount {
  const { fallen, ...others } = count;
  const { base, last, ended } = count;
  // Its figures are of the time before the window.
  if (reading.cycleEnd <= count.start) return count;
  if (isSameCycle(last, reading)) {
    return fallen === undefined ? { ...count, last: reading } : stepFallen({ ...others, fallen }, reading);
  }
  if (ended !== null && isSameCycle(ended, reading)) {
    if (reading.at < ended.at) return count;
    return { ...count, carried: add(count.carried, grow(ended, reading)), ended: waitFor(count.start, reading) };
  }
  if (reading.cycle !== last.cycle && reading.cycleEnd <= last.cycleStart) return count;
  const carried = add(count.carried, grow(base, last));
  if (reading.cycle !== last.cycle) {
    // What is counted up to now may be less than the last reading shows, or more.
    const counted = fallen === undefined ? { ...last, ...combine(base, last, Math.max) } : null;
    const waiting = counted === null ? null : waitFor(count.start, counted);
    return { ...others, carried, base: { ...reading, ...NONE }, last: reading, ended: waiting };
  }
  return { ...others, carried: add(carried, growOfMoved(last, reading)), base: reading, last: reading };
}

/** Counts a reading of the present cycle after a base that had fallen. Figures that grow from there step by step were used. */
function stepFallen(count: WindowCount & { fallen: UsageBytes }, reading: CycleReading): WindowCount {
  const { base, carried, last, fallen, ...others } = count;
  const isBack = combine(fallen, reading, (before, now) => (confirmsJump(now, before) ? 1 : 0));
  const choose = (back: UsageBytes, other: UsageBytes): UsageBytes =>
    eachFigure((key) => (isBack[key] ? back : other)[key]);
  const left = eachFigure((key) => {
    const [before, now] = [fallen[key], reading[key]];
    return before === null || now === null || now * 2 < before ? before : null;
  });
  const counted = choose(add(carried, grow(base, last)), carried);
  return withFallen({ ...others, base: { ...base, ...choose(reading, base) }, carried: counted, last: reading }, left);
}

function withFallen(count: WindowCount, fallen: UsageBytes): WindowCount {
  return Object.values(fallen).every((figure) => figure === null) ? count : { ...count, fallen };
}

/** Returns a count whose figures had the directions swapped. */
export function swapDirections(count: WindowCount): WindowCount {
  const { base, carried, last, ended, fallen } = count;
  return {
    ...count,
    base: { ...base, ...swap(base) },
    carried: swap(carried),
    last: { ...last, ...swap(last) },
    ended: ended && { ...ended, ...swap(ended) },
    ...(fallen === undefined ? {} : { fallen: swap(fallen) }),
  };
}

function swap({ inBytes, outBytes, totalBytes }: UsageBytes): UsageBytes {
  return { inBytes: outBytes, outBytes: inBytes, totalBytes };
}

/** Returns what was used in a window up to its last reading; null while nothing but the first one is known. */
export function usageInWindow({ since, base, last, carried }: WindowCount): UsageBytes | null {
  return last.at <= since ? null : add(carried, grow(base, last));
}

/**
 * Returns the most that can have been used in a window up to its last reading: the growth since a reading before the window. Null
 * where it is unknown: the cycle changed in between, figures fell, or the reading is not from before the window.
 */
export function mostInWindow({ start, last }: WindowCount, before: CycleReading): UsageBytes | null {
  if (before.at > start || !isSameCycle(before, last)) return null;
  const most = combine(last, before, (now, earlier) => now - earlier);
  return Object.values(most).some((figure) => figure !== null && figure < 0) ? null : most;
}

/**
 * Returns a count that goes on from a reading of its cycle that is right although it fell: what was counted before it stays. What a
 * later reading brings back at once of what fell was counted before.
 *
 * @param before the most that was shown as used in the window, null where it is unknown; and the highest figures of the cycle
 */
export function rebaseWindowCount(
  count: WindowCount,
  reading: CycleReading,
  { most, highest }: { most: UsageBytes; highest: UsageBytes },
): WindowCount {
  const { fallen: _, ...others } = count;
  const { base, last } = count;
  if (!isSameCycle(last, reading)) return count;
  const counted = add(count.carried, grow(base, last));
  const carried = eachFigure((key) => (counted[key] === null ? null : Math.max(counted[key], most[key] ?? 0)));
  return withFallen({ ...others, carried, base: reading, last: reading }, findFallen(reading, highest));
}

/** Returns the reading of an ended cycle after which its final one is missing; null where none is. */
function waitFor(windowStart: string, last: CycleReading): CycleReading | null {
  return last.at >= last.cycleEnd || last.cycleEnd <= windowStart ? null : last;
}

/** Returns what was certainly used between two readings of a cycle that was moved in between. */
function growOfMoved(last: CycleReading, reading: CycleReading): UsageBytes {
  if (last.at < reading.cycleStart) return reading;
  return reading.cycleStart > last.cycleStart ? grow(last, reading) : NONE;
}

function isSameCycle(a: CycleReading, b: CycleReading): boolean {
  return a.cycle === b.cycle && a.cycleStart === b.cycleStart;
}

/** A figure that fell did not grow. */
function grow(from: UsageBytes, to: UsageBytes): UsageBytes {
  return combine(to, from, (now, before) => Math.max(0, now - before));
}

function add(a: UsageBytes, b: UsageBytes): UsageBytes {
  return combine(a, b, (left, right) => left + right);
}

function combine(a: UsageBytes, b: UsageBytes, join: (a: number, b: number) => number | null): UsageBytes {
  return eachFigure((key) => {
    const [left, right] = [a[key], b[key]];
    return left === null || right === null ? null : join(left, right);
  });
}
