/**
 * Schemas that several documents share.
 *
 * @module
 */
import { REPORTED_STATUSES } from '@sluice/quota-core';
import * as z from 'zod';
import { PLATFORMS } from '../words.js';

/** Schemas with a name, which the OpenAPI document lists once. */
export const named = new Map<z.ZodType, string>();

/** Names a schema in the OpenAPI document. */
export function name<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  named.set(schema, id);
  return schema;
}

/** Any text. */
export const text = z.string();
/** Any text, or null. */
export const textOrNull = text.nullable();
export const bytes = z.number().describe('Bytes');
export const bytesOrNull = z.number().nullable().describe('Bytes; null where unknown');
export const instant = text.describe('Instant, ISO 8601 in UTC');
/** An instant, or null. */
export const instantOrNull = textOrNull.describe('Instant, ISO 8601 in UTC');
export const amount = text.describe('Decimal text');
/** A number of something. */
export const count = z.number();
export const unknown = z.unknown();

export const purchaseStatus = z
  .enum(['pending', 'paid', 'cancelled', 'refunding', 'refunded', 'failed'])
  .describe('refunding: its price is to be returned as credit, and is not yet as far as is known');
export const refundState = z
  .enum(['waiting', 'in-doubt', 'made'])
  .nullable()
  .describe('in-doubt: it was sent, and whether it was made is not known; null where nothing is returned');
export const imported = z
  .literal(true)
  .describe('Another tool has charged it: it counts in its cycle, and is neither charged nor refunded here');
export const reportedStatus = name('ServiceStatus', z.enum(REPORTED_STATUSES));
export const brakedSubjects = z.enum(['services', 'agents', 'store']);
/** What the brake counts; `store`: a copy of the store changes the panel, which only `doctor --take-over` ends. */
export type BrakedSubjects = z.infer<typeof brakedSubjects>;

export const brake = name(
  'Brake',
  z.object({
    panel: text,
    subjects: brakedSubjects,
    /** When a run was stopped for the first time, since one was not. */
    since: instant,
    /** Runs that it stopped, one after the other. */
    runs: count,
    /** The last of them; null where an earlier version stored it. */
    run: textOrNull,
    /** Services, or agents, that it would have changed, of so many active ones; null where an earlier version stored it. */
    changing: count.nullable(),
    active: count.nullable(),
    /** Null where an earlier version stored it, and for `store`. */
    doubted: count.nullable().describe('Those of `changing` that only a doubted reading would change'),
    /** What would have been changed, in a sentence. */
    message: text,
  }),
);
/** The last run over a panel was stopped, by the brake or since a copy of the store changes it: nothing is changed on it. */
export type BrakeState = z.infer<typeof brake>;

export const itemError = name('ItemError', z.object({ code: text, message: text }));
export const errorOrNull = itemError.nullable();
export const runError = z
  .object({ code: text, message: text, details: z.record(text, unknown).exactOptional() })
  .nullable();
export const action = name(
  'Action',
  z.object({
    type: text,
    target: text,
    /** For people: `disable port eth0 (100)`. */
    name: text,
    state: text,
  }),
);
/** An action in documents. */
export type ActionView = z.infer<typeof action>;

export const notices = z.array(z.object({ code: text, service: textOrNull, message: text }));
export const period = z.object({ start: instant, end: instant });
export const fromTo = z.object({ from: instant, to: instant, timeZone: text });
/** A period as documents have it: half open, instants (ISO UTC), and the zone in which it is whole days. */
export type PeriodView = z.infer<typeof fromTo>;

