import { calendarWindow } from './window.js';
import { instantMs } from './zone.js';

/** What one bar of usage is of: a local hour, six hours from a local midnight, or a local day. */
export type BarStep = 'hour' | 'quarter' | 'day';

/** Usage that adds up at an instant, in bytes; null is unknown. */
export interface BarReading {
  /** ISO 8601 UTC. */
  at: string;
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
}

/** What bars are computed from. */
export interface BarInput {
  /** Instants, ISO 8601 UTC. */
  window: { start: string; end: string };
  timeZone: string;
  /** Oldest first. */
  series: readonly BarReading[];
  /** Where the figures start over from zero. */
  begins: readonly string[];
}

/** Traffic between two instants, in bytes; null where no reading says it. */
export interface UsageBar {
  /** ISO 8601 UTC. */
  start: string;
  end: string;
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
  /** How much of the time readings speak of, 0 to 1: of less than 1 there may have been more traffic than the bar says. */
  known: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STEP_HOURS: Readonly<Record<BarStep, number>> = { hour: 1, quarter: 6, day: 24 };
/** The directions of readings and bars. */
export const KEYS = ['inBytes', 'outBytes', 'totalBytes'] as const;

/** Returns the step of bars that a person can still distinguish: hours up to two days, quarters of a day up to eight, else days. */
export function barStep({ start, end }: BarInput['window']): BarStep {
  const ms = instantMs(end, 'the end') - instantMs(start, 'the start');
  if (ms <= 2 * DAY_MS) return 'hour';
  return ms <= 8 * DAY_MS ? 'quarter' : 'day';
}

/**
 * Returns the traffic in each local hour, quarter of a day or day of a window, oldest first; the first and the last one may be cut by the
 * window. The growth between two readings is spread evenly over the time between them. Where figures start over between two readings they
 * count from zero; figures that fell say nothing about the time before.
 *
 * @example
 * ```ts
 * const at = (day: number) => `2026-11-0${day}T00:00:00.000Z`;
 * const reading = (day: number, bytes: number) => ({ at: at(day), inBytes: bytes, outBytes: null, totalBytes: bytes });
 * const window = { start: at(1), end: at(3) };
 * usageBars({ window, timeZone: 'UTC', series: [reading(1, 0), reading(3, 8)], begins: [] }, 'day'); // two bars of 4 bytes
 * ```
 */
export function usageBars(input: BarInput, step: BarStep): UsageBar[] {
  const bounds = barBounds(input, step);
  const shares = sharesBetween(input, bounds);
  return bounds.slice(1).map((end, index) => {
    const start = bounds[index] ?? end;
    const parts = shares.map((sums) => sums[index] ?? { bytes: 0, ms: 0 });
    const [inBytes = null, outBytes = null, totalBytes = null] = parts.map(({ bytes, ms }) =>
      ms === 0 ? null : Math.round(bytes),
    );
    const known = Math.min(1, Math.max(...parts.map(({ ms }) => ms)) / (end - start));
    return { start: iso(start), end: iso(end), inBytes, outBytes, totalBytes, known };
  });
}

/**
 * Returns what each direction has between each two of the bounds (milliseconds, ascending): bytes, and of how much of the time. Of readings
 * that are further from each other than `longest` milliseconds nothing between them is known.
 */
export function sharesBetween(
  input: Pick<BarInput, 'series' | 'begins'>,
  bounds: readonly number[],
  longest = Infinity,
): Share[][] {
  const times = input.series.map(({ at }) => Date.parse(at));
  const zeros = input.begins.map((at) => Date.parse(at)).sort((a, b) => a - b);
  return KEYS.map((key) => {
    const found = growths({ series: input.series, times, zeros }, key).filter(({ from, to }) => to - from <= longest);
    return spread(found, bounds);
  });
}

/** Returns the ends of a window and the local bounds of its bars in between, in milliseconds, ascending. */
export function barBounds({ window, timeZone }: Pick<BarInput, 'window' | 'timeZone'>, step: BarStep): number[] {
  const [from, to] = [instantMs(window.start, 'the start'), instantMs(window.end, 'the end')];
  const ms = STEP_HOURS[step] * HOUR_MS;
  const bounds = [from];
  for (let now = from; now < to;) {
    const day = calendarWindow({ window: 'day', timeZone, now: iso(now) });
    const [midnight, next] = [Date.parse(day.start), Date.parse(day.end)];
    // On a day of 25 hours the last bar is longer.
    for (let at = midnight; next - at > ms / 2; at += ms) if (at > from && at < to) bounds.push(at);
    now = next;
  }
  if (to > from) bounds.push(to);
  return bounds;
}

/** A growth of figures, and when. */
interface Growth {
  from: number;
  to: number;
  bytes: number;
}

/** Returns the growths of one direction, oldest first; none overlaps another. */
function growths(
  { series, times, zeros }: Pick<BarInput, 'series'> & Record<'times' | 'zeros', readonly number[]>,
  key: (typeof KEYS)[number],
): Growth[] {
  const found: Growth[] = [];
  let before: { at: number; bytes: number } | null = null;
  for (const [index, point] of series.entries()) {
    const bytes = point[key];
    const at = times[index];
    if (bytes === null || at === undefined) continue;
    const zero = zeros.findLast((begin) => begin <= at);
    const startsOver: boolean = zero !== undefined && (before === null || before.at < zero);
    const start: { at: number; bytes: number } | null = startsOver ? { at: zero ?? at, bytes: 0 } : before;
    if (start !== null && at > start.at && bytes >= start.bytes)
      found.push({ from: start.at, to: at, bytes: bytes - start.bytes });
    before = { at, bytes };
  }
  return found;
}

/** What of a bar is known: bytes, and of how many milliseconds. */
export interface Share {
  bytes: number;
  ms: number;
}

/** Spreads growths over the times between bounds. */
function spread(list: readonly Growth[], bounds: readonly number[]): Share[] {
  const sums: Share[] = bounds.slice(1).map(() => ({ bytes: 0, ms: 0 }));
  let first = 0;
  for (const { from, to, bytes } of list) {
    while (first < sums.length && (bounds[first + 1] ?? Infinity) <= from) first++;
    for (let index = first; index < sums.length && (bounds[index] ?? Infinity) < to; index++) {
      const ms = Math.min(to, bounds[index + 1] ?? to) - Math.max(from, bounds[index] ?? from);
      const sum = sums[index];
      if (sum === undefined || ms <= 0) continue;
      sum.bytes += (bytes * ms) / (to - from);
      sum.ms += ms;
    }
  }
  return sums;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
