import { type Language, toTexts } from '@sluice/messages';
import type { ChartPoint, KnownPoint } from './chart.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Days whose growth counts: whole weeks would miss that a cycle is young. */
const DAYS = 7;
/** Growth over less time says nothing about a day. */
const SHORTEST = 6 * HOUR;
/** After this long without a reading, the last rate says nothing about the present one. */
const STALE = 2 * DAY;

/** What a projection is computed from; instants are milliseconds. */
export interface ProjectionInput {
  /** Usage that adds up in the cycle, oldest first; null where it is unknown. */
  points: readonly ChartPoint[];
  /** Instants at which the usage starts over: points before the last one do not count. */
  breaks?: readonly number[];
  /** The allowance; null for none. */
  limit: number | null;
  now: number;
  /** The end of the cycle. */
  end: number;
}

/**
 * Where usage goes at its recent rate:
 * - `unknown`: too few, too old or no readings, or the cycle is over
 * - `used-up`: the last reading reaches the allowance
 * - `runs-out`: the allowance is reached at `at`, before the cycle ends
 * - `lasts`: it is not reached in the cycle; `value` is the usage at its end
 * - `no-limit`: there is no allowance; `value` is the usage at the end of the cycle
 *
 * `perDay` is the growth in 24 hours, `last` the last reading.
 */
export type Projection =
  | { kind: 'unknown' }
  | { kind: 'used-up'; last: KnownPoint }
  | { kind: 'runs-out'; at: number; perDay: number; last: KnownPoint }
  | { kind: 'lasts' | 'no-limit'; value: number; perDay: number; last: KnownPoint };

/**
 * Projects usage to the end of its cycle. The rate is the mean growth of the last whole days (at most 7), from three days on
 * without the highest and the lowest: nights and weekends without traffic count, one unusual day does not. Until a day has
 * passed it is the mean since the first reading. Unknown figures are left out, never taken as zero.
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
  const perDay = dailyGrowth(known, last);
  if (perDay === null) return { kind: 'unknown' };
  const value = last.value + (perDay * (end - last.at)) / DAY;
  if (limit === null) return { kind: 'no-limit', value, perDay, last };
  const at = perDay === 0 ? Infinity : last.at + ((limit - last.value) / perDay) * DAY;
  if (at >= end) return { kind: 'lasts', value: Math.min(value, limit), perDay, last };
  return { kind: 'runs-out', at: Math.round(Math.max(at, now)), perDay, last };
}

/**
 * Returns the projection in words (`runs out on 24 Nov 2026`, `lasts the cycle`, `used up`), in a language, by default English; null where
 * it is unknown or without an allowance.
 */
export function describeProjection(projection: Projection, timeZone: string, language: Language = 'en'): string | null {
  const texts = toTexts(language);
  if (projection.kind === 'used-up') return texts.text('outlook.usedUp');
  if (projection.kind === 'lasts') return texts.text('outlook.lasts');
  if (projection.kind !== 'runs-out') return null;
  return texts.text('outlook.runsOut', { date: texts.date(projection.at, timeZone) });
}

/** Returns the projection as a sentence: `At the present rate, it runs out on 24 Nov 2026.`; null as `describeProjection`. */
export function projectionSentence(projection: Projection, timeZone: string, language: Language = 'en'): string | null {
  const texts = toTexts(language);
  if (projection.kind === 'used-up') return texts.text('outlook.isUsedUp');
  if (projection.kind === 'lasts') return texts.text('outlook.willLast');
  if (projection.kind !== 'runs-out') return null;
  return texts.text('outlook.willRunOut', { date: texts.date(projection.at, timeZone) });
}

/** Returns the line of a projection that ends at an instant at the latest; null where nothing is to be drawn. */
export function projectionLine(projection: Projection, until: number): { from: KnownPoint; to: KnownPoint } | null {
  if (projection.kind === 'unknown' || projection.kind === 'used-up') return null;
  const { last, perDay } = projection;
  const at = projection.kind === 'runs-out' ? Math.min(projection.at, until) : until;
  if (at <= last.at) return null;
  return { from: last, to: { at, value: last.value + (perDay * (at - last.at)) / DAY } };
}

function isKnown(point: ChartPoint): point is KnownPoint {
  return point.value !== null && Number.isFinite(point.value);
}

function dailyGrowth(known: readonly KnownPoint[], last: KnownPoint): number | null {
  const [first = last] = known;
  const span = last.at - first.at;
  if (span < SHORTEST) return null;
  if (span < DAY) return Math.max(0, ((last.value - first.value) / span) * DAY);
  const days = Math.min(DAYS, Math.floor(span / DAY));
  const values = Array.from({ length: days + 1 }, (_, n) => valueAt(known, last.at - n * DAY));
  const growths = values.slice(1).map((value, n) => (values[n] ?? 0) - value);
  const sorted = growths.sort((a, b) => a - b);
  const counted = sorted.length < 3 ? sorted : sorted.slice(1, -1);
  return Math.max(0, counted.reduce((sum, growth) => sum + growth, 0) / counted.length);
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
