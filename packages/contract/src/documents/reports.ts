/**
 * Schemas of the documents about runs, imports, syncs and commands.
 *
 * @module
 */
import * as z from 'zod';
import {
  access,
  action,
  commandRun,
  count,
  itemError,
  name,
  nextReading,
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

export const importProblem = z.object({
  line: count.nullable(),
  service: textOrNull,
  key: textOrNull,
  message: text,
  /** Code of the remedy (docs/errors.md), where there is one. */
  code: text.exactOptional(),
});
/** A problem of an import. */
export type ImportProblem = z.infer<typeof importProblem>;

export const importReport = name(
  'ImportReport',
  z.object({
    totals: z.object({ rows: count, added: count, changed: count, unchanged: count }),
    problems: z.array(importProblem),
    /** Of a dry run: nothing was stored. */
    dryRun: z.literal(true).exactOptional(),
    /** Of a dry run: what would be stored; with `describe` also what was stored. */
    changes: changes.exactOptional(),
    /** Of a dry run: the new services that runs may restrict from the next poll. */
    enforced: z.array(text).exactOptional(),
  }),
);
/** `service import --json` (docs/json.md). */
export type ImportReport = z.infer<typeof importReport>;

export const syncChange = z.object({
  id: text,
  change: z.enum(['added', 'changed', 'vanished', 'terminated']),
  fields: changedKeys,
});
/** A service that a sync adds or changes. */
export type SyncChange = z.infer<typeof syncChange>;

export const syncProblem = z.object({ service: text, key: textOrNull, message: text, code: text.exactOptional() });
/** Why a service of the billing system was left as it is. */
export type SyncProblem = z.infer<typeof syncProblem>;

export const syncReport = name(
  'SyncReport',
  z.object({
    run: commandRun,
    totals: z.object({
      /** Services that the billing system lists. */
      seen: count,
      added: count,
      changed: count,
      unchanged: count,
      vanished: count,
      terminated: count,
      /** Listed, and not taken, or no longer: see the list `skipped`. */
      skipped: count,
    }),
    changes: z.array(syncChange),
    /** Services that are not taken, by reason. Those that were taken earlier follow in what does not depend on their product. */
    skipped: z.array(z.object({ reason: text, services: z.array(text) })),
    /** Services of which the billing system shows the status of before an order that had ended with an error; it is not taken over. */
    withheld: z
      .array(
        z.object({
          ...{ service: text, name: textOrNull.describe('Of the service'), message: text },
          new: z.literal(true).exactOptional().describe('Its alarm begins with this sync'),
        }),
      )
      .exactOptional(),
    problems: z.array(syncProblem),
  }),
);
/** `service sync --json` (docs/json.md). */
export type SyncReport = z.infer<typeof syncReport>;

export const runTotals = z.object({
  services: count,
  read: count,
  unreadable: count,
  /** Services with a reading that is too high to be used. */
  doubted: count,
  failed: count,
  /** Services with an open hold, or one that is not undone yet. */
  held: count,
  /** Services with a hold that has ended and of which nothing is left on the panel. */
  released: count,
  /** Services for which a hold would begin, or end; nothing of that was done. */
  wouldHold: count,
  wouldRelease: count,
  purchased: count,
  /** Changes that were made, also those whose outcome is not known, and those that no call was made for yet. */
  actions: count,
  planned: count,
});
/** Counts of services by state, and of actions. */
export type RunTotals = z.infer<typeof runTotals>;

export const runReport = name(
  'RunReport',
  z.object({
    run: panelsRun,
    totals: runTotals,
    services: z.array(serviceInRun),
    notices,
    error: runError,
    nextReadings: z
      .array(z.object({ panel: text, next: nextReading }))
      .exactOptional()
      .describe(
        'Of a preview: when the first service of each panel is read next, where the config sets `poll.maxOvershoot`',
      ),
    enforced: z
      .array(z.object({ panel: text, services: count }))
      .describe('Panels under observe of which products are enforced, with the services that this concerns'),
    /** Panels that were left out since another run holds them, or that failed. */
    panels: skippedPanels,
    /** Agents whose limits a `reconcile` checked. */
    agents: z.array(changedAgent).exactOptional(),
  }),
);
/** The document of a run over panels: `poll --json`, `reconcile --json`, `plan --json`, `hold release --all --json` (docs/json.md). */
export type RunReport = z.infer<typeof runReport>;

export const createdUser = z.object({
  user: z.object({ uuid: textOrNull, name: text, limitBytes: z.number(), agent: text }),
  /** Null in a dry run. */
  access: access.nullable(),
});
/** `agent create-user --json` (docs/json.md). */
export type CreatedUserReport = z.infer<typeof createdUser>;

export const credentials = z.object({
  username: textOrNull,
  password: textOrNull.describe('Shown once: null in the answer to a repeated request'),
  passwordFile: textOrNull,
  inDoubt: z
    .literal(true)
    .exactOptional()
    .describe('It is not known whether the panel has the password: where it does not work, the former one does'),
  /** The billing system whose service has the password now. */
  writtenTo: text.exactOptional(),
});
/** Credentials of an account, returned once on request. */
export type Credentials = z.infer<typeof credentials>;

export const commandReport = name(
  'CommandReport',
  z.object({
    run: commandRun,
    service,
    actions: z.array(action),
    credentials: credentials.nullable(),
    /** Only after `provision create`: null where it made no account. */
    access: access.nullable().exactOptional(),
    /** The final bills of a line that ends with them, as `call bill` has them. */
    bills: z.array(callBill).exactOptional(),
    /** Reasons of the holds that are still open, or not undone yet. */
    stillHeld: z.array(text),
    /** Notices for the operator; repeated with each repeat. */
    notices,
    /** Set where the command was interrupted. */
    error: itemError.exactOptional(),
  }),
);
/** `provision … --json`, `hold add --json` and `hold release --json` (docs/json.md). */
export type CommandReport = z.infer<typeof commandReport>;

export const task = name(
  'Task',
  z.object({
    id: text,
    command: text,
    panel: text.nullable().describe('Null: all'),
    service: text.nullable().describe('Null: all'),
    startedAt: text,
    finishedAt: text.nullable(),
    cancelledBy: text.nullable().describe('Who has asked for its end; null where nobody has'),
    events: text.describe('Path of the stream of events'),
    last: z
      .object({ event: z.enum(['progress', 'report', 'failure']), data: z.unknown() })
      .nullable()
      .describe('The last event; of a run that has ended its report or failure'),
  }),
);
