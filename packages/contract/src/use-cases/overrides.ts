import { OPERATE, SHOW } from '../callers.js';
import * as z from 'zod/mini';
import { flag, locked, optionalText, options, read, accepts, text, textOrNone } from './shapes.js';
import { group } from './group.js';

/** The use cases of `overrides`. */
export const overrides = group({
  set: {
    callers: OPERATE,
    command: 'override set',
    accepts: () =>
      accepts(
        ['service', text],
        ['override', z.strictObject({ quota: textOrNone, unlimited: flag, mode: textOrNone, action: textOrNone })],
        options(locked),
      ),
    routes: (h) => ({
      'PUT /services/:service/override': {
        summary:
          'Set parts of the override, remove those that are null (quota also removes unlimited), and keep the others; applies from the next run',
        body: { quota: h.textOrNone, unlimited: h.flag, mode: h.textOrNone, action: h.textOrNone },
        answer: h.services.service,
      },
    }),
  },
  clear: {
    callers: OPERATE,
    command: 'override clear',
    accepts: () => accepts(['service', text], options(locked)),
    routes: (h) => ({
      'DELETE /services/:service/override': {
        summary: 'End the override',
        answer: h.z.object({ service: h.services.service, ended: h.z.boolean() }),
      },
    }),
  },
  list: {
    callers: SHOW,
    command: 'override list',
    accepts: () => accepts(options({ ...read, service: optionalText })),
    routes: (h) => ({
      'GET /overrides': {
        list: 'overrides',
        summary: 'List overrides, open and past',
        answer: h.services.overrides,
      },
      'GET /services/:service/overrides': {
        list: 'overrides',
        clients: 'service',
        summary: 'List the overrides of a service',
        answer: h.services.overrides,
      },
    }),
  },
});
