import type { UsageGraph } from '../usage-graph.js';

const GB = 1024 ** 3;
const DAY = 86_400_000;
const START = Date.parse('2026-11-01T00:00:00Z');

/** An instant of the cycle of `graph`, which begins on 1 November 2026, by its day. */
export const at = (day: number): string => new Date(START + day * DAY).toISOString();

/** Usage of 10 days of a cycle of 30: 1 GB in and 2 GB out each day, of 60 GB; calm days have 2.5 GB and busy ones 3.75 GB. */
export function graph(change: Partial<UsageGraph> = {}): UsageGraph {
  return {
    at: at(10),
    window: { start: at(0), end: at(10) },
    timeZone: 'UTC',
    mode: 'TOTAL',
    allowedBytes: 60 * GB,
    thresholds: [80, 90],
    allowances: [{ at: at(0), bytes: 60 * GB }],
    holds: [],
    purchases: [],
    lastCycle: null,
    projection: {
      outlook: 'runs-out',
      readAt: at(10),
      usedBytes: 30 * GB,
      perDayBytes: 3 * GB,
      lowPerDayBytes: 2.5 * GB,
      highPerDayBytes: 3.75 * GB,
      at: at(20),
      earliest: at(18),
      latest: at(22),
    },
    beforeFirst: null,
    series: Array.from({ length: 11 }, (_, n) => ({
      at: at(n),
      inBytes: n * GB,
      outBytes: 2 * n * GB,
      totalBytes: 3 * n * GB,
    })),
    breaks: [],
    cycleEnd: at(30),
    step: 'day',
    bars: [],
    ...change,
  };
}
