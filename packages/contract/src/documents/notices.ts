/**
 * Schemas of the documents about alarms and notices.
 *
 * @module
 */
import * as z from 'zod';
import { errorOrNull, instant, instantOrNull, name, text, textOrNull } from './common.js';

export const deliveryState = z.enum(['pending', 'sent', 'given-up']);

const delivery = name(
  'Delivery',
  z.object({
    id: text,
    channel: text,
    event: text,
    code: text,
    service: textOrNull,
    panel: textOrNull,
    message: text,
    state: deliveryState,
    attempts: z.number(),
    at: instant,
    nextAt: instantOrNull,
    sentAt: instantOrNull,
    lastError: textOrNull,
  }),
);

const alarm = name(
  'Alarm',
  z.object({
    id: text,
    code: text,
    event: text,
    panel: text,
    service: textOrNull,
    message: text,
    since: instant,
    acknowledged: z.object({ at: instant, by: text, note: textOrNull }).nullable(),
  }),
);

export const alarms = z.object({ alarms: z.array(alarm) });
export const acknowledged = z.object({ alarm });
export const deliveries = z.object({ deliveries: z.array(delivery) });
export const sent = z.object({ sent: z.number(), failed: z.number(), givenUp: z.number(), busy: z.boolean() });
export const testedChannels = z.object({
  channels: z.array(z.object({ channel: text, kind: text, ok: z.boolean(), error: errorOrNull })),
});
