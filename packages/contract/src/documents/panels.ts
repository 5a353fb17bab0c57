/**
 * Schemas of the documents about panels and products.
 *
 * @module
 */
import * as z from 'zod';
import {
  brake,
  bytesOrNull,
  removedPanel,
  count,
  enforcement,
  errorOrNull,
  instantOrNull,
  name,
  panelEnforcement,
  text,
  textOrNull,
  undecidedPanel,
} from './common.js';
import { runReport } from './reports.js';

const panelParts = {
  name: text,
  kind: text,
  /** Without its secret parts. */
  url: text,
  capabilities: z.array(text),
  /** Whether runs may change it. */
  enforce: panelEnforcement,
};
export const panel = name(
  'Panel',
  z.object({
    ...panelParts,
    /** Why nothing is changed on it; null where the brake did not stop its last run. */
    brake: brake.nullable(),
    /** Since when no call to it succeeded (ISO UTC); null where the last ones did, or none was made. */
    downSince: instantOrNull,
    undecided: undecidedPanel.exactOptional().describe('It answers, but its last run decided nothing'),
  }),
);
/** A panel of the config. */
export type PanelView = z.infer<typeof panel>;

export const panels = z.object({ panels: z.array(panel), removed: z.array(removedPanel) });

export const panelTest = name(
  'PanelTest',
  z.object({
    ...panelParts,
    ok: z.boolean(),
    latencyMs: count.nullable(),
    /** When its credentials end; null where they don't, or that is unknown. */
    credentialsUntil: instantOrNull,
    warnings: z.array(text),
    error: errorOrNull,
  }),
);
/** How a panel answered. */
export type PanelTest = z.infer<typeof panelTest>;

export const panelTests = z.object({ panels: z.array(panelTest) });
export const switchReport = name(
  'SwitchReport',
  z.object({
    panel: text,
    product: textOrNull,
    productName: textOrNull.describe('What people call the product; null for the whole panel'),
    enforce: z.enum(['on', 'observe']),
    source: text,
    /** When the switch was set, and who set it; null for a setting of the config. */
    since: instantOrNull,
    by: textOrNull,
    /** Preview of the first run; null for `observe`. */
    plan: runReport.nullable(),
    /** Changes under way that did not end within the wait; absent where there are none. */
    underWay: count.exactOptional(),
  }),
);
/** `enforce --json` and `observe --json` (docs/json.md). */
export type SwitchReport = z.infer<typeof switchReport>;

export const check = z.object({
  name: text,
  object: text,
  status: z.enum(['ok', 'warning', 'failed', 'skipped']),
  message: text,
  /** Code of the problem, by which a front end may add a remedy (docs/errors.md). */
  code: text.exactOptional(),
  /** Heading that a front end may print the check under: `store`, `runs`, `services`, or `panel` with the panel's name. */
  section: text.exactOptional(),
  /** Objects that the remedy names. */
  details: z.record(text, text).exactOptional(),
});
/** One result of `doctor` and `db check`. */
export type Check = z.infer<typeof check>;

export const doctorReport = name('DoctorReport', z.object({ ok: z.boolean(), checks: z.array(check) }));
export const tunnels = z.object({
  tunnels: z.array(z.object({ id: count, name: text, type: count, status: count, multiplier: count, ratio: count })),
});
export const relayUser = z.object({
  id: count,
  name: text,
  /** 1 active, 0 disabled. */
  status: count,
  usedBytes: count,
  quotaBytes: bytesOrNull,
  unlimited: z.boolean().describe('Whether that quota is the panel’s way to say "no limit"'),
  expiresAt: instantOrNull,
  service: textOrNull,
  serviceName: textOrNull,
  panel: text,
});
/** A user of a relay panel, with its service. */
export type RelayUser = z.infer<typeof relayUser>;

export const relayUsers = z.object({ users: z.array(relayUser) });
export const unassignedEntry = name(
  'UnassignedEntry',
  z.object({
    panel: text,
    object: text.describe('What it is in the words of the panel: service, order, user, line, did'),
    id: text.describe('Its id on the panel, which no other object of this word has'),
    endedService: textOrNull.describe('A service that has ended and named it; null where none did'),
    name: textOrNull.describe('Two may have the same name'),
    addresses: z.array(text).describe('Its IP addresses'),
    clientName: textOrNull.describe('As the panel shows it, as all that follows; null where it does not'),
    clientEmail: textOrNull,
    state: textOrNull.describe('In the words of the panel'),
    limitBytes: bytesOrNull.describe('Bytes; null for no limit, and where the panel shows none'),
    unlimited: z.boolean().nullable().describe('Whether it has no limit'),
    usedBytes: bytesOrNull,
    expiresAt: instantOrNull.describe('Instant from which the panel does not serve it any more, ISO 8601 in UTC'),
    createdAt: instantOrNull,
    refs: z.record(text, text).describe('What a service of it has in the columns of the service import'),
  }),
);
/** What a panel has that no service names. */
export type UnassignedEntry = z.infer<typeof unassignedEntry>;

export const unassigned = z.object({
  onPanel: count.describe('How many of them the panel has, with those that services name'),
  entries: z.array(unassignedEntry),
});
/** `panel unassigned --json` (docs/json.md). */
export type UnassignedEntries = z.infer<typeof unassigned>;

export const speedLimits = z.object({
  speedLimits: z.array(
    z.object({
      id: count,
      name: text,
      speedMbit: count,
      tunnel: z.object({ id: count, name: text }),
      products: z.array(text),
    }),
  ),
});
export const tunnelGroups = z.object({
  tunnelGroups: z.array(
    z.object({
      id: count,
      name: text,
      tunnels: z.array(z.object({ id: count, name: textOrNull })),
      products: z.array(text),
    }),
  ),
});
export const loginLink = z.object({
  url: textOrNull.describe('Address of the panel for customers: panels.X.publicUrl, or its url if that is public'),
  username: text,
  singleSignOn: z.literal(false),
});
/** `relay login-link --json` (docs/json.md). */
export type LoginLink = z.infer<typeof loginLink>;

export const product = name(
  'Product',
  z.object({
    id: text,
    name: text.describe('What people read: its `name` in the config, else its id'),
    panel: text,
    /** The kind of its panel. */
    kind: text,
    /** In bytes, by mode; null for none. */
    quota: z.record(text, z.union([z.number(), z.literal('unlimited')])).nullable(),
    mode: textOrNull,
    quotaPeriod: z.enum(['billing', 'month']),
    action: textOrNull,
    /** Whether runs may change its services. */
    enforce: enforcement,
    packages: z.array(text),
    provision: z.enum(['manual', 'auto']),
    terminate: z.enum(['manual', 'auto']),
    limits: z.array(z.object({ id: text, window: text, allowance: z.union([z.number(), text]), action: text })),
  }),
);
/** A product of the config. */
export type ProductView = z.infer<typeof product>;

export const products = z.object({ products: z.array(product) });
