import { dayBegin, monthOf, windowBegin } from './calendar.js';

/** Traffic that a counter showed at an instant. */
export interface Used {
  at: number;
  bytes: number;
  /** Whether it may be lost, because the counter fell before a reading was known to have seen it. */
  isBlurred?: boolean;
}

/** Limits of the product `fair` of several lives; allowances in GB. */
export const FAIR_LIMITS = [
  { id: 'daily', window: 'day', allowance: 25 },
  { id: 'weekly', window: 'week', allowance: 60 },
  { id: 'monthly', window: 'month', allowance: 120 },
] as const;

/** How much was used at least and at most. */
export interface Bounds {
  least: number;
  most: number;
}

/** What the zones know of the windows that hold an instant. */
export interface WindowsOf {
  now: number;
  /** The zone of the config, and those of before that may still matter. */
  zones: readonly string[];
}

/** Returns what a counter's growth since `begin` is, by instants at which it is known to have been read. */
export function boundGrowth(traffic: readonly Used[], certain: readonly number[], begin: number): Bounds {
  const sumAfter = (from: number, isCounted: (used: Used) => boolean): number =>
    traffic.reduce((sum, used) => (used.at > from && isCounted(used) ? sum + used.bytes : sum), 0);
  const firstInside = certain.find((at) => at >= begin);
  const lastBefore = certain.findLast((at) => at < begin);
  return {
    least: firstInside === undefined ? 0 : sumAfter(firstInside, ({ isBlurred }) => isBlurred !== true),
    most: sumAfter(lastBefore ?? 0, () => true),
  };
}

/** Returns the bounds over all zones of a window of the calendar. */
export function boundWindow(
  traffic: readonly Used[],
  certain: readonly number[],
  window: 'day' | 'week' | 'month',
  { now, zones }: WindowsOf,
): Bounds {
  return union(zones.map((zone) => boundGrowth(traffic, certain, windowBegin(window, now, zone))));
}

/** Returns the bounds over all zones of the monthly cycle, which begins with its service at the earliest. */
export function boundCycle(
  traffic: readonly Used[],
  certain: readonly number[],
  { day, since }: { day: number; since: number },
  { now, zones }: WindowsOf,
): Bounds {
  const begins = zones.map((zone) => Math.max(dayBegin(monthOf(now, day, zone).from, zone), since));
  return union(begins.map((begin) => boundGrowth(traffic, certain, begin)));
}

function union(all: readonly Bounds[]): Bounds {
  return { least: Math.min(...all.map(({ least }) => least)), most: Math.max(...all.map(({ most }) => most)) };
}
