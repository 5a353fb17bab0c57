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
  commandRun,
  count,
  errorOrNull,
  imported,
  instant,
  instantOrNull,
  name,
  period,
  purchaseStatus,
  refundState,
  text,
  textOrNull,
} from './common.js';
import { stoppedByPanel } from './services.js';

export const packageEffect = name(
  'PackageEffect',
  z.object({
    missingBytes: bytesOrNull.describe(
      'How much more has to be allowed after it until the quota restricts nothing; 0: nothing, null: the usage of a held service is not known, or no quota limits it',
    ),
    least: count
      .nullable()
      .describe('The fewest of this package that are enough; null where nothing or too little is known'),
    instead: z.array(text).describe('Ids of offered packages of which one is enough, where this one is not'),
    stays: z.array(text).describe('Reasons of holds that stay after it, by the last reading'),
    stops: z
      .array(
        z.object({
          by: z
            .enum(['observe', 'panel-down', 'others', 'agent-limit'])
            .describe(
              '`observe`: nothing is changed on the panel; `panel-down`: it answers no call; `others`: what is not a hold of the service; `agent-limit`: by the last reading the limit of an agent has no room for it, and its purchase is refused',
            ),
          holds: z.array(text).describe('Those of `stays` that only this keeps'),
          at: instantOrNull.describe('Since when, or when it was seen; null for `observe` and `agent-limit`'),
          message: textOrNull.describe('For operators'),
        }),
      )
      .describe('What else stops the service after it, or keeps a limit of the panel'),
  }),
);
/** What a package changes for a service that is restricted or over its allowance, in `package list --service --json`. */
export type PackageEffect = z.infer<typeof packageEffect>;

export const agreedPrice = z.object({
  price: amount,
  currency: text,
  bytes,
  taxed: z.boolean().describe('Whether the billing system adds tax to the price'),
});
/** What a buyer reads of a package and agrees to. */
export type AgreedPrice = z.infer<typeof agreedPrice>;

export const onePackage = name(
  'Package',
  z.object({
    ...{ id: text, name: text, ...agreedPrice.shape },
    lastCharged: amount
      .nullable()
      .describe('Total of the client’s newest invoice for it at this price, with tax; null where none is known'),
    withTax: amount
      .nullable()
      .describe('With the tax that the config states for the client; null where it is not known. The invoice counts'),
    /** Products that offer it. */
    products: z.array(text),
    effect: packageEffect
      .nullable()
      .describe(
        'What it would change for the service that is asked for; null without one, and where that is not known',
      ),
    refused: text
      .exactOptional()
      .describe(
        'Why it can’t be bought for that service now: the code with which its purchase is refused; of all packages the same, but for `agent_limit` and `currency_mismatch`',
      ),
  }),
);
/** One package, in `package list --json` (docs/json.md). */
export type PackageView = z.infer<typeof onePackage>;

export const packages = z.object({ packages: z.array(onePackage) });

export const clientMerge = name(
  'ClientMerge',
  z.object({
    run: commandRun,
    from: text,
    into: text.describe('`none`: the first one was deleted'),
    services: count.describe('Services that the first one has or had'),
    purchases: count,
    bills: count.describe('Bills of calls'),
  }),
);
/** What a client had who was merged into another one, in `client merge --json` (docs/json.md). */
export type ClientMerge = z.infer<typeof clientMerge>;

const purchaseParts = {
  id: text,
  service: text,
  name: textOrNull.describe('Of the service; null where it has none, and for a client who has it no longer'),
  client: textOrNull,
  clientName: textOrNull,
  package: text,
  packageName: text.describe('What people call the package; its id once it left the config'),
  bytes,
  /** Without tax. */
  price: amount,
  currency: text,
  status: purchaseStatus,
  refund: refundState,
  actor: z.enum(['manual', 'auto']),
  /** Who started the run that bought it, as in the log; null where that is not known. */
  by: textOrNull,
  invoice: textOrNull,
  /** Total of the invoice, with tax; null where it is not known. */
  charged: amount.nullable(),
  /** Page where the client sees and pays the invoice; null where none is known. */
  invoiceUrl: textOrNull,
  /** The billing system that has the invoice, such as `ledger`; null without one. */
  invoiceIn: textOrNull,
  at: instant,
  paidAt: instantOrNull,
  imported: imported.exactOptional(),
};
export const listedPurchase = name(
  'Purchase',
  z.object({
    ...purchaseParts,
    /** Id of the cycle that it counts in; empty of an imported one until a run has read its service. */
    cycle: text,
  }),
);
/** One purchase, in `purchase list --json` (docs/json.md). */
export type PurchaseView = z.infer<typeof listedPurchase>;

