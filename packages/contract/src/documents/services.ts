/**
 * Schemas of the documents about services.
 *
 * @module
 */
import { LANGUAGES } from '@sluice/quota-core';
import * as z from 'zod';
import { advice } from './advice.js';
import { because } from './because.js';
import {
  access,
  action,
  amount,
  bytes,
  bytesOrNull,
  count,
  errorOrNull,
  imported,
  instant,
  instantOrNull,
  name,
  nextReading,
  period,
  purchaseStatus,
  refundState,
  reportedStatus,
  text,
  textOrNull,
  undecidedPanel,
} from './common.js';

export const holdMarks = {
  releasing: z
    .literal(true)
    .exactOptional()
    .describe(
      'It has ended, and its restriction is still on the panel, or may be: the next run that reaches the panel undoes it',
    ),
  restricting: z.literal(true).exactOptional().describe('Nothing of its restriction is on the panel yet'),
  partly: z.literal(true).exactOptional().describe('Only a part of its restriction is on the panel yet'),
};

export const marks = z.object(holdMarks);
/** What is left to do on the panel for a hold; none where it is as it should be. */
export type HoldMarks = z.infer<typeof marks>;

/** Only for clients. */
export const beforeClient = z
  .boolean()
  .exactOptional()
  .describe("True where it began before the service was this client's: `since` is when that began");

export const figures = { inBytes: bytesOrNull, outBytes: bytesOrNull, totalBytes: bytesOrNull };
export const usage = name('UsageFigures', z.object({ ...figures, readAt: instant })).nullable();

export const countedMode = z.enum(['IN', 'OUT', 'TOTAL']);
export const modeOrNull = countedMode.nullable();

export const limit = z.object({
  id: text,
  /** Null where the service has no cycle. */
  window: period.nullable(),
  /** `bytes`, or the currency of amounts. */
  unit: text,
  /** Bytes, or decimal text; null where unknown. */
  used: z.union([z.number(), text]).nullable(),
  partial: z
    .literal(true)
    .exactOptional()
    .describe('Calls that could not be read, or have no charge yet, come to `used`'),
  /** Null for unlimited. */
  allowed: z.union([z.number(), text]).nullable(),
  /** Whether its hold is open, or not undone yet. */
  held: z.boolean(),
});
/** A limit of a service, with what is used in its window. */
export type LimitView = z.infer<typeof limit>;

export const openHold = z.object({ reason: text, since: instant, ...holdMarks, beforeClient });
/** An open hold of a service, or one that has ended and is not undone yet. */
export type OpenHold = z.infer<typeof openHold>;

const serviceParts = {
  id: text,
  name: textOrNull.describe('What people call it'),
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
  /** The quota, then the product's other limits. */
  limits: z.array(limit),
  /** Open holds, and those that have ended and are not undone yet. */
  holds: z.array(openHold),
  /** For a dry run, `observe`, the brake, or a protection; of the last run that decided. */
  wouldHold: z.array(text).describe('Reasons of holds that would begin and were not added'),
  actions: z.array(action),
  error: errorOrNull,
  /** In a run: descriptions of the drift. */
  drift: z.array(text).exactOptional(),
  /** In a run, for a dry run, `observe` or the brake. */
  wouldRelease: z.array(text).exactOptional().describe('Reasons of holds that would end and did not'),
};

const purchase = z.object({
  id: text,
  client: textOrNull.describe(
    'Who bought it: of a former client a pending one never counts; null where an old version stored it',
  ),
  clientName: textOrNull.describe('Null where it is not known, and of a former client'),
  package: text,
  packageName: text.describe('What people call the package; its id once it left the config'),
  bytes,
  price: amount,
  currency: text,
  status: purchaseStatus,
  refund: refundState,
  at: instant,
  invoice: textOrNull,
  /** Total of the invoice, with tax; null where it is not known. */
  charged: amount.nullable(),
  /** Page where the client sees and pays the invoice; null where none is known. */
  invoiceUrl: textOrNull,
  /** The billing system that has the invoice, such as `ledger`; null without one. */
  invoiceIn: textOrNull,
  /** Whether it counts: it is paid, and belongs to the newest cycle of a service that has not ended. */
  current: z.boolean(),
  imported: imported.exactOptional(),
});

const account = z.object({
  url: textOrNull.describe('Address of the panel’s API; for clients the one for customers, null where there is none'),
  username: text,
  expiresAt: instantOrNull,
  tunnels: z.array(
    z.object({
      id: count,
      name: text,
      nodes: z.array(text),
      speedMbit: count
        .nullable()
        .exactOptional()
        .describe('Speed of its limit in Mbit/s; null without a limit, absent where that is not known'),
    }),
  ),
  maxForwards: count
    .exactOptional()
    .describe('How many forwards its customer may have; absent where an earlier version read it'),
  forwards: z.array(
    z.object({
      id: count,
      name: text,
      status: count,
      pausedByUs: z.boolean(),
      listens: z
        .array(text)
        .exactOptional()
        .describe('Where it listens (address:port); absent where an earlier version read it'),
      targets: z
        .array(text)
        .exactOptional()
        .describe('Where it leads to (host:port); absent where an earlier version read it'),
    }),
  ),
});

const overrideParts = {
  quotaBytes: bytesOrNull,
  unlimited: z.boolean(),
  mode: modeOrNull,
  action: textOrNull,
  since: instant,
};

export const counted = z.object({
  /** Bytes in the service's mode; null where unknown. */
  usedBytes: bytesOrNull,
  /** Bytes; null where the service is unlimited, or the allowance is unknown. */
  allowedBytes: bytesOrNull,
  /** Whether no quota limits the service. */
  unlimited: z.boolean(),
});
/** Usage of a service in its cycle as its quota counts it. */
export type CountedUsage = z.infer<typeof counted>;

