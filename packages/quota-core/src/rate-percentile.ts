import { type BarInput, type BarReading, type Share, sharesBetween } from './usage-bars.js';
import { instantMs } from './zone.js';

/** What a percentile of rates is computed from. */
export interface RatePercentileInput extends Pick<BarInput, 'window' | 'series' | 'begins'> {
  /** Above 0, at most 100. */
  percent: number;
}

/** The rate that this percentage of equal intervals does not exceed, in bits per second. */
export interface RatePercentile {
  percent: number;
  /** How long each interval is; null where the readings say nothing of any rate. */
  intervalSeconds: number | null;
  /** How many intervals the window has. */
  intervals: number;
  /** Those of which not all is known: they are left out, never counted as zero. */
  unknown: number;
  /** Null where no interval of the direction is known. */
  inBitsPerSecond: number | null;
  outBitsPerSecond: number | null;
  totalBitsPerSecond: number | null;
}

const MINUTE_MS = 60_000;
/** Lengths of intervals: each is a whole part of an hour or day. */
const MINUTES = [5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440];
/** Intervals without a reading that their mean rate still speaks of; a longer time is a gap. */
const LONGEST = 2;
/** Readings are not on the second. */
const [NEARLY, WHOLE] = [0.9, 0.99];

/**
 * Returns a percentile of the mean rates of equal intervals from the start of a window on, by the nearest rank: of `n` known intervals, in
 * rising order, the one at place `percent` of `n`, rounded up. Intervals are 5 minutes long, or the next longer one of 10, 15, 20 and 30
 * minutes, 1, 2, 3, 4, 6, 12 and 24 hours that half of the times between readings fit into: shorter ones would say nothing new. The growth
 * between two readings is spread evenly over the time between them, where that is at most two intervals: a longer time is a gap, since its
 * mean would hide what was high in it. An interval of which a part is not known is left out.
 *
 * @example
 * ```ts
 * const at = (minute: number) => new Date(minute * 60_000).toISOString();
 * const reading = (minute: number, bytes: number) => ({ at: at(minute), inBytes: bytes, outBytes: null, totalBytes: bytes });
 * const series = [reading(0, 0), reading(5, 300), reading(10, 900)];
 * ratePercentile({ window: { start: at(0), end: at(10) }, series, begins: [], percent: 95 }).inBitsPerSecond; // 16
 * ```
 */
export function ratePercentile({ window, series, begins, percent }: RatePercentileInput): RatePercentile {
  const [start, end] = [instantMs(window.start, 'the start'), instantMs(window.end, 'the end')];
  const readings = series.map(withTotal);
  const ms = toInterval(readings);
  const intervals = ms === null ? 0 : Math.max(0, Math.floor((end - start) / ms));
  const none = { inBitsPerSecond: null, outBitsPerSecond: null, totalBitsPerSecond: null };
  if (ms === null || intervals === 0) return { percent, intervalSeconds: null, intervals: 0, unknown: 0, ...none };
  const bounds = Array.from({ length: intervals + 1 }, (_, index) => start + index * ms);
  const known = sharesBetween({ series: readings, begins }, bounds, LONGEST * ms).map((shares) =>
    knownRates(shares, ms),
  );
  const [inward, outward, total] = known.map((rates) => nearestRank(rates, percent));
  return {
    percent,
    intervalSeconds: ms / 1000,
    intervals,
    unknown: intervals - Math.max(...known.map((rates) => rates.length)),
    inBitsPerSecond: inward ?? null,
    outBitsPerSecond: outward ?? null,
    totalBitsPerSecond: total ?? null,
  };
}

function withTotal(reading: BarReading): BarReading {
  const { inBytes, outBytes, totalBytes } = reading;
  if (totalBytes !== null || inBytes === null || outBytes === null) return reading;
  return { ...reading, totalBytes: inBytes + outBytes };
}

/** Returns the shortest length that half of the times between readings fit into, in milliseconds; null without two readings. */
function toInterval(series: readonly BarReading[]): number | null {
  const times = series.map(({ at }) => instantMs(at, 'a reading'));
  const between = times
    .slice(1)
    .map((at, index) => at - (times[index] ?? at))
    .filter((ms) => ms > 0)
    .sort((a, b) => a - b);
  const median = between[Math.floor((between.length - 1) / 2)];
  if (median === undefined) return null;
  const minutes = MINUTES.find((each) => each * MINUTE_MS >= median * NEARLY) ?? MINUTES.at(-1) ?? 0;
  return minutes * MINUTE_MS;
}

function knownRates(shares: readonly Share[], ms: number): number[] {
  return shares.filter((share) => share.ms >= ms * WHOLE).map(({ bytes }) => (bytes * 8000) / ms);
}

function nearestRank(rates: readonly number[], percent: number): number | null {
  const sorted = [...rates].sort((a, b) => a - b);
  const place = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  const rate = sorted[place - 1];
  return rate === undefined ? null : Math.round(rate);
}
