import * as z from 'zod/mini';
import {
  commanded,
  flag,
  locked,
  optionalText,
  options,
  ownObject,
  read,
  request,
  accepts,
  text,
  textOrNone,
} from './shapes.js';

const id = ['id', text] as const;

/** What `holds` accepts. */
export const holdInputs = {
  list: accepts(options({ ...read, service: optionalText, open: flag })),
  add: accepts(id, options(commanded)),
  release: accepts(id, options({ ...commanded, until: textOrNone })),
  adopt: accepts(
    id,
    request({
      ...locked,
      reason: z.enum(['quota', 'billing', 'manual', 'agent-limit']),
      ports: z.optional(z.array(text)),
      order: flag,
      forwards: z.optional(z.array(text)),
    }),
  ),
  releaseAll: accepts(
    options({
      ...commanded,
      panel: optionalText,
      reason: optionalText,
      // Its content is checked where it is read.
      file: z.optional(z.nullable(ownObject)),
    }),
  ),
};
