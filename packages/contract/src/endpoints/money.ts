import * as z from 'zod';
import { name } from '../documents/common.js';
import * as money from '../documents/money.js';
import { endpoints } from './endpoint.js';
import { flag, optionalText, someText } from './inputs.js';

const preference = {
  enabled: flag,
  package: optionalText,
  threshold: optionalText,
  maxPerCycle: z.int().min(0).optional(),
};
const agreed = z.strictObject({ price: someText, currency: someText, bytes: z.int().min(0), taxed: z.boolean() });
const ofService = { clients: 'service', answer: money.autoBuy } as const;
const ofClient = { clients: 'client', answer: money.autoBuy } as const;

/** Packages, purchases, credit and invoices. */
export const moneyEndpoints = endpoints({
  'GET /packages': {
    clients: 'own',
    useCase: 'purchases.packages',
    summary: 'List packages of extra traffic; with service, those on offer for it, each with what it would change',
    query: { service: optionalText },
    answer: name('Packages', money.packages),
  },
  'GET /purchases': {
    list: 'purchases',
    title: 'Purchases',
    clients: 'own',
    useCase: 'purchases.list',
    summary: 'List purchases, oldest first',
    answer: money.purchases,
  },
  'GET /services/:service/purchases': {
    list: 'purchases',
    clients: 'service',
    useCase: 'purchases.list',
    summary: 'List the purchases of a service, oldest first',
    answer: money.purchases,
  },
  'POST /services/:service/purchases': {
    clients: 'service',
    useCase: 'purchases.create',
    summary: 'Buy a package for the current cycle; the key of the request is the reference of the purchase',
    status: 201,
    body: {
      package: someText,
      client: optionalText.describe(
        'Of a program that asks for a client: which one it is. Its purchase is refused as that of the client itself would be',
      ),
      agreed: agreed
        .optional()
        .describe(
          'What the buyer has read of the package; once it costs or brings something else, it is refused (`price_changed`)',
        ),
    },
    answer: money.purchaseReport,
  },
  'POST /purchases/:purchase/cancel': {
    useCase: 'purchases.cancel',
    summary: 'Cancel a pending purchase, or with refund a paid one, whose price becomes credit',
    body: { refund: flag },
    answer: money.cancelledPurchase,
  },
  'GET /services/:service/auto-buy': {
    ...ofService,
    useCase: 'autoBuy.show',
    summary: 'Show the preference for automatic purchases of a service',
  },
  'PUT /services/:service/auto-buy': {
    ...ofService,
    useCase: 'autoBuy.set',
    summary: 'Set parts of the preference of a service, and keep the others',
    body: preference,
  },
  'DELETE /services/:service/auto-buy': {
    ...ofService,
    useCase: 'autoBuy.clear',
    summary: 'Drop the preference of a service',
  },
  'GET /clients/:client/auto-buy': {
    ...ofClient,
    useCase: 'autoBuy.show',
    summary: 'Show the preference for automatic purchases of a client',
  },
  'PUT /clients/:client/auto-buy': {
    ...ofClient,
    useCase: 'autoBuy.set',
    summary: 'Set parts of the preference of a client, and keep the others',
    body: preference,
  },
  'DELETE /clients/:client/auto-buy': {
    ...ofClient,
    useCase: 'autoBuy.clear',
    summary: 'Drop the preference of a client',
  },
  'GET /clients/:client/credit': {
    clients: 'client',
    outside: true,
    useCase: 'credit.show',
    summary: 'Show the credit of a client',
    answer: money.credit,
  },
  'POST /clients/:client/credit': {
    useCase: 'credit.add',
    summary: 'Add credit; one reference (default: the key of the request) is booked once',
    body: {
      amount: someText,
      currency: someText,
      ref: optionalText,
      description: z.string().min(1).max(200).optional().describe('What the client reads of it; default: Credit'),
    },
    answer: z.object({ credit: money.credit, booked: z.boolean() }),
  },
  'GET /clients/:client/credit/history': {
    list: 'entries',
    clients: 'client',
    useCase: 'credit.history',
    summary: "List the changes of a client's credit, oldest first",
    answer: money.creditEntries,
  },
  'POST /clients/:client/merge': {
    useCase: 'clients.merge',
    summary: 'Store that the billing system has merged a client into another one, whose everything is then',
    body: { into: someText, dryRun: flag },
    answer: money.clientMerge,
  },
  'GET /invoices': {
    list: 'invoices',
    title: 'Invoices',
    clients: 'own',
    useCase: 'invoices.list',
    summary: 'List invoices, oldest first',
    query: { client: optionalText },
    answer: money.invoices,
  },
  'GET /invoices/:invoice': {
    clients: 'own',
    useCase: 'invoices.show',
    summary: 'Show an invoice',
    answer: money.invoice,
  },
  'POST /invoices/:invoice/pay': {
    clients: 'own',
    useCase: 'invoices.pay',
    summary: "Pay an open invoice from the client's credit",
    answer: z.object({ invoice: money.invoice, credit: money.credit, changed: z.boolean() }),
  },
  'POST /invoices/:invoice/cancel': {
    useCase: 'invoices.cancel',
    summary: 'Cancel an open invoice',
    answer: z.object({ invoice: money.invoice, changed: z.boolean() }),
  },
});
