import * as z from 'zod';
import { errorOrNull, instant, instantOrNull, name, optionalText, text, textOrNull } from '../../schemas/common.js';
import { listRoute } from './list-route.js';
import { type ApiRoute, route } from './route.js';

const state = z.enum(['pending', 'sent', 'given-up']);

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
    state,
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

/** Notices to channels, and alarms. */
export const noticeRoutes: ApiRoute[] = [
  route('GET /notices/alarms', {
    useCase: 'notices.alarms',
    summary: 'List what is wrong since an earlier run: what nobody has acknowledged first, then by time',
    query: { service: optionalText, panel: optionalText },
    answer: z.object({ alarms: z.array(alarm) }),
    handle: ({ sluice, query }) => sluice.notices.alarms(query),
  }),
  route('POST /notices/:alarm/ack', {
    useCase: 'notices.acknowledge',
    summary:
      'Acknowledge an alarm: no notice of it is sent until it ends, or what is wrong changes; `undo` removes that',
    body: { undo: z.boolean().default(false) },
    answer: z.object({ alarm }),
    handle: ({ sluice, param, body, as }) => sluice.notices.acknowledge(param('alarm'), { ...as, ...body }),
  }),
  listRoute('GET /notices', {
    list: 'deliveries',
    useCase: 'notices.list',
    summary: 'List what was sent to channels and what is to be sent, newest first',
    query: { state: state.optional() },
    answer: z.object({ deliveries: z.array(delivery) }),
    handle: ({ sluice, query }) => sluice.notices.list({ ...query, limit: Number.MAX_SAFE_INTEGER }),
  }),
  route('POST /notices/send', {
    useCase: 'notices.send',
    summary: 'Send the notices that are due, as every run does at its end',
    answer: z.object({ sent: z.number(), failed: z.number(), givenUp: z.number(), busy: z.boolean() }),
    handle: ({ sluice, as }) => sluice.notices.send(as),
  }),
  route('POST /notices/test', {
    useCase: 'notices.test',
    summary: 'Send a test notice through one channel, or through all',
    body: { channel: optionalText },
    answer: z.object({
      channels: z.array(z.object({ channel: text, kind: text, ok: z.boolean(), error: errorOrNull })),
    }),
    handle: ({ sluice, body: { channel = null }, as }) => sluice.notices.test(channel, as),
  }),
];
