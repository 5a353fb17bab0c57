/**
 * Schemas of the documents about alarms and notices.
 *
 * @module
 */
import * as z from 'zod';
import { errorOrNull, instant, instantOrNull, name, text, textOrNull } from './common.js';
import { DELIVERY_STATES } from '../words.js';

export const deliveryState = z.enum(DELIVERY_STATES);

export const delivery = name(
  'Delivery',
  z.object({
    id: text,
    channel: text,
    event: text,
    code: text,
    service: textOrNull,
    name: textOrNull.describe('Of the service'),
    panel: textOrNull,
    for: z.enum(['operator', 'client']).nullable().describe('Whom the channel notifies; null where it was removed'),
    client: textOrNull.describe('The client who is notified; null for operators'),
    clientName: textOrNull,
    message: text.describe('As the reader is sent it by the present config'),
    state: deliveryState,
    attempts: z.number(),
    at: instant,
    /** When the next attempt is due; null where there is none. */
    nextAt: instantOrNull,
    sentAt: instantOrNull,
    lastError: textOrNull,
  }),
);
/** A notice for a channel: `notify list --json` (docs/json.md). */
export type DeliveryView = z.infer<typeof delivery>;

export const alarm = name(
  'Alarm',
  z.object({
    id: text,
    code: text,
    event: text,
    panel: text,
    /** Null for an object of no service, such as an agent. */
    service: textOrNull,
    name: textOrNull.describe('Of the service'),
    message: text,
    since: instant,
    /** Who knows of it and lets it be; null where nobody does. */
    acknowledged: z.object({ at: instant, by: text, note: textOrNull }).nullable(),
  }),
);
/** Something that is wrong since an earlier run, until a run no longer finds it, or its outcome is known. */
export type AlarmView = z.infer<typeof alarm>;

export const alarms = z.object({ alarms: z.array(alarm) });
export const acknowledged = z.object({ alarm });
export const deliveries = z.object({ deliveries: z.array(delivery) });

export const noticeChoices = name(
  'NoticeChoices',
  z.object({
    sends: z.boolean().describe('Whether a channel of the config sends mails to clients'),
    events: z.array(
      z.object({
        event: text,
        wanted: z.boolean(),
        /** When it was chosen; null for what nobody has chosen: it is sent. */
        since: instantOrNull,
      }),
    ),
    address: textOrNull.describe(
      'The confirmed address of the client, in place of the one that is known of him; to tokens of the client as a…@example.com',
    ),
    confirmedAt: instantOrNull,
    asked: textOrNull.describe('The address that waits for its confirmation'),
    askedAt: instantOrNull,
  }),
);
/** Which mails a client gets, and where. */
export type NoticeChoices = z.infer<typeof noticeChoices>;

export const sent = z.object({
  sent: z.number(),
  /** Attempts that failed; each is repeated later, or given up. */
  failed: z.number(),
  givenUp: z.number(),
  /** Whether another process was sending: this one sent nothing. */
  busy: z.boolean(),
});
/** What one round of sending did. */
export type SendReport = z.infer<typeof sent>;

export const testedChannel = z.object({ channel: text, kind: text, ok: z.boolean(), error: errorOrNull });
/** Result of a test notice: `notify test --json` (docs/json.md). */
export type TestedChannel = z.infer<typeof testedChannel>;

export const testedChannels = z.object({ channels: z.array(testedChannel) });
