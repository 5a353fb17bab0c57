/**
 * Schemas of the documents about usage: history, graphs and comparisons.
 *
 * @module
 */
import * as z from 'zod';
import { TRAFFIC_GROUPS } from '../words.js';
import { bytes, bytesOrNull, count, instant, instantOrNull, name, text, textOrNull } from './common.js';
import { figures, countedMode, usage } from './services.js';

export const rates = z.object({
  percent: z.number(),
  intervalSeconds: count
    .nullable()
    .describe('How long each interval is; null where the readings say nothing of any rate'),
  intervals: count,
  unknown: count.describe('Intervals of which not all is known: they are left out'),
  inBitsPerSecond: count.nullable(),
  outBitsPerSecond: count.nullable(),
  totalBitsPerSecond: count.nullable(),
});

export const cycle = z.object({
  id: text,
  start: instant,
  end: instant,
  usage,
  allowance: z
    .object({ unlimited: z.boolean(), baseBytes: bytesOrNull, extraBytes: bytes, allowedBytes: bytesOrNull })
    .nullable(),
  rates: rates.optional().describe('The percentile of the mean rates of equal intervals, where one is asked for'),
});
/** `usage history --json` (docs/json.md). */
export type CycleView = z.infer<typeof cycle>;

export const history = z.object({ cycles: z.array(cycle) });

export const window = z.object({ start: instant, end: instant, cycle: textOrNull });
/** A half-open time range; `cycle` is the id for the range `cycle`. */
export type GraphWindow = z.infer<typeof window>;

export const point = z.object({ at: instant, ...figures });
/** Usage inside the cycle at an instant; null is unknown. */
export type GraphPoint = z.infer<typeof point>;

export const bar = z.object({
  start: instant,
  end: instant,
  ...figures,
  known: z.number().describe('How much of the time readings speak of, 0 to 1'),
});
/** The traffic in a part of a graph's window; null is unknown. */
export type GraphBar = z.infer<typeof bar>;

export const outlook = z.object({
  outlook: z
    .enum(['unknown', 'used-up', 'runs-out', 'lasts', 'no-limit'])
    .describe('unknown where readings are too few or too old, or the cycle is over'),
  /** The last reading, in the direction that counts. */
  readAt: instantOrNull,
  usedBytes: bytesOrNull,
  /** Growth in 24 hours; of the calmer and of the busier half of the days that count. */
  perDayBytes: bytesOrNull,
  lowPerDayBytes: bytesOrNull,
  highPerDayBytes: bytesOrNull,
  at: instantOrNull.describe(
    'When the allowance runs out at the present rate; null where it does not before the cycle ends',
  ),
  earliest: instantOrNull.describe('The same at the rate of the busier half of the days'),
  latest: instantOrNull.describe('The same at the rate of the calmer half of the days'),
});
/** Where the usage of a cycle goes at its recent rate, with its range; null is unknown. */
export type Outlook = z.infer<typeof outlook>;

export const sampleGraph = name(
  'SampleGraph',
  z.object({
    service: text,
    name: textOrNull.describe('Of the service'),
    /** As of when. */
    at: instant,
    window,
    timeZone: text,
    mode: countedMode,
    /** End of the newest cycle; null for a service that was never metered. */
    cycleEnd: instantOrNull,
    allowedBytes: bytesOrNull,
    thresholds: z.array(count).describe('Percentages of the allowance that are reported'),
    allowances: z
      .array(z.object({ at: instant, bytes }))
      .describe(
        'The allowance of the cycle, as purchases, overrides, other products and own quotas changed it, oldest first, from where it is known on; none for another range, and without a limit',
      ),
    holds: z
      .array(z.object({ reason: text, since: instant, until: instantOrNull }))
      .describe('Those that were open in the window, oldest first; until is null for one that is open'),
    purchases: z
      .array(z.object({ at: instant, package: text, packageName: text, bytes }))
      .describe('Those that were paid in the window, oldest first'),
    lastCycle: z
      .object({ start: instant, end: instant, series: z.array(point) })
      .nullable()
      .describe('The cycle before; null for another range, and where nothing of it was read'),
    projection: outlook.nullable().describe('Of the cycle; null for another range'),
    beforeFirst: z
      .object({ until: instant, ...figures })
      .nullable()
      .describe(
        'What the first reading of the service says of its cycle, where that began before the service was stored: when it was used is not known, and no bar has it; null where the first reading is not in the window',
      ),
    /** Oldest first. */
    series: z.array(point),
    /** Starts of cycles inside the window, where usage begins at zero. */
    breaks: z.array(instant),
    /** What each of `bars` is of, in the time zone: an hour, six hours, a day. */
    step: z.enum(['hour', 'quarter', 'day']),
    /** The traffic in each part of the window, oldest first; the first and the last one may be cut by it. */
    bars: z.array(bar),
  }),
);
/** A service's stored usage over a window. */
export type SampleGraph = z.infer<typeof sampleGraph>;

