import { notices as schema } from '@sluice/contract/documents';
import * as z from 'zod';
import { optionalText } from '../../schemas/common.js';
import { listRoute } from './list-route.js';
import { type ApiRoute, route } from './route.js';

/** Notices to channels, and alarms. */
export const noticeRoutes: ApiRoute[] = [
  route('GET /notices/alarms', {
    useCase: 'notices.alarms',
    summary: 'List what is wrong since an earlier run: what nobody has acknowledged first, then by time',
    query: { service: optionalText, panel: optionalText },
    answer: schema.alarms,
    handle: ({ sluice, query }) => sluice.notices.alarms(query),
  }),
  route('POST /notices/:alarm/ack', {
    useCase: 'notices.acknowledge',
    summary:
      'Acknowledge an alarm: no notice of it is sent until it ends, or what is wrong changes; `undo` removes that',
    body: { undo: z.boolean().default(false) },
    answer: schema.acknowledged,
    handle: ({ sluice, param, body, as }) => sluice.notices.acknowledge(param('alarm'), { ...as, ...body }),
  }),
  listRoute('GET /notices', {
    list: 'deliveries',
    useCase: 'notices.list',
    summary: 'List what was sent to channels and what is to be sent, newest first',
    query: { state: schema.deliveryState.optional() },
    answer: schema.deliveries,
    handle: ({ sluice, query }) => sluice.notices.list({ ...query, limit: Number.MAX_SAFE_INTEGER }),
  }),
  route('POST /notices/send', {
    useCase: 'notices.send',
    summary: 'Send the notices that are due, as every run does at its end',
    answer: schema.sent,
    handle: ({ sluice, as }) => sluice.notices.send(as),
  }),
  route('POST /notices/test', {
    useCase: 'notices.test',
    summary: 'Send a test notice through one channel, or through all',
    body: { channel: optionalText },
    answer: schema.testedChannels,
    handle: ({ sluice, body: { channel = null }, as }) => sluice.notices.test(channel, as),
  }),
];
