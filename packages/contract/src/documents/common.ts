import { REPORTED_STATUSES } from '@sluice/quota-core';
import * as z from 'zod';

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

export const reportedStatus = name('ServiceStatus', z.enum(REPORTED_STATUSES));
export const brake = name(
  'Brake',
  z.object({
    panel: text,
    subjects: z.enum(['services', 'agents', 'store']),
    since: text.describe('Instant, ISO 8601 in UTC'),
    runs: z.number(),
    run: text.nullable(),
    changing: z.number().nullable(),
    active: z.number().nullable(),
    doubted: z.number().nullable().describe('Those of `changing` that only a doubted reading would change'),
    message: text,
  }),
);
export const itemError = name('ItemError', z.object({ code: text, message: text }));
export const errorOrNull = itemError.nullable();
export const runError = z.object({ code: text, message: text, details: z.record(text, unknown).optional() }).nullable();
export const action = name('Action', z.object({ type: text, target: text, name: text, state: text }));
export const notices = z.array(z.object({ code: text, service: textOrNull, message: text }));
export const period = z.object({ start: instant, end: instant });
export const fromTo = z.object({ from: instant, to: instant, timeZone: text });

const outcome = z.enum(['done', 'failed', 'usage', 'partial', 'busy', 'brake', 'interrupted', 'terminated']);
const run = {
  id: text,
  command: text,
  dryRun: z.boolean(),
  startedAt: instant,
  finishedAt: instant,
  outcome,
  changes: z.boolean(),
};
export const runOutcome = outcome;
/** Whether runs may change something, and which setting decides. */
export const enforcement = z.object({
  value: z.enum(['on', 'observe']),
  source: text,
  since: instantOrNull,
  by: textOrNull,
});
export const panelEnforcement = name(
  'PanelEnforcement',
  enforcement.extend({ except: z.array(z.object({ product: text, ...enforcement.shape })) }),
);
export const removedPanel = name(
  'RemovedPanel',
  z.object({ panel: text, services: z.array(text), held: z.array(text), agents: z.array(text), message: text }),
);
export const commandRun = name('CommandRun', z.object({ ...run, observing: z.array(text).optional() }));
export const panelsRun = name('PanelsRun', z.object({ ...run, observing: z.array(text) }));
export const skippedPanels = z.array(z.object({ panel: text, error: itemError }));
