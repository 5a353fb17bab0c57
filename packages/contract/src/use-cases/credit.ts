import { SHOW, SERVER, OPERATE } from '../callers.js';
import * as z from 'zod/mini';
import { called, optionalText, options, read, accepts, text } from './shapes.js';
import { group } from './group.js';

const client = ['client', text] as const;

/** The use cases of `credit`. */
export const credit = group({
  show: {
    callers: SHOW,
    command: 'credit show',
    accepts: () => accepts(client, options(called)),
    routes: (h) => ({
      'GET /clients/:client/credit': {
        clients: 'client',
        outside: true,
        summary: 'Show the credit of a client',
        answer: h.money.credit,
      },
    }),
  },
  isKnown: {
    callers: SERVER,
    accepts: () => accepts(client, options(called)),
  },
  add: {
    callers: OPERATE,
    command: 'credit add',
    accepts: () =>
      accepts(
        client,
        ['credit', z.strictObject({ amount: text, currency: text, ref: optionalText, description: optionalText })],
        options(called),
      ),
    routes: (h) => ({
      'POST /clients/:client/credit': {
        summary: 'Add credit; one reference (default: the key of the request) is booked once',
        body: {
          amount: h.someText,
          currency: h.someText,
          ref: h.optionalText,
          description: h.z.string().min(1).max(200).optional().describe('What the client reads of it; default: Credit'),
        },
        answer: h.z.object({ credit: h.money.credit, booked: h.z.boolean() }),
      },
    }),
  },
  history: {
    callers: SHOW,
    command: 'credit history',
    accepts: () => accepts(client, options(read)),
    routes: (h) => ({
      'GET /clients/:client/credit/history': {
        list: 'entries',
        clients: 'client',
        summary: "List the changes of a client's credit, oldest first",
        answer: h.money.creditEntries,
      },
    }),
  },
});
