import type { ProductQuota, Quota } from '@sluice/quota-core';
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { amount, currency, duration, localDate, quotaValue, regex, secret, share, size, timeZone } from './values.js';

// A config is parsed once: compiling a parser for it first would take longer than it saves.
z.config({ jitless: true, ...en() });

const enforce = z.enum(['on', 'observe']);
const mode = z.enum(['IN', 'OUT', 'TOTAL']);
const count = z.int().check(z.positive());

const tls = z.strictObject({
  ca: z.optional(z.string()).check(z.describe('File with the certificates to trust')),
  rejectUnauthorized: z._default(z.boolean(), true),
  pinSha256: z.optional(z.string()),
});

const panelBase = {
  url: z.string().check(z.minLength(1)),
  allowHttp: z._default(z.boolean(), false),
  enforce: z.optional(enforce),
  timeZone: z.optional(timeZone),
  concurrency: z.optional(count.check(z.maximum(1000))),
  /** Fewer calls at once while the panel refuses or slows down, more again afterwards. */
  adaptive: z._default(z.boolean(), false),
  requestsPerSecond: z.optional(z.number().check(z.positive())),
  timeout: z.optional(duration),
  retries: z.optional(z.int().check(z.minimum(0), z.maximum(10))),
  proxy: z.optional(secret),
  tls: z.optional(tls),
};

const easydcim = z.strictObject({
  kind: z.literal('easydcim'),
  ...panelBase,
  token: secret,
  impersonate: z.optional(z.union([z.string(), z.pipe(z.int(), z.transform(String))])),
  impersonateFallback: z._default(z.boolean(), false),
  units: z.optional(z.enum(['bytes', 'KB', 'MB', 'GB'])),
  requestUnits: z.optional(z.string()),
  graphDates: z._default(z.enum(['text', 'unix']), 'text'),
  managementPorts: z.optional(regex),
  trafficDirection: z._default(z.enum(['normal', 'swapped']), 'normal'),
});

const flvx = z.strictObject({
  kind: z.literal('flvx'),
  ...panelBase,
  username: z.string().check(z.minLength(1)),
  password: secret,
  tunnelId: z.optional(count),
  speedLimitId: z.optional(z.nullable(count)),
});

const agents = z.strictObject({
  accounting: z._default(z.enum(['consumed', 'allocated', 'panel']), 'consumed'),
  period: z._default(z.union([z.enum(['none', 'monthly']), z.strictObject({ days: count })]), 'none'),
  exempt: z._default(z.array(z.string()), []),
  releaseBelow: z._default(share, 0.95),
  thresholds: z._default(z.array(z.number().check(z.positive())), [80, 90, 100]),
  addon: z._default(z.union([z.boolean(), z.strictObject({ prefix: z.string() })]), false),
});

const hiddify = z.strictObject({
  kind: z.literal('hiddify'),
  ...panelBase,
  apiKey: secret,
  agents: z.optional(agents),
});

const telephony = {
  ...panelBase,
  token: z.optional(secret),
  profile: z.optional(z.string()),
  billFrom: z.optional(localDate),
  country: z.optional(z.string()),
  currency: z.optional(currency),
  installation: z.optional(z.string()),
};
const astbilling = z.strictObject({ kind: z.literal('astbilling'), ...telephony });
const magnusbilling = z.strictObject({
  kind: z.literal('magnusbilling'),
  ...telephony,
  key: z.optional(secret),
  secret: z.optional(secret),
});

const panel = z.discriminatedUnion('kind', [easydcim, flvx, hiddify, astbilling, magnusbilling]);

const quota: z.ZodMiniType<ProductQuota> = z.union([
  z.pipe(
    quotaValue,
    z.transform((value: Quota): ProductQuota => ({ default: value })),
  ),
  z.pipe(
    z.strictObject({
      in: z.optional(quotaValue),
      out: z.optional(quotaValue),
      total: z.optional(quotaValue),
      default: z.optional(quotaValue),
    }),
    z.transform(
      (value: Partial<Record<string, Quota | undefined>>) =>
        Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as ProductQuota,
    ),
  ),
]);

const autoBuy = z.strictObject({
  enabled: z.optional(z.boolean()),
  package: z.optional(z.string()),
  thresholdGb: z.optional(z.number().check(z.nonnegative())),
  thresholdPercent: z.optional(z.number().check(z.minimum(0), z.maximum(100))),
  maxPerCycle: z.optional(z.int().check(z.minimum(0))),
});

