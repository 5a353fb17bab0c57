import { SHOW, BUY, SERVER, OPERATE } from '../callers.js';
import * as z from 'zod/mini';
import {
  called,
  flag,
  locked,
  number,
  optionalText,
  options,
  read,
  accepts,
  text,
  textOrNone,
  rows,
} from './shapes.js';
import { group, type Http } from './group.js';

const id = ['id', text] as const;

const budget = () => z.strictObject({ refs: text, amount: text });

const agreed = () => z.strictObject({ price: text, currency: text, bytes: number, taxed: z.boolean() });

const credit = () =>
  z.strictObject({
    client: text,
    currency: z.nullable(text),
    balance: text,
    closed: z.exactOptional(z.literal(true)),
    taxRate: z.exactOptional(text),
    clientName: z.exactOptional(z.nullable(text)),
  });

const agreedBody = (h: Http) =>
  h.z.strictObject({ price: h.someText, currency: h.someText, bytes: h.z.int().min(0), taxed: h.z.boolean() });

/** The use cases of `purchases`. */
export const purchases = group({
  packages: {
    callers: SHOW,
    command: 'package list',
    accepts: () =>
      accepts(options({ ...read, client: textOrNone, service: optionalText, credit: z.optional(credit()) })),
    routes: (h) => ({
      'GET /packages': {
        clients: 'own',
        summary: 'List packages of extra traffic; with service, those on offer for it, each with what it would change',
        query: { service: h.optionalText },
        answer: h.name('Packages', h.money.packages),
      },
    }),
  },
  create: {
    callers: BUY,
    command: 'purchase create',
    accepts: () =>
      accepts(
        ['service', text],
        ['package', text],
        options({
          ...locked,
          ref: optionalText,
          client: optionalText,
          budget: z.optional(budget()),
          agreed: z.optional(agreed()),
        }),
      ),
    routes: (h) => ({
      'POST /services/:service/purchases': {
        clients: 'service',
        summary: 'Buy a package for the current cycle; the key of the request is the reference of the purchase',
        status: 201,
        body: {
          package: h.someText,
          client: h.optionalText.describe(
            'Of a program that asks for a client: which one it is. Its purchase is refused as that of the client itself would be',
          ),
          agreed: agreedBody(h)
            .optional()
            .describe(
              'What the buyer has read of the package; once it costs or brings something else, it is refused (`price_changed`)',
            ),
        },
        answer: h.money.purchaseReport,
      },
    }),
  },
  import: {
    callers: OPERATE,
    command: 'purchase import',
    accepts: () => accepts(rows(), options({ ...locked, dryRun: flag })),
    routes: (h) => ({
      'POST /purchases/import': {
        summary:
          'Take over purchases that another tool has charged, all rows or none: they count in the current cycle and are never charged',
        body: { rows: h.rows, dryRun: h.flag },
        answer: h.reports.importReport,
      },
    }),
  },
  list: {
    callers: SHOW,
    command: 'purchase list',
    accepts: () => accepts(options({ ...read, service: optionalText, ref: optionalText })),
    routes: (h) => ({
      'GET /purchases': {
        list: 'purchases',
        title: 'Purchases',
        clients: 'own',
        summary: 'List purchases, oldest first',
        answer: h.money.purchases,
      },
      'GET /services/:service/purchases': {
        list: 'purchases',
        clients: 'service',
        summary: 'List the purchases of a service, oldest first',
        answer: h.money.purchases,
      },
    }),
  },
  budgetLeft: {
    callers: SERVER,
    accepts: () => accepts(['budget', budget()], options(called)),
  },
  terms: {
    callers: SERVER,
    accepts: () => accepts(options(called)),
  },
  cancel: {
    callers: OPERATE,
    command: 'purchase cancel',
    accepts: () => accepts(id, options({ ...locked, refund: flag })),
    routes: (h) => ({
      'POST /purchases/:purchase/cancel': {
        summary: 'Cancel a pending purchase, or with refund a paid one, whose price becomes credit',
        body: { refund: h.flag },
        answer: h.money.cancelledPurchase,
      },
    }),
  },
});
