import * as z from 'zod';
import {
  action,
  amount,
  brake,
  bytes,
  bytesOrNull,
  commandRun,
  count,
  errorOrNull,
  instant,
  instantOrNull,
  itemError,
  name,
  notices,
  panelsRun,
  period,
  reportedStatus,
  runError,
  skippedPanels,
  text,
  textOrNull,
  unknown,
} from './common.js';
import { changedAgent } from './agents.js';
import { callBill } from './calls.js';

/** Only for clients. */
const holdMarks = {
  releasing: z
    .literal(true)
    .optional()
    .describe('It has ended, and its restriction is still on the panel: the next run that reaches the panel undoes it'),
  restricting: z.literal(true).optional().describe('Its restriction is not on the panel yet'),
};

const beforeClient = z
  .boolean()
  .optional()
  .describe("True where it began before the service was this client's: `since` is when that began");

const figures = { inBytes: bytesOrNull, outBytes: bytesOrNull, totalBytes: bytesOrNull };
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
const serviceInRun = name('ServiceInRun', z.object({ ...serviceParts, ...z.object(detailParts).partial().shape }));

const changedKeys = z.array(z.object({ key: text, before: textOrNull, after: textOrNull }));
const change = z.object({ service: text, added: z.boolean(), keys: changedKeys });
export const changes = z.array(name('ServiceChange', change));
export const changedService = z.object({ ...serviceParts, ...detailParts, changes });

export const importReport = name(
  'ImportReport',
  z.object({
    totals: z.object({ rows: count, added: count, changed: count, unchanged: count }),
    problems: z.array(
      z.object({
        line: count.nullable(),
        service: textOrNull,
        key: textOrNull,
        message: text,
        code: text.optional(),
      }),
    ),
    dryRun: z.literal(true).optional(),
    changes: changes.optional(),
    enforced: z.array(text).optional(),
  }),
);

export const syncReport = name(
  'SyncReport',
  z.object({
    run: commandRun,
    totals: z.object({
      seen: count,
      added: count,
      changed: count,
      unchanged: count,
      vanished: count,
      terminated: count,
      skipped: count,
    }),
    changes: z.array(
      z.object({ id: text, change: z.enum(['added', 'changed', 'vanished', 'terminated']), fields: changedKeys }),
    ),
    skipped: z.array(z.object({ reason: text, services: z.array(text) })),
    problems: z.array(z.object({ service: text, key: textOrNull, message: text, code: text.optional() })),
  }),
);

export const runReport = name(
  'RunReport',
  z.object({
    run: panelsRun,
    totals: z.object({
      services: count,
      read: count,
      unreadable: count,
      doubted: count,
      failed: count,
      held: count,
      released: count,
      wouldHold: count,
      wouldRelease: count,
      purchased: count,
      actions: count,
      planned: count,
    }),
    services: z.array(serviceInRun),
    notices,
    error: runError,
    enforced: z
      .array(z.object({ panel: text, services: count }))
      .describe('Panels under observe of which products are enforced, with the services that this concerns'),
    panels: skippedPanels,
    agents: z.array(changedAgent).optional(),
  }),
);

export const access = name(
  'CustomerAccess',
  z.object({
    username: text,
    url: textOrNull.describe('Address of the panel for customers: panels.X.publicUrl, or its url if that is public'),
    links: z.array(z.object({ url: text, unknown: textOrNull })),
    expiresAt: instantOrNull,
    daysFromFirstUse: count.nullable(),
  }),
);

export const commandReport = name(
  'CommandReport',
  z.object({
    run: commandRun,
    service,
    actions: z.array(action),
    credentials: z
      .object({
        username: textOrNull,
        password: textOrNull.describe('Shown once: null in the answer to a repeated request'),
        passwordFile: textOrNull,
        writtenTo: text.optional(),
      })
      .nullable(),
    access: access.nullable().optional(),
    bills: z.array(callBill).optional(),
    stillHeld: z.array(text),
    notices,
    error: itemError.optional(),
  }),
);

const evidence = z.object({
  kind: text,
  target: text,
  prior: unknown,
  adopted: z.boolean(),
  since: instant,
  until: instantOrNull,
  outcome: textOrNull,
});
const hold = {
  reason: text,
  since: instant,
  until: instantOrNull,
  note: textOrNull,
  origin: text,
  ...holdMarks,
  evidence: z.array(evidence),
  beforeClient,
};
export const holds = z.object({
  holds: z.array(
    name(
      'Hold',
      z.object({
        ...hold,
        service: textOrNull,
        agent: z.object({ uuid: text, name: textOrNull }).nullable(),
        panel: textOrNull,
        product: textOrNull,
        client: textOrNull,
      }),
    ),
  ),
  released: z.array(z.object({ service: text, until: text, note: textOrNull })),
});

export const explanation = name(
  'Explanation',
  z.object({
    at: instant,
    service,
    readings: z.array(z.object({ at: instant, ...figures, rejected: textOrNull, raw: unknown })),
    allowance: z.object({
      parts: z.array(z.object({ source: text, bytes: bytesOrNull })),
      allowedBytes: bytesOrNull,
    }),
    decision: z
      .object({
        rule: text,
        status: text,
        at: instant,
        run: text,
        mode: textOrNull,
        action: textOrNull,
        observing: z.boolean(),
        wouldHold: z.array(text),
        inputs: unknown,
      })
      .nullable(),
    brake: brake.nullable(),
    panelRemoved: z
      .boolean()
      .describe('Whether its panel is not in the config, so that nothing is read or changed there'),
    accountDue: z
      .object({
        verb: z.enum(['create', 'terminate']),
        reason: z.enum(['next_run', 'observe', 'brake', 'failed', 'not_paid', 'suspended', 'operator']),
      })
      .nullable(),
    holds: z.array(z.object({ ...hold, service: text })),
    released: z.object({ until: text, note: textOrNull }).nullable(),
    actions: z.array(
      z.object({
        id: text,
        type: text,
        target: text,
        name: text,
        state: text,
        at: instant,
        run: text,
        prior: unknown,
        observed: unknown,
        error: errorOrNull,
      }),
    ),
  }),
);

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
