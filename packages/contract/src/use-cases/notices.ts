import { OPERATE, READ } from '../callers.js';
import * as z from 'zod/mini';
import { called, flag, limit, optionalText, options, accepts, text, textOrNone } from './shapes.js';
import { DELIVERY_STATES } from '../words.js';
import { group } from './group.js';

/** The use cases of `notices`. */
export const notices = group({
  acknowledge: {
    callers: OPERATE,
    command: ['notice ack', 'notice ack --undo'],
    accepts: () => accepts(['alarm', text], options({ ...called, undo: flag })),
    routes: (h) => ({
      'POST /notices/:alarm/ack': {
        summary:
          'Acknowledge an alarm: no notice of it is sent until it ends, or what is wrong changes; `undo` removes that',
        body: { undo: h.z.boolean().default(false) },
        answer: h.notices.acknowledged,
      },
    }),
  },
  alarms: {
    callers: READ,
    command: 'notice list',
    accepts: () => accepts(options({ ...called, service: optionalText, panel: optionalText })),
    routes: (h) => ({
      'GET /notices/alarms': {
        summary: 'List what is wrong since an earlier run: what nobody has acknowledged first, then by time',
        query: { service: h.optionalText, panel: h.optionalText },
        answer: h.notices.alarms,
      },
    }),
  },
  send: {
    callers: OPERATE,
    command: 'notify send',
    accepts: () => accepts(options(called)),
    routes: (h) => ({
      'POST /notices/send': {
        summary: 'Send the notices that are due, as every run does at its end',
        answer: h.notices.sent,
      },
    }),
  },
  test: {
    callers: OPERATE,
    command: 'notify test',
    accepts: () => accepts(['channel', textOrNone], options(called)),
    routes: (h) => ({
      'POST /notices/test': {
        summary: 'Send a test notice through one channel, or through all',
        body: { channel: h.optionalText },
        answer: h.notices.testedChannels,
      },
    }),
  },
  list: {
    callers: READ,
    command: 'notify list',
    accepts: () => accepts(options({ ...called, state: z.optional(z.enum(DELIVERY_STATES)), limit })),
    routes: (h) => ({
      'GET /notices': {
        list: 'deliveries',
        summary: 'List what was sent to channels and what is to be sent, newest first',
        query: { state: h.notices.deliveryState.optional() },
        answer: h.notices.deliveries,
      },
    }),
  },
});
