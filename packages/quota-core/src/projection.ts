const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Days whose growth counts: whole weeks would miss that a cycle is young. */
const DAYS = 7;
/** Growth over less time says nothing about a day. */
const SHORTEST = 6 * HOUR;
/** After this long without a reading, the last rate says nothing about the present one. */
const STALE = 2 * DAY;

/** A figure at an instant (milliseconds); null where it is unknown. */
export interface ProjectionPoint {
  at: number;
  value: number | null;
}

interface KnownPoint {
  at: number;
  value: number;
}

/** What a projection is computed from; instants are milliseconds. */
export interface ProjectionInput {
  /** Usage that adds up in the cycle, oldest first; null where it is unknown. */
  points: readonly ProjectionPoint[];
  /** Instants at which the usage starts over: points before the last one do not count. */
  breaks?: readonly number[];
  /** The allowance; null for none. */
  limit: number | null;
  now: number;
  /** The end of the cycle. */
  end: number;
}

/** Growth in 24 hours: the mean of the calmer and of the busier half of the days that count; both are the mean of all where that is one day or less. */
export interface GrowthRange {
  low: number;
  high: number;
}

/**
 * Where usage goes at its recent rate:
 * - `unknown`: too few, too old or no readings, or the cycle is over
 * - `used-up`: the last reading reaches the allowance
 * - `runs-out`: the allowance is reached at `at`, before the cycle ends
 * - `lasts`: it is not reached in the cycle; `value` is the usage at its end
 * - `no-limit`: there is no allowance; `value` is the usage at the end of the cycle
 *
 * `perDay` is the growth in 24 hours, `last` the last reading. `range` has the growth of calm and of busy days; `earliest` and `latest` are
 * when the allowance is reached with these, null where that is not before the cycle ends.
 */
export type Projection =
  | { kind: 'unknown' }
  | { kind: 'used-up'; last: { at: number; value: number } }
  | ({ kind: 'runs-out'; at: number } & ProjectedGrowth)
  | ({ kind: 'lasts' | 'no-limit'; value: number } & ProjectedGrowth);

/** The growth of a projection. */
export interface ProjectedGrowth {
  perDay: number;
  last: { at: number; value: number };
  range: GrowthRange;
  earliest: number | null;
  latest: number | null;
}

/**
 * Projects usage to the end of its cycle. The rate is the mean growth of the last whole days (at most 7), from three days on
 * without the highest and the lowest: nights and weekends without traffic count, one unusual day does not. Until a day has
 * passed it is the mean since the first reading. Of the days that count, the mean of the half with the least growth is the low end of the
 * range, and the mean of the half with the most is the high end; of an odd number the one in the middle belongs to both. Unknown figures are
 * left out, never taken as zero.
 *
 * @example
 * ```ts
 * const day = 86_400_000;
 * const points = [0, 1, 2].map((n) => ({ at: n * day, value: n * 10 }));
 * projectUsage({ points, limit: 100, now: 2 * day, end: 30 * day }); // runs-out at 10 * day, 10 per day
 * ```
 */
export function projectUsage({ points, breaks = [], limit, now, end }: ProjectionInput): Projection {
  const begin = breaks.reduce((latest, at) => (at <= now ? Math.max(latest, at) : latest), -Infinity);
  const known = points.filter((point): point is KnownPoint => isKnown(point) && point.at >= begin && point.at <= now);
  const last = known.at(-1);
  if (last === undefined || now >= end) return { kind: 'unknown' };
  if (limit !== null && last.value >= limit) return { kind: 'used-up', last };
  if (now - last.at > STALE) return { kind: 'unknown' };
  const growth = dailyGrowth(known, last);
  if (growth === null) return { kind: 'unknown' };
  const { perDay, range } = growth;
  const value = last.value + (perDay * (end - last.at)) / DAY;
  if (limit === null) return { kind: 'no-limit', value, perDay, last, range, earliest: null, latest: null };
  const reached = (rate: number): number | null => {
    const at = rate === 0 ? Infinity : last.at + ((limit - last.value) / rate) * DAY;
    return at >= end ? null : Math.min(end - 1, Math.round(Math.max(at, now)));
  };
  const ends = { earliest: reached(range.high), latest: reached(range.low) };
  const at = reached(perDay);
  if (at === null) return { kind: 'lasts', value: Math.min(value, limit), perDay, last, range, ...ends };
  return { kind: 'runs-out', at, perDay, last, range, ...ends };
}

function isKnown(point: ProjectionPoint): point is KnownPoint {
  return point.value !== null && Number.isFinite(point.value);
}

function dailyGrowth(known: readonly KnownPoint[], last: KnownPoint): { perDay: number; range: GrowthRange } | null {
  const [first = last] = known;
  const span = last.at - first.at;
  if (span < SHORTEST) return null;
  if (span < DAY) return meanGrowth([((last.value - first.value) / span) * DAY]);
  const days = Math.min(DAYS, Math.floor(span / DAY));
  const values = Array.from({ length: days + 1 }, (_, n) => valueAt(known, last.at - n * DAY));
  const growths = values.slice(1).map((value, n) => (values[n] ?? 0) - value);
  const sorted = growths.sort((a, b) => a - b);
  return meanGrowth(sorted.length < 3 ? sorted : sorted.slice(1, -1));
}

/** Returns the mean of growths in rising order, and of their halves; none is below zero. */
function meanGrowth(sorted: readonly number[]): { perDay: number; range: GrowthRange } {
  const half = Math.ceil(sorted.length / 2);
  const perDay = mean(sorted);
  // Rounding must not move the mean out of its range.
  const low = Math.min(perDay, mean(sorted.slice(0, half)));
  const high = Math.max(perDay, mean(sorted.slice(-half)));
  return { perDay, range: { low, high } };
}

function mean(figures: readonly number[]): number {
  return Math.max(0, figures.reduce((sum, figure) => sum + figure, 0) / figures.length);
}

/** Returns the value at an instant between the first and the last point, on the line between its neighbours. */
function valueAt(known: readonly KnownPoint[], at: number): number {
  let [low, high] = [0, known.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((known[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const after = known[low];
  const before = known[low - 1];
  if (after === undefined || before === undefined || after.at === before.at) return after?.value ?? 0;
  return before.value + ((after.value - before.value) * (at - before.at)) / (after.at - before.at);
}
