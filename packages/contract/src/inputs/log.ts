import * as z from 'zod/mini';
import {
  called,
  flag,
  limit,
  locked,
  optionalText,
  options,
  request,
  accepts,
  text,
  textOrNone,
  work,
} from './shapes.js';
import { DELIVERY_STATES, LOG_KINDS } from '../words.js';

const filter = {
  ...called,
  kinds: z.optional(z.array(z.enum(LOG_KINDS))),
  service: optionalText,
  panel: optionalText,
  since: optionalText,
  command: optionalText,
  after: optionalText,
  limit,
};

/** What `log` accepts. */
export const logInputs = {
  list: accepts(options(filter)),
  export: accepts(request(filter), ['onEntry', work]),
  follow: accepts(request(filter), ['onEntry', work]),
  resolve: accepts(['action', text], request({ ...locked, done: z.boolean() })),
};

/** What `notices` accepts. */
export const noticeInputs = {
  send: accepts(options(called)),
  test: accepts(['channel', textOrNone], options(called)),
  alarms: accepts(options({ ...called, service: optionalText, panel: optionalText })),
  acknowledge: accepts(['alarm', text], options({ ...called, undo: flag })),
  list: accepts(options({ ...called, state: z.optional(z.enum(DELIVERY_STATES)), limit })),
};
