import { type Callers, OPERATE, READ, SERVER, SHOW } from '../callers.js';
import * as z from 'zod/mini';
import { called, flag, limit, optionalText, options, accepts, text, textOrNone } from './shapes.js';
import { DELIVERY_STATES } from '../words.js';
import { group, type Http } from './group.js';

/** What a client changes about its own notices. */
const CHOOSE: Callers = { provider: ['operate'], customer: [{ need: 'manage' }] };

const client = ['client', text] as const;
const token = ['token', text] as const;
const events = z.record(z.string(), z.boolean());

const ofClient = (h: Http) => ({ clients: 'client', answer: h.notices.noticeChoices }) as const;

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
  choices: {
    callers: SHOW,
    command: 'notify client',
    accepts: () => accepts(client, options(called)),
    routes: (h) => ({
      'GET /clients/:client/notices': { ...ofClient(h), summary: 'Show which mails a client gets, and where' },
    }),
  },
  choose: {
    callers: CHOOSE,
    command: ['notify client --on', 'notify client --off'],
    accepts: () => accepts(client, ['events', events], options(called)),
    routes: (h) => ({
      'PUT /clients/:client/notices': {
        ...ofClient(h),
        summary: 'Store which mails a client wants, by event; what is not named stays',
        body: { events: h.z.record(h.someText, h.z.boolean()) },
      },
    }),
  },
  setAddress: {
    callers: CHOOSE,
    command: ['notify client --address', 'notify client --drop-address'],
    accepts: () => accepts(client, ['address', z.nullable(text)], options(called)),
    routes: (h) => ({
      'PUT /clients/:client/notices/address': {
        ...ofClient(h),
        summary:
          'Send a mail to the address that a client wants its notices at; it counts once confirmed, null drops it',
        body: { address: h.someText.nullable() },
      },
    }),
  },
  confirmAddress: {
    callers: SERVER,
    accepts: () => accepts(token, options(called)),
  },
  openLink: {
    callers: SERVER,
    accepts: () => accepts(token, options(called)),
  },
  chooseByLink: {
    callers: SERVER,
    accepts: () => accepts(token, ['events', z.optional(events)], options(called)),
  },
});
