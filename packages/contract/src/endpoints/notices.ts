import * as z from 'zod';
import * as notices from '../documents/notices.js';
import { endpoints } from './endpoint.js';
import { optionalText } from './inputs.js';

/** Notices to channels, and alarms. */
export const noticeEndpoints = endpoints({
  'GET /notices/alarms': {
    useCase: 'notices.alarms',
    summary: 'List what is wrong since an earlier run: what nobody has acknowledged first, then by time',
    query: { service: optionalText, panel: optionalText },
    answer: notices.alarms,
  },
  'POST /notices/:alarm/ack': {
    useCase: 'notices.acknowledge',
    summary:
      'Acknowledge an alarm: no notice of it is sent until it ends, or what is wrong changes; `undo` removes that',
    body: { undo: z.boolean().default(false) },
    answer: notices.acknowledged,
  },
  'GET /notices': {
    list: 'deliveries',
    useCase: 'notices.list',
    summary: 'List what was sent to channels and what is to be sent, newest first',
    query: { state: notices.deliveryState.optional() },
    answer: notices.deliveries,
  },
  'POST /notices/send': {
    useCase: 'notices.send',
    summary: 'Send the notices that are due, as every run does at its end',
    answer: notices.sent,
  },
  'POST /notices/test': {
    useCase: 'notices.test',
    summary: 'Send a test notice through one channel, or through all',
    body: { channel: optionalText },
    answer: notices.testedChannels,
  },
});