export const purchases = z.object({ purchases: z.array(listedPurchase) });

export const purchase = name(
  'PurchaseDetail',
  z.object({ ...purchaseParts, cycle: z.object({ id: text, ...period.shape }).nullable() }),
);
/** A purchase with its cycle, in `purchase create --json`. */
export type PurchaseDetail = z.infer<typeof purchase>;

export const purchaseReport = z.object({
  purchase,
  /** Whether an earlier call with the same reference made it. */
  repeated: z.boolean(),
  stillHeld: z.array(text).describe('Reasons of holds that are open or not undone yet'),
  releasing: z.array(text).describe('Those of stillHeld whose hold has ended and is not undone on the panel yet'),
  stoppedByPanel: stoppedByPanel
    .exactOptional()
    .describe('It is stopped on its panel although no hold of its own restricts it: the package does not start it'),
  /** Why what was bought has no effect on the panel yet; the next run completes it. */
  error: errorOrNull,
});
/** `purchase create --json` (docs/json.md). */
export type PurchaseReport = z.infer<typeof purchaseReport>;

export const cancelledPurchase = z.object({ purchase });

export const autoBuyView = name(
  'AutoBuy',
  z.object({
    enabled: z.boolean(),
    package: textOrNull,
    packageName: textOrNull.describe('What people call the package; null without one'),
    /** Null for a percentage of an allowance that is not known. */
    thresholdBytes: bytesOrNull,
    /** Bytes as digits, or a percentage of the allowance. */
    threshold: text,
    maxPerCycle: count,
    /** Automatic purchases in the current cycle; null for a client. */
    bought: count.nullable(),
    observing: z
      .boolean()
      .nullable()
      .describe('Whether the service is under observe, where runs buy nothing; null for a client'),
    /** The level that switches it on or off. */
    source: z.enum(['service', 'client', 'product', 'global', 'default']),
    link: z
      .object({ id: text, expiresAt: instantOrNull })
      .nullable()
      .describe('The share link that switched it on, with which it ends; null where it stays'),
  }),
);
/** `auto-buy show --json` and `auto-buy set --json` (docs/json.md). */
export type AutoBuyView = z.infer<typeof autoBuyView>;
/** Where a preference comes from, the strongest first. */
export type AutoBuySource = AutoBuyView['source'];
/** Auto-buy of a service, field by field from its levels. */
export type AutoBuyRule = Omit<AutoBuyView, 'packageName' | 'thresholdBytes' | 'bought' | 'observing' | 'link'>;

export const autoBuy = z.object({ autoBuy: autoBuyView });

const ownClient = { client: text, clientName: textOrNull };
export const credit = name(
  'Credit',
  z.object({
    ...{ ...ownClient, currency: textOrNull, balance: amount },
    closed: z
      .literal(true)
      .exactOptional()
      .describe('The client is closed in the billing system: nothing may be charged'),
    taxRate: text
      .exactOptional()
      .describe('Tax in percent on taxed prices for this client, by the config; absent where it is not known'),
  }),
);
/** The credit of a client, in `credit show --json` (docs/json.md). */
export type CreditView = z.infer<typeof credit>;

export const creditEntry = z.object({
  id: text,
  at: instant,
  /** Negative where credit was taken. */
  amount,
  /** Credit after it. */
  balance: amount,
  currency: text,
  kind: z.enum(['credit', 'payment', 'refund']),
  description: text,
  /** The operator's reference, or the key of a refund; of a payment the invoice. */
  ref: textOrNull,
  note: textOrNull.describe('For operators'),
  /** Who booked it; null for a client that reads. */
  actor: textOrNull.describe('For operators'),
});
/** One change of a client's credit, in `credit history --json` (docs/json.md). */
export type CreditEntry = z.infer<typeof creditEntry>;

export const creditEntries = z.object({ ...ownClient, entries: z.array(creditEntry) });
/** The changes of a client's credit: `credit history --json` (docs/json.md). */
export type CreditHistory = z.infer<typeof creditEntries>;

export const invoice = name(
  'Invoice',
  z.object({
    id: text,
    ...ownClient,
    currency: text,
    status: z.enum(['open', 'paid', 'cancelled', 'refunded']),
    /** Sum of the lines. */
    total: amount,
    /** What is left to pay. */
    balance: amount,
    createdAt: instant,
    paidAt: instantOrNull,
    /** When it was cancelled or refunded. */
    closedAt: instantOrNull,
    lines: z.array(z.object({ id: text, description: text, amount })),
  }),
);
/** An invoice, in `invoice show --json` (docs/json.md). */
export type InvoiceView = z.infer<typeof invoice>;

export const invoices = z.object({ invoices: z.array(invoice) });
