import { money as schema, name } from '@sluice/contract/documents';
import * as z from 'zod';
import { flag, optionalText, someText } from '../../schemas/common.js';
import { notFound } from '../../server/failure.js';
import { listRoute } from './list-route.js';
import { type ApiRoute, route } from './route.js';
import type { ApiCall } from '../../requests/api-call.js';

const preference = {
  enabled: flag,
  package: optionalText,
  threshold: optionalText,
  maxPerCycle: z.int().min(0).optional(),
};

/** Returns the invoice, or refuses as for one that does not exist. */
async function ownInvoice({ sluice, client, param }: Pick<ApiCall, 'sluice' | 'client' | 'param'>) {
  const id = param('invoice');
  if (client !== undefined && !(await sluice.invoices.list({ client })).invoices.some((invoice) => invoice.id === id))
    throw notFound('unknown_invoice', `There is no invoice "${id}"`);
  return id;
}

const toAutoBuyRoutes = (subject: 'service' | 'client'): ApiRoute[] => {
  const path = `/${subject}s/:${subject}/auto-buy` as const;
  const of = ({ param, client }: Pick<ApiCall, 'param' | 'client'>) =>
    subject === 'service' ? { service: param('service'), owner: client } : { client: param('client'), owner: client };
  const parts = { clients: subject, answer: schema.autoBuy } as const;
  return [
    route(`GET ${path}`, {
      ...parts,
      useCase: 'autoBuy.show',
      summary: `Show the preference for automatic purchases of a ${subject}`,
      handle: ({ sluice, param, client }) => sluice.autoBuy.show(of({ param, client })),
    }),
    route(`PUT ${path}`, {
      ...parts,
      useCase: 'autoBuy.set',
      summary: `Set parts of the preference of a ${subject}, and keep the others`,
      body: preference,
      handle: ({ sluice, param, client, body, as }) => sluice.autoBuy.set(of({ param, client }), body, as),
    }),
    route(`DELETE ${path}`, {
      ...parts,
      useCase: 'autoBuy.clear',
      summary: `Drop the preference of a ${subject}`,
      handle: async ({ sluice, param, client, as }) => ({
        autoBuy: (await sluice.autoBuy.clear(of({ param, client }), as)).autoBuy,
      }),
    }),
  ];
};

/** Packages, purchases, credit and invoices. */
export const moneyRoutes: ApiRoute[] = [
  route('GET /packages', {
    clients: 'own',
    useCase: 'purchases.packages',
    summary: 'List packages of extra traffic',
    answer: name('Packages', schema.packages),
    handle: ({ sluice, client: reader }) => sluice.purchases.packages({ reader }),
  }),
  listRoute('GET /purchases', {
    list: 'purchases',
    title: 'Purchases',
    clients: 'own',
    useCase: 'purchases.list',
    summary: 'List purchases, oldest first',
    answer: schema.purchases,
    handle: ({ sluice, client }) => sluice.purchases.list({ reader: client }),
  }),
  listRoute('GET /services/:service/purchases', {
    list: 'purchases',
    clients: 'service',
    useCase: 'purchases.list',
    summary: 'List the purchases of a service, oldest first',
    answer: schema.purchases,
    handle: ({ sluice, client, param }) => sluice.purchases.list({ service: param('service'), reader: client }),
  }),
  route('POST /services/:service/purchases', {
    clients: 'service',
    useCase: 'purchases.create',
    summary: 'Buy a package for the current cycle; the key of the request is the reference of the purchase',
    status: 201,
    body: { package: someText },
    answer: schema.purchaseReport,
    handle: ({ sluice, param, client, body, as, ref }) =>
      sluice.purchases.create(param('service'), body.package, { ...as, client, ref }),
  }),
  route('POST /purchases/:purchase/cancel', {
    useCase: 'purchases.cancel',
    summary: 'Cancel a pending purchase, or with refund a paid one, whose price becomes credit',
    body: { refund: flag },
    answer: schema.cancelledPurchase,
    handle: ({ sluice, param, body, as }) => sluice.purchases.cancel(param('purchase'), { ...as, ...body }),
  }),
  ...toAutoBuyRoutes('service'),
  ...toAutoBuyRoutes('client'),
  route('GET /clients/:client/credit', {
    clients: 'client',
    useCase: 'credit.show',
    summary: 'Show the credit of a client',
    answer: schema.credit,
    handle: ({ sluice, param }) => sluice.credit.show(param('client')),
  }),
  route('POST /clients/:client/credit', {
    useCase: 'credit.add',
    summary: 'Add credit; one reference (default: the key of the request) is booked once',
    body: {
      amount: someText,
      currency: someText,
      ref: optionalText,
      description: z.string().min(1).max(200).optional().describe('What the client reads of it; default: Credit'),
    },
    answer: z.object({ credit: schema.credit, booked: z.boolean() }),
    handle: ({ sluice, param, body: { amount, currency, ref: own, description }, as, ref }) =>
      sluice.credit.add(param('client'), { amount, currency, description, ref: own ?? ref }, as),
  }),
  listRoute('GET /clients/:client/credit/history', {
    list: 'entries',
    clients: 'client',
    useCase: 'credit.history',
    summary: "List the changes of a client's credit, oldest first",
    answer: schema.creditEntries,
    handle: ({ sluice, param, client: reader }) => sluice.credit.history(param('client'), { reader }),
  }),
  listRoute('GET /invoices', {
    list: 'invoices',
    title: 'Invoices',
    clients: 'own',
    useCase: 'invoices.list',
    summary: 'List invoices, oldest first',
    query: { client: optionalText },
    answer: schema.invoices,
    handle: async ({ sluice, query, client }) => {
      if (client !== undefined && query.client !== undefined && query.client !== client) return { invoices: [] };
      return sluice.invoices.list({ client: client ?? query.client });
    },
  }),
  route('GET /invoices/:invoice', {
    clients: 'own',
    useCase: 'invoices.show',
    summary: 'Show an invoice',
    answer: schema.invoice,
    handle: async (call) => call.sluice.invoices.show(await ownInvoice(call)),
  }),
  route('POST /invoices/:invoice/pay', {
    clients: 'own',
    useCase: 'invoices.pay',
    summary: "Pay an open invoice from the client's credit",
    answer: z.object({ invoice: schema.invoice, credit: schema.credit, changed: z.boolean() }),
    handle: async (call) => call.sluice.invoices.pay(await ownInvoice(call), call.as),
  }),
  route('POST /invoices/:invoice/cancel', {
    useCase: 'invoices.cancel',
    summary: 'Cancel an open invoice',
    answer: z.object({ invoice: schema.invoice, changed: z.boolean() }),
    handle: ({ sluice, param, as }) => sluice.invoices.cancel(param('invoice'), as),
  }),
];
