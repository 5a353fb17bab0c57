import { READ, SHOW, OPERATE, SET_CALLER_ID } from '../callers.js';
import * as z from 'zod/mini';
import { asking, called, commanded, optionalText, options, read, request, accepts, text, texts } from './shapes.js';
import { group, type Http } from './group.js';

const resource = () =>
  [
    'resource',
    z.enum(['customers', 'subscribers', 'dids', 'plans', 'carriers', 'trunks', 'routes', 'rates', 'countries']),
  ] as const;

const ofPanel = { ...called, panel: optionalText };

const change = { ...commanded, panel: optionalText };

const fields = (h: Http) => ({ panel: h.optionalText, values: h.texts, dryRun: h.flag });

/** What commands create and remove. */
const KEPT = ['plan-catalog', 'carrier', 'trunk', 'route', 'rate'] as const;
const ALL = ['customer', 'subscriber', 'did', 'country', ...KEPT] as const;

/** The word by which commands and the log name a record of a telephony system. */
export type RecordNoun = (typeof ALL)[number];

function words<const Noun extends string, Verb extends string>(nouns: readonly Noun[], verb: Verb) {
  return nouns.map((noun): `${Noun} ${Verb}` => `${noun} ${verb}`);
}

/** The use cases of `telephony`. */
export const telephony = group({
  list: {
    callers: READ,
    command: words(ALL, 'list'),
    accepts: () => accepts(resource(), options({ ...ofPanel, filters: z.optional(texts) })),
    routes: (h) => ({
      'GET /telephony/:resource': {
        summary:
          'List records of a telephony system: customers, subscribers, dids, plans, carriers, trunks, routes, rates, countries',
        query: {
          panel: h.optionalText,
          filter: h.z
            .union([h.z.string(), h.z.array(h.z.string())])
            .optional()
            .describe('FIELD:VALUE, repeatable'),
        },
        answer: h.calls.records,
      },
    }),
  },
  show: {
    callers: READ,
    command: words(ALL, 'show'),
    accepts: () => accepts(resource(), ['id', text], options(ofPanel)),
    routes: (h) => ({
      'GET /telephony/:resource/:id': {
        summary: 'Show a record, by its id or name',
        query: { panel: h.optionalText },
        answer: h.calls.records,
      },
    }),
  },
  line: {
    callers: SHOW,
    accepts: () => accepts(['service', text], options(read)),
    routes: (h) => ({
      'GET /services/:service/line': {
        clients: 'service',
        outside: true,
        summary: 'Show the line of a service with its plan and numbers',
        answer: h.calls.lineView,
      },
    }),
  },
  create: {
    callers: OPERATE,
    command: words(['customer', ...KEPT], 'create'),
    accepts: () => accepts(resource(), ['values', texts], options(change)),
    routes: (h) => ({
      'POST /telephony/:resource': {
        summary: 'Create a record; one that exists already with these values stays',
        status: 201,
        body: fields(h),
        answer: h.calls.recordChange,
      },
    }),
  },
  set: {
    callers: SET_CALLER_ID,
    command: words(['customer', 'subscriber', ...KEPT], 'set'),
    accepts: () =>
      accepts(resource(), ['id', text], request({ ...change, ...asking, values: texts, service: optionalText })),
    routes: (h) => ({
      'PATCH /services/:service/line': {
        clients: 'service',
        outside: true,
        summary: 'Change the number that others see when the line of a service calls',
        body: { callerId: h.someText },
        answer: h.calls.lineView,
      },
      'PATCH /telephony/:resource/:id': {
        summary: 'Change fields of a record; an empty text clears a field',
        body: fields(h),
        answer: h.calls.recordChange,
      },
    }),
  },
  remove: {
    callers: OPERATE,
    command: words(KEPT, 'remove'),
    accepts: () => accepts(resource(), ['id', text], options(change)),
    routes: (h) => ({
      'DELETE /telephony/:resource/:id': {
        summary: 'Remove a record',
        body: { panel: h.optionalText, dryRun: h.flag },
        answer: h.calls.recordChange,
      },
    }),
  },
});
