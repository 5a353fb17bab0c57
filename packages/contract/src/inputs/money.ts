import * as z from 'zod/mini';
import {
  called,
  flag,
  locked,
  number,
  optionalNumber,
  optionalText,
  options,
  read,
  request,
  accepts,
  text,
  textOrNone,
} from './shapes.js';

const client = ['client', text] as const;
const id = ['id', text] as const;
const budget = z.strictObject({ refs: text, amount: text });
const agreed = z.strictObject({ price: text, currency: text, bytes: number, taxed: z.boolean() });

const credit = z.strictObject({
  client: text,
  currency: z.nullable(text),
  balance: text,
  closed: z.exactOptional(z.literal(true)),
});

/** What `purchases` accepts. */
export const purchaseInputs = {
  packages: accepts(options({ ...read, client: textOrNone, service: optionalText, credit: z.optional(credit) })),
  create: accepts(
    ['service', text],
    ['package', text],
    options({
      ...locked,
      ref: optionalText,
      client: optionalText,
      budget: z.optional(budget),
      agreed: z.optional(agreed),
    }),
  ),
  list: accepts(options({ ...read, service: optionalText, ref: optionalText })),
  budgetLeft: accepts(['budget', budget], options(called)),
  terms: accepts(options(called)),
  cancel: accepts(id, options({ ...locked, refund: flag })),
};

const subject = [
  'subject',
  z.union([
    z.strictObject({
      service: text,
      client: z.optional(z.undefined()),
      owner: optionalText,
      link: z.optional(z.strictObject({ link: text, amount: z.nullable(text) })),
    }),
    z.strictObject({
      client: text,
      service: z.optional(z.undefined()),
      owner: optionalText,
      link: z.optional(z.undefined()),
    }),
  ]),
] as const;

/** What `autoBuy` accepts. */
export const autoBuyInputs = {
  show: accepts(subject, options(called)),
  set: accepts(
    subject,
    [
      'preference',
      z.strictObject({ enabled: flag, package: optionalText, threshold: optionalText, maxPerCycle: optionalNumber }),
    ],
    options(locked),
  ),
  clear: accepts(subject, options(locked)),
};

/** What `credit` accepts. */
export const creditInputs = {
  show: accepts(client, options(called)),
  isKnown: accepts(client, options(called)),
  add: accepts(
    client,
    ['credit', z.strictObject({ amount: text, currency: text, ref: optionalText, description: optionalText })],
    options(called),
  ),
  history: accepts(client, options(read)),
};

/** What `clients` accepts. */
export const clientInputs = {
  merge: accepts(client, request({ ...called, into: text, dryRun: flag })),
};

/** What `invoices` accepts. */
export const invoiceInputs = {
  list: accepts(options({ ...called, client: optionalText })),
  show: accepts(id, options(called)),
  pay: accepts(id, options(called)),
  cancel: accepts(id, options(called)),
};
