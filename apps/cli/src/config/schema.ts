import type { ProductQuota } from '@sluice/quota-core';
import * as z from 'zod';
import { amount, currency, duration, localDate, quotaValue, regex, secret, share, size, timeZone } from './values.js';

// A config is parsed once: compiling a parser for it first would take longer than it saves.
z.config({ jitless: true });

const enforce = z.enum(['on', 'observe']);
const mode = z.enum(['IN', 'OUT', 'TOTAL']);
const count = z.int().positive();

const tls = z.strictObject({
  ca: z.string().optional().meta({ description: 'File with the certificates to trust' }),
  rejectUnauthorized: z.boolean().default(true),
  pinSha256: z.string().optional(),
});

const panelBase = {
  url: z.string().min(1),
  allowHttp: z.boolean().default(false),
  enforce: enforce.optional(),
  timeZone: timeZone.optional(),
  concurrency: count.max(1000).optional(),
  /** Fewer calls at once while the panel refuses or slows down, more again afterwards. */
  adaptive: z.boolean().default(false),
  requestsPerSecond: z.number().positive().optional(),
  timeout: duration.optional(),
  retries: z.int().min(0).max(10).optional(),
  proxy: secret.optional(),
  tls: tls.optional(),
};

const easydcim = z.strictObject({
  kind: z.literal('easydcim'),
  ...panelBase,
  token: secret,
  impersonate: z.union([z.string(), z.int().transform(String)]).optional(),
  impersonateFallback: z.boolean().default(false),
  units: z.enum(['bytes', 'KB', 'MB', 'GB']).optional(),
  requestUnits: z.string().optional(),
  graphDates: z.enum(['text', 'unix']).default('text'),
  managementPorts: regex.optional(),
  trafficDirection: z.enum(['normal', 'swapped']).default('normal'),
});

const flvx = z.strictObject({
  kind: z.literal('flvx'),
  ...panelBase,
  username: z.string().min(1),
  password: secret,
  tunnelId: count.optional(),
  speedLimitId: count.nullable().optional(),
});

const agents = z.strictObject({
  accounting: z.enum(['consumed', 'allocated', 'panel']).default('consumed'),
  period: z.union([z.enum(['none', 'monthly']), z.strictObject({ days: count })]).default('none'),
  exempt: z.array(z.string()).default([]),
  releaseBelow: share.default(0.95),
  thresholds: z.array(z.number().positive()).default([80, 90, 100]),
  addon: z.union([z.boolean(), z.strictObject({ prefix: z.string() })]).default(false),
});

const hiddify = z.strictObject({
  kind: z.literal('hiddify'),
  ...panelBase,
  apiKey: secret,
  agents: agents.optional(),
});

const telephony = {
  ...panelBase,
  token: secret.optional(),
  profile: z.string().optional(),
  billFrom: localDate.optional(),
  country: z.string().optional(),
  currency: currency.optional(),
  installation: z.string().optional(),
};
const astbilling = z.strictObject({ kind: z.literal('astbilling'), ...telephony });
const magnusbilling = z.strictObject({
  kind: z.literal('magnusbilling'),
  ...telephony,
  key: secret.optional(),
  secret: secret.optional(),
});

const panel = z.discriminatedUnion('kind', [easydcim, flvx, hiddify, astbilling, magnusbilling]);

const quota: z.ZodType<ProductQuota> = z.union([
  quotaValue.transform((value): ProductQuota => ({ default: value })),
  z
    .strictObject({
      in: quotaValue.optional(),
      out: quotaValue.optional(),
      total: quotaValue.optional(),
      default: quotaValue.optional(),
    })
    .transform(
      (value) => Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as ProductQuota,
    ),
]);

const autoBuy = z.strictObject({
  enabled: z.boolean().optional(),
  package: z.string().optional(),
  thresholdGb: z.number().nonnegative().optional(),
  thresholdPercent: z.number().min(0).max(100).optional(),
  maxPerCycle: z.int().min(0).optional(),
});

