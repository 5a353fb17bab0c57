/**
 * Schemas of the documents about usage: history, graphs and comparisons.
 *
 * @module
 */
import * as z from 'zod';
import { bytes, bytesOrNull, count, instant, instantOrNull, name, text, textOrNull } from './common.js';
import { usage } from './services.js';

export const history = z.object({
  cycles: z.array(
    z.object({
      id: text,
      start: instant,
      end: instant,
      usage,
      allowance: z
        .object({ unlimited: z.boolean(), baseBytes: bytesOrNull, extraBytes: bytes, allowedBytes: bytesOrNull })
        .nullable(),
    }),
  ),
});

const window = z.object({ start: instant, end: instant, cycle: textOrNull });

export const sampleGraph = name(
  'SampleGraph',
  z.object({
    service: text,
    window,
    timeZone: text,
    mode: z.enum(['IN', 'OUT', 'TOTAL']),
    cycleEnd: instantOrNull,
    allowedBytes: bytesOrNull,
    series: z.array(z.object({ at: instant, inBytes: bytesOrNull, outBytes: bytesOrNull, totalBytes: bytesOrNull })),
    breaks: z.array(instant),
  }),
);

const panelGraphParts = {
  service: text,
  panel: text,
  window,
  timeZone: text,
  readAt: instantOrNull,
  figures: z
    .object({
      times: z.array(z.object({ at: instantOrNull, label: text })),
      series: z.array(z.object({ name: text, values: z.array(z.number().nullable()) })),
      unit: textOrNull,
    })
    .nullable(),
  picture: textOrNull.describe('PNG, base64'),
};
export const panelGraph = name('PanelGraph', z.object(panelGraphParts));
export const lastGraph = z.object({ graph: z.object({ ...panelGraphParts, expired: z.boolean() }).nullable() });

export const comparison = z.object({
  services: z.array(
    z.object({
      service: text,
      usedBytes: bytesOrNull,
      theirUsedBytes: bytesOrNull,
      held: z.boolean().nullable(),
      theirHeld: z.boolean().nullable(),
      agrees: z.boolean(),
    }),
  ),
  totals: z.object({ agree: count, differ: count, onlyOurs: count, onlyTheirs: count }),
});
