import { OPERATE } from '../callers.js';
import { called, flag, request, accepts, text } from './shapes.js';
import { group } from './group.js';

const client = ['client', text] as const;

/** The use cases of `clients`. */
export const clients = group({
  merge: {
    callers: OPERATE,
    command: 'client merge',
    accepts: () => accepts(client, request({ ...called, into: text, dryRun: flag })),
    routes: (h) => ({
      'POST /clients/:client/merge': {
        summary: 'Store that the billing system has merged a client into another one, whose everything is then',
        body: { into: h.someText, dryRun: h.flag },
        answer: h.money.clientMerge,
      },
    }),
  },
});
