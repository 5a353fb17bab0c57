/**
 * Schemas of the documents about packages, purchases, credit and invoices.
 *
 * @module
 */
import * as z from 'zod';
import {
  amount,
  bytes,
  bytesOrNull,
  count,
  errorOrNull,
  instant,
  instantOrNull,
  name,
  period,
  text,
  textOrNull,
} from './common.js';

export const packages = z.object({
  packages: z.array(
    name(
      'Package',
      z.object({
        ...{ id: text, name: text, bytes, price: amount, currency: text },
        taxed: z.boolean().describe('Whether the billing system adds tax to the price'),
        lastCharged: amount
          .nullable()
          .describe('Total of the client’s newest invoice for it at this price, with tax; null where none is known'),
        products: z.array(text),
      }),
    ),
  ),
});

const purchaseParts = {
  id: text,
  service: text,
  client: textOrNull,
  package: text,
  bytes,
  price: amount,
  currency: text,
  status: z.enum(['pending', 'paid', 'cancelled', 'refunded', 'failed']),
  actor: z.enum(['manual', 'auto']),
  by: textOrNull,
  invoice: textOrNull,
  charged: amount.nullable(),
  invoiceUrl: textOrNull,
  at: instant,
  paidAt: instantOrNull,
};
export const purchases = z.object({
  purchases: z.array(name('Purchase', z.object({ ...purchaseParts, cycle: text }))),
});
const purchase = name(
  'PurchaseDetail',
  z.object({ ...purchaseParts, cycle: z.object({ id: text, ...period.shape }).nullable() }),
);
export const purchaseReport = z.object({
  purchase,
  repeated: z.boolean(),
  stillHeld: z.array(text).describe('Reasons of holds that are open or not undone yet'),
  releasing: z.array(text).describe('Those of stillHeld whose hold has ended and is not undone on the panel yet'),
  error: errorOrNull,
});
export const cancelledPurchase = z.object({ purchase });

export const autoBuy = z.object({
  autoBuy: name(
    'AutoBuy',
    z.object({
      enabled: z.boolean(),
      package: textOrNull,
      thresholdBytes: bytesOrNull,
      threshold: text,
      maxPerCycle: count,
      bought: count.nullable(),
      source: z.enum(['service', 'client', 'product', 'global', 'default']),
    }),
  ),
});

export const credit = name('Credit', z.object({ client: text, currency: textOrNull, balance: amount }));
export const creditEntries = z.object({
  entries: z.array(
    z.object({
      id: text,
      at: instant,
      amount,
      balance: amount,
      currency: text,
      kind: z.enum(['credit', 'payment', 'refund']),
      description: text,
      ref: textOrNull,
      note: textOrNull.describe('For operators'),
      actor: textOrNull.describe('For operators'),
    }),
  ),
});

export const invoice = name(
  'Invoice',
  z.object({
    id: text,
    client: text,
    currency: text,
    status: z.enum(['open', 'paid', 'cancelled', 'refunded']),
    total: amount,
    balance: amount,
    createdAt: instant,
    paidAt: instantOrNull,
    closedAt: instantOrNull,
    lines: z.array(z.object({ id: text, description: text, amount })),
  }),
);
export const invoices = z.object({ invoices: z.array(invoice) });