const product = z.strictObject({
  panel: z.string(),
  quota: quota.optional(),
  mode: mode.optional(),
  quotaPeriod: z.enum(['billing', 'month']).default('billing'),
  action: z.string().optional(),
  enforce: enforce.optional(),
  packages: z.array(z.string()).default([]),
  autoBuy: autoBuy.optional(),
  allowSharedPorts: z.boolean().default(false),
  provision: z.enum(['auto', 'manual']).default('manual'),
  terminate: z.enum(['auto', 'manual']).default('manual'),
  credentials: z.strictObject({ writeTo: z.string() }).optional(),
  flvx: z
    .strictObject({
      tunnelId: count.optional(),
      tunnelIds: z.array(count).min(1).optional(),
      tunnelGroup: z.union([z.string(), count]).optional(),
      maxForwards: z.int().min(0).default(10),
      enforceMaxForwards: z.boolean().default(false),
      speedMbit: count.nullable().default(null),
      speedLimitId: count.nullable().optional(),
      throttleMbit: count.default(1),
      expiryDays: count.default(365),
      graceDays: z.int().min(0).default(0),
      resetDay: z.int().min(0).max(31).default(0),
    })
    .optional(),
  hiddify: z
    .strictObject({
      agent: z.string().optional(),
      packageDays: count.default(90),
      mode: z.enum(['no_reset', 'monthly', 'weekly', 'daily']).default('no_reset'),
    })
    .optional(),
  astbilling: z
    .strictObject({
      planId: z.union([z.string(), z.int().transform(String)]).optional(),
      plan: z.string().optional(),
      billingType: z.enum(['prepaid', 'postpaid']).optional(),
      creditLimit: amount.optional(),
      period: z.enum(['previous-month', 'anniversary']).default('previous-month'),
      grace: duration.default(3_600_000),
    })
    .optional(),
  whmcs: z
    .strictObject({ productIds: z.array(z.int()).default([]), productGroupIds: z.array(z.int()).default([]) })
    .optional(),
});

const trafficPackage = z.strictObject({
  traffic: size,
  price: amount,
  currency: currency.optional(),
  taxed: z.boolean().default(false),
});

const whmcs = z.strictObject({
  url: z.string(),
  identifier: secret,
  secret,
  accessKey: secret.optional(),
  timeout: duration.optional(),
  allowHttp: z.boolean().default(false),
  productIds: z.array(z.int()).default([]),
  productGroupIds: z.array(z.int()).default([]),
  fields: z.record(z.string(), z.string()).optional(),
  calls: z
    .strictObject({
      taxed: z.boolean().optional(),
      onlyWriter: z.boolean().default(false),
      lookFor: z.array(z.string()).default([]),
    })
    .optional(),
  pushUsage: z.enum(['off', 'bytes', 'megabytes']).default('off'),
});

const notifyEvents = { events: z.array(z.string()).optional(), template: z.string().optional() };
const notify = z.union([
  z.strictObject({ webhook: z.string(), secret: secret.optional(), ...notifyEvents }),
  z.strictObject({ mail: z.string(), from: z.string().optional(), smtp: secret.optional(), ...notifyEvents }),
  z.strictObject({ command: z.string(), ...notifyEvents }),
]);

/** The whole of `sluice.yaml`. Unknown keys are errors. */
export const configSchema = z
  .strictObject({
    timeZone: timeZone.default('UTC'),
    state: z.string().default('./sluice.db'),
    currency: currency.optional(),
    enforce: enforce.default('on'),
    panels: z.record(z.string(), panel),
    products: z.record(z.string(), product).default({}),
    packages: z.record(z.string(), trafficPackage).default({}),
    autoBuy: autoBuy.optional(),
    whmcs: whmcs.optional(),
    billing: z.enum(['ledger', 'whmcs']).default('ledger'),
    poll: z
      .strictObject({
        interval: duration.default(900_000),
        overdue: z.enum(['meter', 'hold', 'ignore']).default('meter'),
        brake: z
          .strictObject({ share: share.default(0.2), atLeast: count.default(10) })
          .default({ share: 0.2, atLeast: 10 }),
      })
      .prefault({}),
    retention: z
      .strictObject({ apiLog: duration.default(30 * 86_400_000), samples: duration.default(90 * 86_400_000) })
      .prefault({}),
    graphCache: duration.default(1_800_000),
    notify: z.array(notify).default([]),
    serve: z
      .strictObject({ listen: z.string().optional(), publicUrl: z.string().optional(), token: secret.optional() })
      .optional(),
    heartbeat: z.string().optional(),
  })
  .meta({ title: 'sluice.yaml' });

export type ConfigValues = z.output<typeof configSchema>;
export type PanelConfig = z.output<typeof panel>;
export type EasyDcimPanelConfig = z.output<typeof easydcim>;
export type FlvxPanelConfig = z.output<typeof flvx>;
export type HiddifyPanelConfig = z.output<typeof hiddify>;
export type ProductConfig = z.output<typeof product>;
export type PackageConfig = z.output<typeof trafficPackage>;