export const runOutcome = z.enum(['done', 'failed', 'usage', 'partial', 'busy', 'brake', 'interrupted', 'terminated']);
const run = {
  id: text,
  command: text,
  dryRun: z.boolean(),
  startedAt: instant,
  finishedAt: instant,
  outcome: runOutcome,
  /** Whether anything was changed, or would be (a dry run, `observe`). */
  changes: z.boolean(),
};
export const enforcement = z.object({
  value: z.enum(['on', 'observe']),
  /** `switch`, `products.X.enforce`, `panels.X.enforce`, `enforce` (top level or its default). */
  source: text,
  /** When the switch was set; null for a setting of the config. */
  since: instantOrNull,
  /** Who set the switch; null for a setting of the config, and where an earlier version stored none. */
  by: textOrNull,
});
/** Whether runs may change a product's services, and which setting decides. */
export type Enforcement = z.infer<typeof enforcement>;

export const productEnforcement = z.object({
  product: text,
  productName: text.describe('What people call the product; its id once it left the config'),
  ...enforcement.shape,
});
/** The enforcement of a product that differs from its panel's. */
export type ProductEnforcement = z.infer<typeof productEnforcement>;

export const panelEnforcement = name('PanelEnforcement', enforcement.extend({ except: z.array(productEnforcement) }));
/** The enforcement of a panel, with the products that differ from it. */
export type PanelEnforcement = z.infer<typeof panelEnforcement>;

export const nextReading = name(
  'NextReading',
  z.object({
    at: instantOrNull.describe('From when on; null where no time makes it due'),
    reason: text.describe('A code, such as `limit`, `moment`, `failed`, `open`, `ceiling`'),
    message: text.describe('Why, in words for its reader'),
    overdue: z
      .literal(true)
      .exactOptional()
      .describe('It is due for longer than runs of what is due may be apart, and no run has the panel now'),
  }),
);
/** When a service, or the first one of a panel, is read next, and why. */
export type NextReading = z.infer<typeof nextReading>;

export const undecidedPanel = name(
  'UndecidedPanel',
  z.object({
    /** The first run that decided nothing on it, since one did. */
    since: instant,
    code: text,
    message: textOrNull.describe('For operators'),
  }),
);
/** Why the runs over a panel decide nothing, although it answers: nothing is read, held or released there. */
export type UndecidedPanel = z.infer<typeof undecidedPanel>;

export const removedPanel = name(
  'RemovedPanel',
  z.object({
    panel: text,
    /** Ids of living services, and of others that are held. */
    services: z.array(text),
    /** Those of them with a hold that is open or not undone yet. */
    held: z.array(text),
    /** Names of the agents with such a hold. */
    agents: z.array(text),
    /** Names of the agents with a limit, which no check enforces. */
    limited: z.array(text),
    /** What stays as it is there, in words. */
    message: text,
  }),
);
/** A panel that is not in the config and still has services, or agents that are held. */
export type RemovedPanel = z.infer<typeof removedPanel>;

export const commandRun = name('CommandRun', z.object({ ...run, observing: z.array(text).exactOptional() }));
/** `run` of a document (docs/json.md). */
export type RunView = z.infer<typeof commandRun>;

export const panelsRun = name('PanelsRun', z.object({ ...run, observing: z.array(text) }));
/** `run` of a document about panels: names also those under `observe`. */
export type PanelsRunView = z.infer<typeof panelsRun>;

export const skippedPanels = z.array(z.object({ panel: text, error: itemError }));

export const access = name(
  'CustomerAccess',
  z.object({
    username: text,
    url: textOrNull.describe('Address of the panel for customers: panels.X.publicUrl, or its url if that is public'),
    /** `unknown`: what is to be filled in before the link can be used; null for nothing. */
    links: z.array(z.object({ url: text, unknown: textOrNull })),
    expiresAt: instantOrNull,
    /** Days that the account is valid from its first use; null where it has a date, or no end. */
    daysFromFirstUse: count.nullable(),
    apps: z
      .array(z.object({ name: text, platforms: z.array(z.enum(PLATFORMS)), url: text.describe('Opens the app') }))
      .exactOptional()
      .describe('What imports the link into usual apps; in `service show` only'),
  }),
);
/** What a customer needs to use an account, without the password (docs/json.md). */
export type CustomerAccess = z.infer<typeof access>;
