import { amount, limitAllowance, quotaValue, size } from '@sluice/panel-kind';
import type { ProductQuota, Quota } from '@sluice/quota-core';
import * as z from 'zod/mini';
import {
  text,
  optionalText,
  filled,
  texts,
  off,
  wholeFromZero,
  optionalEnforce,
  byHand,
  optionalCurrency,
  optionalQuota,
  optionalSize,
  optionalSpeed,
} from './shared-schemas.js';

const mode = z.enum(['IN', 'OUT', 'TOTAL']);

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

export const autoBuy = z.strictObject({
  enabled: z.optional(z.boolean()),
  package: optionalText,
  thresholdGb: z.optional(z.number().check(z.nonnegative())),
  thresholdPercent: z.optional(z.number().check(z.minimum(0), z.maximum(100))),
  maxPerCycle: z.optional(wholeFromZero),
});

const limit = z.strictObject({
  id: text.check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'is not an id: use small letters, digits and hyphens' })),
  window: z.enum(['day', 'week', 'month', 'cycle']),
  allowance: limitAllowance,
  action: text,
});

export const productBase = {
  name: z.optional(filled),
  panel: text,
  quota: z.optional(quota),
  mode: z.optional(mode),
  quotaPeriod: z._default(z.enum(['billing', 'month']), 'billing'),
  action: optionalText,
  enforce: optionalEnforce,
  packages: texts,
  autoBuy: z.optional(autoBuy),
  lineSpeed: optionalSpeed,
  maxOvershoot: optionalSize,
  allowSharedPorts: off,
  provision: byHand,
  terminate: byHand,
  limits: z.optional(z.array(limit)),
  credentials: z.optional(z.strictObject({ writeTo: optionalText, message: optionalText })),
};

const someTraffic = size.check(
  z.refine((bytes) => bytes > 0, { error: 'is nothing: a package needs traffic, such as 50GB' }),
);

export const trafficPackage = z.strictObject({
  name: z.optional(filled),
  traffic: someTraffic,
  price: amount,
  currency: optionalCurrency,
  taxed: off,
});
