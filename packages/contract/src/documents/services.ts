/**
 * Schemas of the documents about services.
 *
 * @module
 */
import * as z from 'zod';
import {
  action,
  amount,
  bytes,
  bytesOrNull,
  count,
  errorOrNull,
  instant,
  instantOrNull,
  name,
  period,
  reportedStatus,
  text,
  textOrNull,
} from './common.js';

/** Only for clients. */
export const holdMarks = {
  releasing: z
    .literal(true)
    .optional()
    .describe('It has ended, and its restriction is still on the panel: the next run that reaches the panel undoes it'),
  restricting: z.literal(true).optional().describe('Nothing of its restriction is on the panel yet'),
  partly: z.literal(true).optional().describe('Only a part of its restriction is on the panel yet'),
};

export const beforeClient = z
  .boolean()
  .optional()
  .describe("True where it began before the service was this client's: `since` is when that began");

export const figures = { inBytes: bytesOrNull, outBytes: bytesOrNull, totalBytes: bytesOrNull };
export const usage = name('UsageFigures', z.object({ ...figures, readAt: instant })).nullable();

const serviceParts = {
  id: text,
  panel: text,
  status: reportedStatus,
  observing: z.boolean(),
  mode: textOrNull,
  cycle: period.nullable(),
  usage,
  doubted: z
    .object({
      at: instant,
      since: instant.describe('When a reading that this one confirms was first doubted'),
      ...figures,
      holds: z.array(text).describe('Reasons of open holds that began by it, before it was found impossible'),
    })
    .nullable()
    .describe('Usage by the last reading, where that was too high to be used'),
  allowance: z
    .object({
      unlimited: z.boolean(),
      baseBytes: bytesOrNull,
      extraBytes: bytes,
      allowedBytes: bytesOrNull,
      remainingBytes: bytesOrNull,
      decided: z.boolean().describe('Whether the last run decided with it; else the next run decides'),
    })
    .nullable(),
  limits: z.array(
    z.object({
      id: text,
      window: period.nullable(),
      unit: text,
      used: z.union([z.number(), text]).nullable(),
      allowed: z.union([z.number(), text]).nullable(),
      held: z.boolean(),
    }),
  ),
  holds: z.array(z.object({ reason: text, since: instant, ...holdMarks, beforeClient })),
  wouldHold: z.array(text).describe('Reasons of holds that would begin and were not added'),
  actions: z.array(action),
  error: errorOrNull,
  drift: z.array(text).optional(),
  wouldRelease: z.array(text).optional().describe('Reasons of holds that would end and did not'),
};

const purchase = z.object({
  id: text,
  package: text,
  bytes,
  price: amount,
  currency: text,
  status: text,
  at: instant,
  invoice: textOrNull,
  charged: amount.nullable(),
  invoiceUrl: textOrNull,
  current: z.boolean(),
});

const account = z.object({
  url: textOrNull.describe('Address of the panel’s API; for clients the one for customers, null where there is none'),
  username: text,
  expiresAt: instantOrNull,
  tunnels: z.array(z.object({ id: count, name: text, nodes: z.array(text) })),
  forwards: z.array(z.object({ id: count, name: text, status: count, pausedByUs: z.boolean() })),
});

const overrideParts = {
  quotaBytes: bytesOrNull,
  unlimited: z.boolean(),
  mode: textOrNull,
  action: textOrNull,
  since: instant,
};

const detailParts = {
  counted: z.object({ usedBytes: bytesOrNull, allowedBytes: bytesOrNull, unlimited: z.boolean() }).nullable(),
  fallen: z
    .object({ usedBytes: bytes, peakBytes: bytes })
    .nullable()
    .describe('Where the quota hold lasts although the usage fell by more than half'),
  panelDownSince: instantOrNull,
  unread: z.literal(true).optional().describe('The last run could not read it: `usage` is of an earlier one'),
  stoppedByPanel: z
    .object({ since: instant, message: textOrNull.describe('For operators') })
    .optional()
    .describe('The panel stops it although nothing of Sluice restricts it'),
  product: text,
  client: textOrNull,
  lifecycle: text,
  billingCycle: textOrNull,
  nextDueDate: textOrNull,
  trafficMode: textOrNull,
  baseQuotaBytes: bytesOrNull,
  quota: z.object({ bytes: bytesOrNull, source: text }).nullable(),
  refs: z.record(text, text),
  purchases: z.array(purchase),
  overrides: z.object(overrideParts).nullable(),
  protectedUntil: textOrNull,
  protected: z.boolean(),
  quotaReleasedUntil: textOrNull,
  termination: z.object({ since: instant, by: textOrNull, remains: z.array(text) }).nullable(),
  account: account.nullable().optional(),
};

export const service = name('Service', z.object({ ...serviceParts, ...detailParts }));
export const services = z.object({ services: z.array(service) });
/** In a run; those that need attention have the details too. */
export const serviceInRun = name(
  'ServiceInRun',
  z.object({ ...serviceParts, ...z.object(detailParts).partial().shape }),
);

export const changedKeys = z.array(z.object({ key: text, before: textOrNull, after: textOrNull }));
const change = z.object({ service: text, added: z.boolean(), keys: changedKeys });
export const changes = z.array(name('ServiceChange', change));
export const changedService = z.object({ ...serviceParts, ...detailParts, changes });

export const overrides = z.object({
  overrides: z.array(
    z.object({
      service: text,
      ...overrideParts,
      until: instantOrNull,
      note: textOrNull,
      panel: textOrNull,
      product: textOrNull,
      client: textOrNull,
    }),
  ),
});
