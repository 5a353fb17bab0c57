/**
 * Schemas of the documents about the overview.
 *
 * @module
 */
import * as z from 'zod';
import {
  brake,
  bytesOrNull,
  count,
  instant,
  instantOrNull,
  name,
  nextReading,
  panelEnforcement,
  removedPanel,
  reportedStatus,
  text,
  textOrNull,
  undecidedPanel,
} from './common.js';
import { logEntry } from './access.js';
import { ORDERS } from '../words.js';

export const order = z.enum(ORDERS);

export const panel = z.object({
  name: text,
  kind: text,
  /** What people call the kind: `EasyDCIM`. */
  kindTitle: text,
  capabilities: z.array(text),
  /** The ref that a service needs to be metered; null for none. */
  requiredRef: textOrNull,
  /** What an exceeded quota can do on the panel: the actions that products and overrides name. */
  restrictions: z.array(text),
  services: count,
  ended: count.describe('Of `services`, those that have ended'),
  /** Services with an open hold, and those for which one would begin. */
  held: count,
  wouldHold: count,
  /** Services whose last run failed or could not read them. */
  failing: count,
  drifting: count,
  enforce: panelEnforcement,
  /** False where the panel answers nothing, or with errors only; null before the first call. */
  reachable: z.boolean().nullable(),
  /** Since when no call succeeded; null where the panel is reachable or was never called. */
  downSince: instantOrNull,
  undecided: undecidedPanel.exactOptional().describe('It answers, but its last run decided nothing'),
  /** `ok` is false where it failed; a refusal for the object that it was about is an answer. */
  nextReading: nextReading.nullable().exactOptional().describe('Where the config sets `poll.maxOvershoot`'),
  lastCall: z.object({ at: instant, ok: z.boolean(), code: textOrNull, message: textOrNull }).nullable(),
  /** Why nothing is changed on it; null where the brake did not stop its last run. */
  brake: brake.nullable(),
  /** The run that works on the panel now. */
  lease: z.object({ run: text, since: instant }).nullable(),
});
/** A panel of the config with its last known state. */
export type OverviewPanel = z.infer<typeof panel>;

const row = z.object({
  id: text,
  panel: text,
  product: text,
  productName: text,
  name: textOrNull,
  client: textOrNull,
  clientName: textOrNull,
  lifecycle: text,
  status: reportedStatus,
  mode: textOrNull,
  observing: z.boolean(),
  holds: z.array(text),
  releasing: z.array(text).describe('Reasons of holds that have ended and are not undone on the panel yet'),
  restricting: z.array(text).describe('Reasons of holds that are not on the panel yet'),
  partly: z.array(text).describe('Reasons of holds of which only a part is on the panel yet'),
  wouldHold: z.array(text),
  usedBytes: bytesOrNull,
  allowedBytes: bytesOrNull,
  remainingBytes: bytesOrNull,
  readAt: instantOrNull,
  errorCode: textOrNull,
  errorMessage: textOrNull,
  drift: count,
  stoppedByPanel: z.boolean().describe('Whether the panel stops it without a hold of its own, as runs found it last'),
});

export const event = z.object({
  at: instant,
  /** `service`: the error of the last decision of one or several services. */
  kind: z.enum(['notice', 'action', 'run', 'service']),
  code: text,
  message: text,
  panel: textOrNull,
  service: textOrNull,
  name: textOrNull.describe('Of the service'),
  run: textOrNull,
});
/** Something that went wrong, or that an operator should know. */
export type OverviewEvent = z.infer<typeof event>;

export const overview = name(
  'Overview',
  z.object({
    at: instant,
    totals: z.object({
      services: count,
      /** Services with an open hold, whatever the last run could read, and those for which one would begin. */
      held: count,
      wouldHold: count,
      /** Services that have used at least 80 % of their allowance. */
      nearLimit: count,
      drifting: count,
      /** Of those, services whose differences are all acknowledged. */
      driftAcknowledged: count,
      /** Services that the last run could not read, or where it failed, held ones included. */
      failing: count,
      /** Services of which the last run doubted the reading, held ones included. */
      doubted: count,
      byStatus: z.record(text, count),
      /** Open holds of services, by reason. */
      byReason: z.record(text, count),
    }),
    /** Panels on which nothing is changed, since the brake stopped the last run. */
    brakes: z.array(brake),
    panels: z.array(panel),
    /** Panels that left the config and still have services. */
    removed: z.array(removedPanel),
    /** `matching`: services that match the filter. */
    services: z.object({ matching: count, page: count, pages: count, order, items: z.array(row) }),
    /** The newest open holds. */
    holds: z.array(
      z.object({
        ...{
          service: text,
          name: textOrNull.describe('Of the service'),
          panel: text,
          reason: text,
          since: instant,
          note: textOrNull,
        },
        ...{ releasing: z.boolean(), restricting: z.boolean(), partly: z.boolean() },
        ...{ usedBytes: bytesOrNull, allowedBytes: bytesOrNull },
      }),
    ),
    /** Of the last three days, the newest first. */
    events: z.array(event),
    late: z
      .object({
        ...{ command: text, at: instant },
        ...{ atWork: z.literal(true).exactOptional(), panels: z.array(text).exactOptional() },
      })
      .exactOptional()
      .describe(
        'The runs have stopped: `at` the last poll over all panels began, or the last reconcile, more than three intervals ago, and none waits for a run that has panels now; or, with `atWork`, the `command` that began `at` has `panels` for more than twelve intervals of polls, and keeps others from them',
      ),
    lateChecks: z
      .array(z.object({ panel: text, at: instant, message: text.exactOptional() }))
      .exactOptional()
      .describe(
        'The checks of agents have stopped on these panels, where Sluice enforces limits of agents: `at` the last one began, also that of a reconcile, more than three intervals ago, or, without any, the first limit was set; no run has the panel now; or, with `message`, no check has come to its end since the one that began `at`: `message` says why',
      ),
    overdue: z
      .array(z.object({ panel: text, at: instant }))
      .exactOptional()
      .describe(
        'Panels with a service that was due `at`, as `nextReading` says, and that no run has read since; those that `late` is about are left out',
      ),
    clock: z.object({ status: text, message: text }),
    /** The last runs, the newest first. */
    runs: z.array(logEntry),
  }),
);
/** All services at a glance, from the store alone. */
export type OverviewReport = z.infer<typeof overview>;

/** What keeps the runs from deciding or changing, from the store alone. */
export interface Standing extends Pick<OverviewReport, 'brakes' | 'removed' | 'late' | 'lateChecks' | 'overdue'> {
  /** Panels of the config that do not answer, and since when (ISO UTC). */
  down: { panel: string; since: string }[];
  /**
   * Services that exceeded a limit by more than `poll.maxOvershoot` permits in the last 31 days, the newest first; absent where the config
   * does not set it.
   */
  exceeded?: { service: string; panel: string | null; at: string; message: string }[];
  /** A state file in the folder of the private files of this machine, where the store is a database without services. */
  fileBeside?: {
    file: string;
    /** How many it has; null for one of an earlier version. */
    services: number | null;
    /** The store that it was moved to; null where it was not. */
    movedTo: string | null;
    code: 'store_not_copied' | 'store_copied_elsewhere';
    /** A sentence without a full stop. */
    message: string;
  };
}
