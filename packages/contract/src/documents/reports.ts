/**
 * Schemas of the documents about runs, imports, syncs and commands.
 *
 * @module
 */
import * as z from 'zod';
import {
  action,
  commandRun,
  count,
  instantOrNull,
  itemError,
  name,
  notices,
  panelsRun,
  runError,
  skippedPanels,
  text,
  textOrNull,
} from './common.js';
import { changedAgent } from './agents.js';
import { callBill } from './calls.js';
import { changedKeys, changes, service, serviceInRun } from './services.js';

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
