import { OPERATE, AS_RUN, SHOW, READ, SERVER } from '../callers.js';
import { STATUS_FILTERS } from '@sluice/quota-core';
import * as z from 'zod/mini';
import { called, flag, optionalText, options, read, accepts, text, textOrNone, whole, word, work } from './shapes.js';
import { ORDERS } from '../words.js';
import { group, type Http } from './group.js';

const run = () => ({
  ...called,
  panel: optionalText,
  service: optionalText,
  allowMass: flag,
  allServices: flag,
  onProgress: z.optional(work),
});

/** Which services a list has. */
export const serviceFilter = () => ({
  panel: optionalText,
  product: optionalText,
  client: optionalText,
  status: z.optional(word(STATUS_FILTERS)),
  search: optionalText,
  drifting: flag,
  order: z.optional(z.enum(ORDERS)),
});

const positive = (h: Http) => h.z.coerce.number().int().min(1);

/** The use cases of `instance`. */
export const instance = group({
  poll: {
    callers: OPERATE,
    command: 'poll',
    isLong: true,
    accepts: () => accepts(options({ ...run(), dryRun: flag, due: flag })),
    routes: (h) => ({
      'POST /runs': {
        summary: 'Start a poll, reconcile, plan or agent check; its events report its progress and its report',
        status: 202,
        body: {
          command: h.z.enum(['poll', 'reconcile', 'plan', 'agent check']),
          panel: h.optionalText,
          service: h.optionalText.describe('poll, reconcile and plan'),
          agent: h.optionalText.describe('agent check'),
          dryRun: h.flag,
          due: h.flag.describe('poll: only services whose next reading is due'),
          allowMass: h.flag,
        },
        answer: h.reports.task,
      },
    }),
  },
  reconcile: {
    callers: AS_RUN,
    command: 'reconcile',
    isLong: true,
    accepts: () => accepts(options({ ...run(), dryRun: flag })),
  },
  plan: {
    callers: AS_RUN,
    command: 'plan',
    accepts: () => accepts(options(run())),
  },
  explain: {
    callers: SHOW,
    command: 'explain',
    accepts: () => accepts(['service', text], options({ ...read, at: textOrNone })),
    routes: (h) => ({
      'GET /services/:service/explanation': {
        clients: 'service',
        summary: 'Explain why a service is in its state, now or at an instant',
        query: { at: h.z.iso.datetime({ offset: true }).optional() },
        answer: h.explained.explanation,
      },
    }),
  },
  overview: {
    callers: READ,
    accepts: () =>
      accepts(options({ ...called, ...serviceFilter(), page: z.optional(whole(1)), size: z.optional(whole(1)) })),
    routes: (h) => ({
      'GET /overview': {
        summary: 'Show all services at a glance',
        query: {
          ...{
            panel: h.optionalText,
            product: h.optionalText,
            client: h.optionalText,
            status: h.statusFilter.optional(),
          },
          ...{ search: h.optionalText, drifting: h.queryFlag, order: h.overview.order.optional() },
          page: positive(h).optional(),
          size: positive(h).max(500).optional(),
        },
        answer: h.overview.overview,
      },
      'GET /embedded/overview': {
        summary: 'Return the parts of the overview of all services',
        answer: h.embedded.embeddedOverview,
      },
    }),
  },
  standing: {
    callers: SERVER,
    accepts: () => accepts(options(called)),
  },
  queue: {
    callers: READ,
    command: 'queue show',
    accepts: () => accepts(options(called)),
    routes: (h) => ({
      'GET /queue': {
        summary: 'Show the queue of jobs and its workers',
        answer: h.queue.queue,
      },
    }),
  },
  watchQueue: {
    callers: SERVER,
    accepts: () => accepts(options(called)),
  },
  version: {
    callers: SERVER,
  },
  metrics: {
    callers: SERVER,
    command: 'metrics',
    accepts: () => accepts(options(called)),
  },
});
