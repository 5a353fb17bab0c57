import { OPERATE, SET_DESTINATION } from '../callers.js';
import * as z from 'zod/mini';
import { asking, commanded, optionalNumber, optionalText, options, request, accepts, text, texts } from './shapes.js';
import { group, type Http } from './group.js';

const number = ['number', text] as const;

const addon = { addon: optionalText, areaCode: optionalText };

const linked = { ...commanded, ...addon, panel: optionalText, service: optionalText };

const ofAddon = (h: Http) => ({ addon: h.optionalText, areaCode: h.optionalText });

const didOptions = (h: Http) => ({ panel: h.optionalText, dryRun: h.flag });

const ofLinkedDid = (h: Http) => ({
  body: { ...didOptions(h), ...ofAddon(h), service: h.optionalText },
  answer: h.calls.didReport,
});

/** The use cases of `dids`. */
export const dids = group({
  link: {
    callers: OPERATE,
    command: 'did link',
    accepts: () =>
      accepts(
        number,
        request({
          ...commanded,
          ...addon,
          service: text,
          carrier: optionalText,
          channels: optionalNumber,
          destination: optionalText,
        }),
      ),
    routes: (h) => ({
      'POST /dids/:number/link': {
        summary: 'Link a number to the line of a service',
        body: {
          service: h.someText,
          ...ofAddon(h),
          carrier: h.optionalText,
          channels: h.z.int().min(1).optional(),
          destination: h.optionalText,
          dryRun: h.flag,
        },
        answer: h.calls.didReport,
      },
    }),
  },
  set: {
    callers: SET_DESTINATION,
    command: 'did set',
    accepts: () =>
      accepts(
        number,
        ['change', z.union([z.strictObject({ subscriber: z.null() }), z.strictObject({ values: texts })])],
        options({ ...commanded, ...asking, panel: optionalText, service: optionalText }),
      ),
    routes: (h) => ({
      'PATCH /services/:service/numbers/:number': {
        clients: 'service',
        outside: true,
        summary: 'Change where calls to a number of the line of a service go; an empty text is the line itself',
        body: { destination: h.z.string() },
        answer: h.calls.lineView,
      },
      'PATCH /dids/:number': {
        summary: 'Set fields of a number, or with unlink true end its link to a line',
        body: { ...didOptions(h), values: h.texts.optional(), unlink: h.flag },
        answer: h.calls.didReport,
      },
    }),
  },
  suspend: {
    callers: OPERATE,
    command: 'did suspend',
    accepts: () => accepts(number, options(linked)),
    routes: (h) => ({
      'POST /dids/:number/suspend': { ...ofLinkedDid(h), summary: 'Suspend a number' },
    }),
  },
  unsuspend: {
    callers: OPERATE,
    command: 'did unsuspend',
    accepts: () => accepts(number, options(linked)),
    routes: (h) => ({
      'POST /dids/:number/unsuspend': { ...ofLinkedDid(h), summary: 'End its suspension' },
    }),
  },
  release: {
    callers: OPERATE,
    command: 'did release',
    accepts: () => accepts(number, options(linked)),
    routes: (h) => ({
      'POST /dids/:number/release': { ...ofLinkedDid(h), summary: 'End a number' },
    }),
  },
});
