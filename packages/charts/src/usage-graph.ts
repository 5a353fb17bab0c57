import type { UsageOutlook } from './outlook-words.js';

/** Usage inside a cycle in bytes at an instant; null is unknown. */
export interface UsageGraphPoint {
  at: string;
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
}

/** Usage inside a cycle in bytes, as stored: the engine's graph of a service has this form. Instants are ISO 8601. */
export interface UsageGraph {
  /** As of when. */
  at: string;
  window: { start: string; end: string };
  timeZone: string;
  /** The direction that counts against the allowance. */
  mode: 'IN' | 'OUT' | 'TOTAL';
  allowedBytes: number | null;
  /** Percentages of the allowance that are marked. */
  thresholds: readonly number[];
  /** The allowance as purchases and overrides changed it, oldest first, from where it is known on. */
  allowances: readonly { at: string; bytes: number }[];
  /** When the service was restricted; `until` is null while it is. */
  holds: readonly { since: string; until: string | null }[];
  /** What was bought, oldest first. */
  purchases: readonly { at: string; bytes: number }[];
  /** The cycle before; null where nothing of it is known, and for another range than the cycle. */
  lastCycle: { start: string; end: string; series: readonly UsageGraphPoint[] } | null;
  /** Null for another range than the cycle. */
  projection: UsageOutlook | null;
  /**
   * What the first reading of all says, where the service was stored after its cycle had begun: nobody knows when that was used, and no bar
   * has it. Null where that reading is not in the window.
   */
  beforeFirst: (Omit<UsageGraphPoint, 'at'> & { until: string }) | null;
  /** Oldest first. */
  series: readonly UsageGraphPoint[];
  /** Starts of cycles inside the window, where usage begins at zero. */
  breaks: readonly string[];
  /** End of the cycle that the window ends in; null where there is none. */
  cycleEnd: string | null;
  /** What each bar is of, and the traffic in each, oldest first. */
  step: 'hour' | 'quarter' | 'day';
  bars: readonly UsageGraphBar[];
}

/** Traffic in a part of the window, in bytes; null is unknown. */
export interface UsageGraphBar {
  start: string;
  end: string;
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
  /** How much of the time is known, 0 to 1. */
  known: number;
}
