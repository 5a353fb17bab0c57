/**
 * Schemas of the documents about the overview.
 *
 * @module
 */
import * as z from 'zod';
import {
  brake,
  bytesOrNull,
  count,
  instant,
  instantOrNull,
  name,
  panelEnforcement,
  removedPanel,
  reportedStatus,
  text,
  textOrNull,
} from './common.js';
import { logEntry } from './access.js';

export const order = z.enum(['worst', 'remaining', 'share', 'used', 'id', 'client']);

const panel = z.object({
  name: text,
  kind: text,
  kindTitle: text,
  capabilities: z.array(text),
  requiredRef: textOrNull,
  restrictions: z.array(text),
  services: count,
  held: count,
  wouldHold: count,
  failing: count,
  drifting: count,
  enforce: panelEnforcement,
  reachable: z.boolean().nullable(),
  downSince: instantOrNull,
  lastCall: z.object({ at: instant, ok: z.boolean(), code: textOrNull, message: textOrNull }).nullable(),
  brake: brake.nullable(),
  lease: z.object({ run: text, since: instant }).nullable(),
});

const row = z.object({
  id: text,
  panel: text,
  product: text,
  client: textOrNull,
  lifecycle: text,
  status: reportedStatus,
  mode: textOrNull,
  observing: z.boolean(),
  holds: z.array(text),
  releasing: z.array(text).describe('Reasons of holds that have ended and are not undone on the panel yet'),
  restricting: z.array(text).describe('Reasons of holds that are not on the panel yet'),
  wouldHold: z.array(text),
  usedBytes: bytesOrNull,
  allowedBytes: bytesOrNull,
  remainingBytes: bytesOrNull,
  readAt: instantOrNull,
  errorCode: textOrNull,
  errorMessage: textOrNull,
  drift: count,
});

const event = z.object({
  at: instant,
  kind: z.enum(['notice', 'action', 'run', 'service']),
  code: text,
  message: text,
  panel: textOrNull,
  service: textOrNull,
  run: textOrNull,
});

export const overview = name(
  'Overview',
  z.object({
    at: instant,
    totals: z.object({
      services: count,
      held: count,
      wouldHold: count,
      nearLimit: count,
      drifting: count,
      driftAcknowledged: count,
      failing: count,
      doubted: count,
      byStatus: z.record(text, count),
      byReason: z.record(text, count),
    }),
    brakes: z.array(brake),
    panels: z.array(panel),
    removed: z.array(removedPanel),
    services: z.object({ matching: count, page: count, pages: count, order, items: z.array(row) }),
    holds: z.array(
      z.object({
        ...{ service: text, panel: text, reason: text, since: instant, note: textOrNull },
        ...{ releasing: z.boolean(), restricting: z.boolean() },
        ...{ usedBytes: bytesOrNull, allowedBytes: bytesOrNull },
      }),
    ),
    events: z.array(event),
    clock: z.object({ status: text, message: text }),
    runs: z.array(logEntry),
  }),
);
