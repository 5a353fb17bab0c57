import type { ProductQuota, Quota } from '@sluice/quota-core';
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { amount, currency, duration, hostPort, quotaValue, regex, secret, share, size, timeZone } from './values.js';

// A config is parsed once: compiling a parser for it first would take longer than it saves.
z.config({ jitless: true, ...en() });

const enforce = z.enum(['on', 'observe']);
const mode = z.enum(['IN', 'OUT', 'TOTAL']);
const count = z.int().check(z.positive());

// Made once and used everywhere: every command that reads the config waits until its schema is made.
const text = z.string();
const optionalText = z.optional(text);
const filled = z.string().check(z.minLength(1));
const texts = z._default(z.array(text), []);
const textOrNumber = z.union([text, z.pipe(z.int(), z.transform(String))]);
const off = z._default(z.boolean(), false);
const wholeFromZero = z.int().check(z.minimum(0));
const optionalCount = z.optional(count);
const countOrNull = z.nullable(count);
const optionalCountOrNull = z.optional(countOrNull);
const optionalEnforce = z.optional(enforce);
const manual = z._default(z.literal('manual'), 'manual');
/** Lists of which this version supports no entry. */
const empty = z.optional(z.tuple([]));
const optionalSecret = z.optional(secret);
const optionalCurrency = z.optional(currency);
const optionalDuration = z.optional(duration);
const optionalHostPort = z.optional(hostPort);
const optionalQuota = z.optional(quotaValue);

const tls = z.strictObject({
  ca: z.optional(text).check(z.describe('File with the certificates to trust')),
  rejectUnauthorized: z._default(z.boolean(), true),
  pinSha256: optionalText,
});

const panelBase = {
  url: filled,
  allowHttp: off,
  enforce: optionalEnforce,
  timeZone: z.optional(timeZone),
  concurrency: z.optional(count.check(z.maximum(1000))),
  /** Fewer calls at once while the panel refuses or slows down, more again afterwards. */
  adaptive: z._default(z.boolean(), true),
  requestsPerSecond: z.optional(z.number().check(z.positive())),
  timeout: optionalDuration,
  retries: z.optional(z.int().check(z.minimum(0), z.maximum(10))),
  proxy: optionalSecret,
  tls: z.optional(tls),
};

const easydcim = z.strictObject({
  kind: z.literal('easydcim'),
  ...panelBase,
  token: secret,
  impersonate: z.optional(textOrNumber),
  impersonateFallback: off,
  units: z.optional(z.enum(['bytes', 'KB', 'MB', 'GB'])),
  requestUnits: optionalText,
  graphDates: z._default(z.enum(['text', 'unix']), 'text'),
  managementPorts: z.optional(regex),
  trafficDirection: z._default(z.enum(['normal', 'swapped']), 'normal'),
});

const flvx = z.strictObject({
  kind: z.literal('flvx'),
  ...panelBase,
  username: filled,
  password: secret,
  tunnelId: optionalCount,
  speedLimitId: optionalCountOrNull,
  redirectTo: optionalHostPort,
});

const agents = z.strictObject({
  accounting: z._default(z.enum(['consumed', 'allocated', 'panel']), 'consumed'),
  period: z._default(z.union([z.enum(['none', 'monthly']), z.strictObject({ days: count })]), 'none'),
  exempt: texts,
  releaseBelow: z._default(share, 0.95),
  thresholds: z._default(z.array(z.number().check(z.positive())), [80, 90, 100]),
  addon: z._default(z.union([z.boolean(), z.strictObject({ prefix: text })]), false),
});

const hiddify = z.strictObject({
  kind: z.literal('hiddify'),
  ...panelBase,
  apiKey: secret,
  agents: z.optional(agents),
});

const panel = z.discriminatedUnion('kind', [easydcim, flvx, hiddify]);

const quota: z.ZodMiniType<ProductQuota> = z.union([
  z.pipe(
    quotaValue,
    z.transform((value: Quota): ProductQuota => ({ default: value })),
  ),
  z.pipe(
    z.strictObject({
      in: optionalQuota,
      out: optionalQuota,
      total: optionalQuota,
      default: optionalQuota,
    }),
    z.transform(
      (value: Partial<Record<string, Quota | undefined>>) =>
        Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as ProductQuota,
    ),
  ),
]);

const autoBuy = z.strictObject({
  enabled: z.optional(z.literal(false)),
  package: optionalText,
  thresholdGb: z.optional(z.number().check(z.nonnegative())),
  thresholdPercent: z.optional(z.number().check(z.minimum(0), z.maximum(100))),
  maxPerCycle: z.optional(wholeFromZero),
});

const product = z.strictObject({
  panel: text,
  quota: z.optional(quota),
  mode: z.optional(mode),
  quotaPeriod: z._default(z.enum(['billing', 'month']), 'billing'),
  action: optionalText,
  enforce: optionalEnforce,
  packages: texts,
  autoBuy: z.optional(autoBuy),
  allowSharedPorts: off,
  provision: manual,
  terminate: manual,
  limits: empty,
  credentials: z.optional(z.strictObject({ writeTo: text })),
  flvx: z.optional(
    z.strictObject({
      tunnelId: optionalCount,
      tunnelIds: z.optional(z.array(count).check(z.minLength(1))),
      tunnelGroup: z.optional(z.union([text, count])),
      maxForwards: z._default(wholeFromZero, 10),
      enforceMaxForwards: off,
      speedMbit: z._default(countOrNull, null),
      speedLimitId: optionalCountOrNull,
      throttleMbit: z._default(count, 1),
      redirectTo: optionalHostPort,
      expiryDays: z._default(count, 365),
      graceDays: z._default(wholeFromZero, 0),
      resetDay: z._default(z.int().check(z.minimum(0), z.maximum(31)), 0),
    }),
  ),
  hiddify: z.optional(
    z.strictObject({
      agent: optionalText,
      packageDays: z._default(count, 90),
      mode: z._default(z.enum(['no_reset', 'monthly', 'weekly', 'daily']), 'no_reset'),
    }),
  ),
});

const trafficPackage = z.strictObject({
  traffic: size,
  price: amount,
  currency: optionalCurrency,
  taxed: off,
});

/** The whole of `sluice.yaml`. Unknown keys are errors. */
export const configSchema = z
  .strictObject({
    timeZone: z._default(timeZone, 'UTC'),
    state: z._default(text, './sluice.db'),
    currency: optionalCurrency,
    enforce: z._default(enforce, 'on'),
    panels: z.record(text, panel),
    products: z._default(z.record(text, product), {}),
    packages: z._default(z.record(text, trafficPackage), {}),
    autoBuy: z.optional(autoBuy),
    billing: z._default(z.literal('ledger'), 'ledger'),
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
    notify: empty,
    limits: empty,
  })
  .check(z.meta({ title: 'sluice.yaml' }));

export type ConfigValues = z.output<typeof configSchema>;
export type PanelConfig = z.output<typeof panel>;
export type EasyDcimPanelConfig = z.output<typeof easydcim>;
export type FlvxPanelConfig = z.output<typeof flvx>;
export type HiddifyPanelConfig = z.output<typeof hiddify>;
export type ProductConfig = z.output<typeof product>;
export type PackageConfig = z.output<typeof trafficPackage>;
