import { STATUS_FILTERS } from '@sluice/quota-core';
import * as z from 'zod/mini';
import { called, flag, optionalText, options, read, accepts, text, textOrNone, whole, word, work } from './shapes.js';
import { ORDERS } from '../words.js';

const run = {
  ...called,
  panel: optionalText,
  service: optionalText,
  allowMass: flag,
  allServices: flag,
  onProgress: z.optional(work),
};

/** Which services a list has. */
export const serviceFilter = {
  panel: optionalText,
  product: optionalText,
  client: optionalText,
  status: z.optional(word(STATUS_FILTERS)),
  search: optionalText,
  drifting: flag,
  order: z.optional(z.enum(ORDERS)),
};

/** What the methods of the instance itself accept. */
export const facadeInputs = {
  poll: accepts(options({ ...run, dryRun: flag })),
  reconcile: accepts(options({ ...run, dryRun: flag })),
  plan: accepts(options(run)),
  explain: accepts(['service', text], options({ ...read, at: textOrNone })),
  overview: accepts(options({ ...called, ...serviceFilter, page: z.optional(whole(1)), size: z.optional(whole(1)) })),
  standing: accepts(options(called)),
  metrics: accepts(options(called)),
};