export const fallen = z.object({
  usedBytes: bytes,
  /** The highest usage of the cycle; null for a client who may not see it, since the service was another's then. */
  peakBytes: bytes.nullable(),
});
/** Usage that fell to less than half of what a quota hold was decided on: the hold lasts, and no reading releases it. */
export type FallenUsage = z.infer<typeof fallen>;

export const stoppedByPanel = z.object({
  /** Since when runs have found it (ISO UTC). */
  since: instant,
  message: textOrNull.describe('For operators'),
});
/** What stops a service on its panel although no hold of its own restricts it. */
export type StoppedByPanel = z.infer<typeof stoppedByPanel>;

const detailParts = {
  /** What counts of `usage` in the service's mode, and what is allowed; null before the first reading. */
  counted: counted.nullable(),
  fallen: fallen.nullable().describe('Where the quota hold lasts although the usage fell by more than half'),
  /** Since when its panel has answered no call, or is not in the config: what is stated is the last known state. */
  panelDownSince: instantOrNull,
  panelRemoved: z.literal(true).exactOptional().describe('Its panel is not in the config: no run reads it'),
  panelUndecided: undecidedPanel
    .exactOptional()
    .describe('Its panel answers, but the last run decided nothing there: what is stated is the last known state'),
  unread: z.literal(true).exactOptional().describe('The last run could not read it: `usage` is of an earlier one'),
  /** It has expired there, staff has closed it, or a hold of another service restricts what they share. */
  stoppedByPanel: stoppedByPanel
    .exactOptional()
    .describe('It is stopped on its panel although no hold of its own restricts it'),
  product: text,
  productName: text.describe('What people read: the `name` of the product in the config, else its id'),
  client: textOrNull,
  clientName: textOrNull,
  clientEmail: textOrNull.describe('For operators only'),
  language: z.enum(LANGUAGES).nullable().describe('That its client reads; null where none is known'),
  lifecycle: text,
  unpaid: z
    .boolean()
    .exactOptional()
    .describe('Whether runs hold it for its bill; absent where no run reads it, and for a past instant'),
  billingCycle: textOrNull,
  nextDueDate: textOrNull,
  /** The service's own mode; null where its product or an override decides. */
  trafficMode: textOrNull,
  /** The service's own quota; null where its product or an override decides. */
  baseQuotaBytes: bytesOrNull,
  /** The quota of the next run without purchases, and where it comes from; null for an unmanaged service. */
  quota: z.object({ bytes: bytesOrNull, source: text }).nullable(),
  refs: z.record(text, text),
  purchases: z.array(purchase),
  overrides: z.object(overrideParts).nullable(),
  protectedUntil: textOrNull,
  /** Whether that local date of the panel is still to come, so that nothing but a manual hold restricts it. */
  protected: z.boolean(),
  /** Local date until which the holds of the quota and of all limits are released; null where it is not, or no longer. */
  quotaReleasedUntil: textOrNull,
  /** An unfinished termination, with the steps that were tried and failed. */
  termination: z.object({ since: instant, by: textOrNull, remains: z.array(text) }).nullable(),
  /** On panels with accounts: the account as last read, null before the first read; for a client as read since it has the service. */
  account: account.nullable().exactOptional(),
  access: access
    .nullable()
    .exactOptional()
    .describe(
      'In `service show` only, on panels whose customers use a link: how the client uses the account; null where the service has none of its own',
    ),
  nextReading: nextReading
    .exactOptional()
    .describe('In `explain` and `service show` only, where the config sets `poll.maxOvershoot`'),
  advice: advice
    .exactOptional()
    .describe('For a client: what is going on, when that ends, and what to do now; in lists and in `service show`'),
  because: because.exactOptional().describe('As in `explain`; in `service show` only'),
};

export const service = name('Service', z.object({ ...serviceParts, ...detailParts }));
/** `service show --json`: the service after the last run, with everything stored about it (docs/json.md). */
export type ServiceDetail = z.infer<typeof service>;

export const services = z.object({ services: z.array(service) });
/** In a run; those that need attention have the details too. */
export const serviceInRun = name(
  'ServiceInRun',
  z.object({ ...serviceParts, ...z.object(detailParts).partial().shape }),
);
export const view = z.object(serviceParts);
/** A service in `poll --json`; `service show --json` has further keys (docs/json.md). */
export type ServiceView = z.infer<typeof view>;

export const changedKey = z.object({ key: text, before: textOrNull, after: textOrNull });
/** A key of a service with its texts; null is unset. */
export type ChangedField = z.infer<typeof changedKey>;

export const changedKeys = z.array(changedKey);
export const change = z.object({
  service: text,
  name: textOrNull.describe('Of the service'),
  added: z.boolean(),
  keys: changedKeys,
});
/** A service that is added or changed. */
export type DescribedChange = z.infer<typeof change>;

export const changes = z.array(name('ServiceChange', change));
export const changedService = z.object({ ...serviceParts, ...detailParts, changes });

export const override = z.object({
  service: text,
  name: textOrNull.describe('Of the service'),
  ...overrideParts,
  until: instantOrNull,
  note: textOrNull,
  panel: textOrNull,
  product: textOrNull,
  productName: textOrNull.describe('What people call the product'),
  client: textOrNull,
  clientName: textOrNull,
});
/** One override, in force while `until` is null. */
export type OverrideView = z.infer<typeof override>;

export const overrides = z.object({ overrides: z.array(override) });
