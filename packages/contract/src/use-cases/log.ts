import { READ, OPERATE } from '../callers.js';
import * as z from 'zod/mini';
import { called, limit, locked, optionalText, options, request, accepts, text, work } from './shapes.js';
import { LOG_KINDS } from '../words.js';
import { group } from './group.js';

const filter = () => ({
  ...called,
  kinds: z.optional(z.array(z.enum(LOG_KINDS))),
  service: optionalText,
  panel: optionalText,
  since: optionalText,
  command: optionalText,
  after: optionalText,
  limit,
});

/** The use cases of `log`. */
export const log = group({
  list: {
    callers: READ,
    command: 'log list',
    accepts: () => accepts(options(filter())),
    routes: (h) => ({
      'GET /log': {
        summary: 'List runs, changes and calls, newest first',
        query: { ...h.logQuery, ...h.pageQuery, limit: h.pageLimit },
        answer: h.access.logEntries,
      },
    }),
  },
  export: {
    callers: READ,
    command: 'log export',
    accepts: () => accepts(request(filter()), ['onEntry', work]),
  },
  follow: {
    callers: READ,
    command: 'log list --follow',
    accepts: () => accepts(request(filter()), ['onEntry', work]),
  },
  resolve: {
    callers: OPERATE,
    command: 'action resolve',
    accepts: () => accepts(['action', text], request({ ...locked, done: z.boolean() })),
    routes: (h) => ({
      'POST /actions/:action/resolve': {
        summary: 'State how an action in doubt ended',
        body: { done: h.z.boolean() },
        answer: h.z.object({ action: h.access.logEntry }),
      },
    }),
  },
});
