import { SHOW, BUY } from '../callers.js';
import * as z from 'zod/mini';
import { called, flag, locked, optionalNumber, optionalText, options, accepts, text } from './shapes.js';
import { group, type Http } from './group.js';

const subject = () =>
  [
    'subject',
    z.union([
      z.strictObject({
        service: text,
        client: z.optional(z.undefined()),
        owner: optionalText,
        link: z.optional(z.strictObject({ link: text, amount: z.nullable(text) })),
      }),
      z.strictObject({
        client: text,
        service: z.optional(z.undefined()),
        owner: optionalText,
        link: z.optional(z.undefined()),
      }),
    ]),
  ] as const;

const ofService = (h: Http) => ({ clients: 'service', answer: h.money.autoBuy }) as const;

const ofClient = (h: Http) => ({ clients: 'client', answer: h.money.autoBuy }) as const;

const preference = (h: Http) => ({
  enabled: h.flag,
  package: h.optionalText,
  threshold: h.optionalText,
  maxPerCycle: h.z.int().min(0).optional(),
});

/** The use cases of `autoBuy`. */
export const autoBuy = group({
  show: {
    callers: SHOW,
    command: 'auto-buy show',
    accepts: () => accepts(subject(), options(called)),
    routes: (h) => ({
      'GET /services/:service/auto-buy': {
        ...ofService(h),
        summary: 'Show the preference for automatic purchases of a service',
      },
      'GET /clients/:client/auto-buy': {
        ...ofClient(h),
        summary: 'Show the preference for automatic purchases of a client',
      },
    }),
  },
  set: {
    callers: BUY,
    command: 'auto-buy set',
    accepts: () =>
      accepts(
        subject(),
        [
          'preference',
          z.strictObject({
            enabled: flag,
            package: optionalText,
            threshold: optionalText,
            maxPerCycle: optionalNumber,
          }),
        ],
        options(locked),
      ),
    routes: (h) => ({
      'PUT /services/:service/auto-buy': {
        ...ofService(h),
        summary: 'Set parts of the preference of a service, and keep the others',
        body: preference(h),
      },
      'PUT /clients/:client/auto-buy': {
        ...ofClient(h),
        summary: 'Set parts of the preference of a client, and keep the others',
        body: preference(h),
      },
    }),
  },
  clear: {
    callers: BUY,
    command: 'auto-buy clear',
    accepts: () => accepts(subject(), options(locked)),
    routes: (h) => ({
      'DELETE /services/:service/auto-buy': {
        ...ofService(h),
        summary: 'Drop the preference of a service',
      },
      'DELETE /clients/:client/auto-buy': {
        ...ofClient(h),
        summary: 'Drop the preference of a client',
      },
    }),
  },
});
