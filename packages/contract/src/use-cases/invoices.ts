import { SHOW, BUY, OPERATE, SERVER } from '../callers.js';
import { called, optionalText, options, accepts, read, text } from './shapes.js';
import { group } from './group.js';

const id = ['id', text] as const;

/** The use cases of `invoices`. */
export const invoices = group({
  list: {
    callers: SHOW,
    command: 'invoice list',
    accepts: () => accepts(options({ ...called, client: optionalText })),
    routes: (h) => ({
      'GET /invoices': {
        list: 'invoices',
        title: 'Invoices',
        clients: 'own',
        summary: 'List invoices, oldest first',
        query: { client: h.optionalText },
        answer: h.money.invoices,
      },
    }),
  },
  show: {
    callers: SHOW,
    command: 'invoice show',
    accepts: () => accepts(id, options(read)),
    routes: (h) => ({
      'GET /invoices/:invoice': {
        clients: 'own',
        summary: 'Show an invoice',
        answer: h.money.invoice,
      },
    }),
  },
  due: {
    callers: SERVER,
    accepts: () => accepts(['service', text], options(read)),
  },
  pay: {
    callers: BUY,
    command: 'invoice pay',
    accepts: () => accepts(id, options(read)),
    routes: (h) => ({
      'POST /invoices/:invoice/pay': {
        clients: 'own',
        summary: "Pay an open invoice from the client's credit",
        answer: h.z.object({ invoice: h.money.invoice, credit: h.money.credit, changed: h.z.boolean() }),
      },
    }),
  },
  cancel: {
    callers: OPERATE,
    command: 'invoice cancel',
    accepts: () => accepts(id, options(called)),
    routes: (h) => ({
      'POST /invoices/:invoice/cancel': {
        summary: 'Cancel an open invoice',
        answer: h.z.object({ invoice: h.money.invoice, changed: h.z.boolean() }),
      },
    }),
  },
});