const product = z.strictObject({
  panel: z.string(),
  quota: z.optional(quota),
  mode: z.optional(mode),
  quotaPeriod: z._default(z.enum(['billing', 'month']), 'billing'),
  action: z.optional(z.string()),
  enforce: z.optional(enforce),
  packages: z._default(z.array(z.string()), []),
  autoBuy: z.optional(autoBuy),
  allowSharedPorts: z._default(z.boolean(), false),
  provision: z._default(z.enum(['auto', 'manual']), 'manual'),
  terminate: z._default(z.enum(['auto', 'manual']), 'manual'),
  credentials: z.optional(z.strictObject({ writeTo: z.string() })),
  flvx: z.optional(
    z.strictObject({
      tunnelId: z.optional(count),
      tunnelIds: z.optional(z.array(count).check(z.minLength(1))),
      tunnelGroup: z.optional(z.union([z.string(), count])),
      maxForwards: z._default(z.int().check(z.minimum(0)), 10),
      enforceMaxForwards: z._default(z.boolean(), false),
      speedMbit: z._default(z.nullable(count), null),
      speedLimitId: z.optional(z.nullable(count)),
      throttleMbit: z._default(count, 1),
      expiryDays: z._default(count, 365),
      graceDays: z._default(z.int().check(z.minimum(0)), 0),
      resetDay: z._default(z.int().check(z.minimum(0), z.maximum(31)), 0),
    }),
  ),
  hiddify: z.optional(
    z.strictObject({
      agent: z.optional(z.string()),
      packageDays: z._default(count, 90),
      mode: z._default(z.enum(['no_reset', 'monthly', 'weekly', 'daily']), 'no_reset'),
    }),
  ),
  astbilling: z.optional(
    z.strictObject({
      planId: z.optional(z.union([z.string(), z.pipe(z.int(), z.transform(String))])),
      plan: z.optional(z.string()),
      billingType: z.optional(z.enum(['prepaid', 'postpaid'])),
      creditLimit: z.optional(amount),
      period: z._default(z.enum(['previous-month', 'anniversary']), 'previous-month'),
      grace: z._default(duration, 3_600_000),
    }),
  ),
  whmcs: z.optional(
    z.strictObject({ productIds: z._default(z.array(z.int()), []), productGroupIds: z._default(z.array(z.int()), []) }),
  ),
});

const trafficPackage = z.strictObject({
  traffic: size,
  price: amount,
  currency: z.optional(currency),
  taxed: z._default(z.boolean(), false),
});

const whmcs = z.strictObject({
  url: z.string(),
  identifier: secret,
  secret,
  accessKey: z.optional(secret),
  timeout: z.optional(duration),
  allowHttp: z._default(z.boolean(), false),
  productIds: z._default(z.array(z.int()), []),
  productGroupIds: z._default(z.array(z.int()), []),
  fields: z.optional(z.record(z.string(), z.string())),
  calls: z.optional(
    z.strictObject({
      taxed: z.optional(z.boolean()),
      onlyWriter: z._default(z.boolean(), false),
      lookFor: z._default(z.array(z.string()), []),
    }),
  ),
  pushUsage: z._default(z.enum(['off', 'bytes', 'megabytes']), 'off'),
});

const notifyEvents = { events: z.optional(z.array(z.string())), template: z.optional(z.string()) };
const notify = z.union([
  z.strictObject({ webhook: z.string(), secret: z.optional(secret), ...notifyEvents }),
  z.strictObject({ mail: z.string(), from: z.optional(z.string()), smtp: z.optional(secret), ...notifyEvents }),
  z.strictObject({ command: z.string(), ...notifyEvents }),
]);

/** The whole of `sluice.yaml`. Unknown keys are errors. */
export const configSchema = z
  .strictObject({
    timeZone: z._default(timeZone, 'UTC'),
    state: z._default(z.string(), './sluice.db'),
    currency: z.optional(currency),
    enforce: z._default(enforce, 'on'),
    panels: z.record(z.string(), panel),
    products: z._default(z.record(z.string(), product), {}),
    packages: z._default(z.record(z.string(), trafficPackage), {}),
    autoBuy: z.optional(autoBuy),
    whmcs: z.optional(whmcs),
    billing: z._default(z.enum(['ledger', 'whmcs']), 'ledger'),
    poll: z.prefault(
      z.strictObject({
        interval: z._default(duration, 900_000),
        overdue: z._default(z.enum(['meter', 'hold', 'ignore']), 'meter'),
        brake: z._default(z.strictObject({ share: z._default(share, 0.2), atLeast: z._default(count, 10) }), {
          share: 0.2,
          atLeast: 10,
        }),
      }),
      {},
    ),
    retention: z.prefault(
      z.strictObject({ apiLog: z._default(duration, 30 * 86_400_000), samples: z._default(duration, 90 * 86_400_000) }),
      {},
    ),
    graphCache: z._default(duration, 1_800_000),
    notify: z._default(z.array(notify), []),
    serve: z.optional(
      z.strictObject({ listen: z.optional(z.string()), publicUrl: z.optional(z.string()), token: z.optional(secret) }),
    ),
    heartbeat: z.optional(z.string()),
  })
  .check(z.meta({ title: 'sluice.yaml' }));

export type ConfigValues = z.output<typeof configSchema>;
export type PanelConfig = z.output<typeof panel>;
export type EasyDcimPanelConfig = z.output<typeof easydcim>;
export type FlvxPanelConfig = z.output<typeof flvx>;
export type HiddifyPanelConfig = z.output<typeof hiddify>;
export type ProductConfig = z.output<typeof product>;
export type PackageConfig = z.output<typeof trafficPackage>;