export const panelFigures = z.object({
  /** Instants of the figures; null where the panel's date can't be parsed. */
  times: z.array(z.object({ at: instantOrNull, label: text })),
  series: z.array(z.object({ name: text, values: z.array(z.number().nullable()) })),
  /** The unit in the names of the series; null where they have none. */
  unit: textOrNull,
});
/** The figures of a panel's graph, with the panel's labels and unit. */
export type PanelFigures = z.infer<typeof panelFigures>;

const trafficSum = {
  services: count,
  unknown: count.describe('Services of which no reading in the time is known: their traffic is not in the sums'),
  ...figures,
  /** The sum of the mean rates of its services, each over the time that is known of it. */
  bitsPerSecond: count.nullable(),
};

export const top = name(
  'TopTraffic',
  z.object({
    by: z.enum(TRAFFIC_GROUPS),
    range: text,
    /** Null for the range `cycle`: the cycle of each service begins at another time. */
    start: instantOrNull,
    end: instant,
    rows: z
      .array(
        z.object({
          key: textOrNull.describe('Id or name of what the sum is of; null for services without a client'),
          name: textOrNull.describe('Name of the service, product or client'),
          ...trafficSum,
          rates: rates
            .optional()
            .describe('The percentile of the mean rates of equal intervals of a service, where one is asked for'),
        }),
      )
      .describe('The largest first, then those of which nothing is known'),
    groups: count.describe('How many sums there are'),
    total: z.object(trafficSum),
    withoutBytes: count.describe(
      'Services of panels that count no bytes, such as lines of telephony: they are in no other figure',
    ),
  }),
);
/** Who used most in a time. */
export type TopTraffic = z.infer<typeof top>;

export const traffic = name(
  'TrafficOverTime',
  z.object({
    /** Whose traffic it is; null where that is not limited. */
    panel: textOrNull,
    product: textOrNull,
    client: textOrNull,
    range: text,
    start: instant,
    end: instant,
    timeZone: text,
    /** What each of `bars` is of, in the time zone: an hour, six hours, a day. */
    step: z.enum(['hour', 'quarter', 'day']),
    services: count,
    unknown: count.describe('Services of which no reading in the time is known: their traffic is in no bar'),
    withoutBytes: count.describe(
      'Services of panels that count no bytes, such as lines of telephony: they are in no other figure',
    ),
    by: z.enum(TRAFFIC_GROUPS).nullable().describe('What the bars are split by; null where they are not split'),
    split: z
      .array(
        z.object({
          key: textOrNull.describe('Id or name of the group; null for services without a client, and for the others'),
          name: textOrNull.describe('Name of the service, product or client'),
          others: z.boolean().describe('Whether it is all other groups together'),
          groups: count.describe('1, or how many groups the others are'),
          services: count,
          unknown: count.describe('Services of which no reading in the time is known'),
        }),
      )
      .describe(
        'What the parts of the bars are of: the 5 groups with most traffic, the largest first, then all others together',
      ),
    bars: z
      .array(
        bar.extend({
          parts: z
            .array(z.object(figures))
            .describe(
              'By `split`; null where nothing of the group is known. Where the bar has a figure, those of its parts add up to it',
            ),
        }),
      )
      .describe('The traffic of all these services, oldest first; `known` is of the time of all of them together'),
  }),
);
/** The traffic of services together in each part of a time. */
export type TrafficOverTime = z.infer<typeof traffic>;

const panelGraphParts = {
  service: text,
  name: textOrNull.describe('Of the service'),
  panel: text,
  window,
  timeZone: text,
  /** When the panel was read, which is earlier for a cached answer; null for a range without readings. */
  readAt: instantOrNull,
  /** Null for a picture. */
  figures: panelFigures.nullable(),
  picture: textOrNull.describe('PNG, base64'),
};
export const panelGraph = name('PanelGraph', z.object(panelGraphParts));
export const lastGraph = z.object({ graph: z.object({ ...panelGraphParts, expired: z.boolean() }).nullable() });

export const comparison = z.object({
  services: z.array(
    z.object({
      service: text,
      name: textOrNull.describe('Of the service'),
      usedBytes: bytesOrNull,
      theirUsedBytes: bytesOrNull,
      held: z.boolean().nullable(),
      theirHeld: z.boolean().nullable(),
      agrees: z.boolean(),
      cause: z
        .object({ by: z.enum(['direction', 'unit', 'calendar-month']), text })
        .nullable()
        .describe('Why the figures probably differ; null where they agree, and where no cause is likely'),
    }),
  ),
  totals: z.object({ agree: count, differ: count, onlyOurs: count, onlyTheirs: count }),
});
/** `compare --json` (docs/json.md). */
export type Comparison = z.infer<typeof comparison>;
