/**
 * Schemas of the documents about agents.
 *
 * @module
 */
import * as z from 'zod';
import {
  access,
  action,
  type ActionView,
  bytes,
  bytesOrNull,
  count,
  enforcement,
  errorOrNull,
  instant,
  instantOrNull,
  name,
  notices,
  panelsRun,
  runError,
  skippedPanels,
  text,
  textOrNull,
} from './common.js';

const accounting = z.enum(['allocated', 'consumed', 'panel']);
const semantics = z.object({
  kind: z.enum(['sluice', 'addon']),
  accounting,
  zeroIsNothing: z.boolean(),
  atomicCreation: z.boolean(),
  restores: z.boolean(),
  ancestors: z.boolean(),
  ledger: z.boolean(),
});

const agentParts = {
  uuid: text,
  name: text,
  limitBytes: bytesOrNull,
  /** Null through the add-on, which does not report it. */
  allocatedBytes: bytesOrNull,
  usedBytes: bytes,
  remainingBytes: bytesOrNull,
  exceeded: z.boolean(),
  users: count,
  /** Null through the add-on, which keeps no record. */
  usersDisabledByUs: count.nullable(),
  panel: text,
  /** What keeps the limit. */
  backend: z.enum(['sluice', 'addon']),
  /** Stable code of why it is in its state, such as `below-limit`, `no-limit`, `missing`, `panel-removed`; null through the add-on. */
  rule: textOrNull,
  doubted: z
    .object({ at: instant, usedBytes: bytes })
    .nullable()
    .describe('Usage that would exceed the limit by one jump, and waits for the next check'),
  /** Since when and by whom the agent itself is suspended; null while it is not. */
  suspended: z.object({ since: instant, by: textOrNull, note: textOrNull }).nullable(),
  heldSince: instantOrNull.describe('Since when its limit has been holding its users; null under observe'),
  enforce: enforcement.nullable().describe('Whether runs may change its users; null through the add-on'),
  /** `usersDisabledByUs` by the agent that they are disabled for; null through the add-on, which keeps no record. */
  disabledFor: z
    .array(
      z.object({
        uuid: text,
        name: text,
        reason: z.enum(['limit', 'suspension']),
        users: count,
        above: z.boolean().describe('Whether that agent stands above this one'),
      }),
    )
    .nullable(),
};
const detailParts = {
  ...agentParts,
  /** Enabled users, sub-agents' included; null through the add-on. */
  enabledUsers: count.nullable(),
  accounting,
  releaseBelowPercent: count
    .nullable()
    .describe('Below this share of its limit, users disabled for it are enabled again; null through the add-on'),
  period: z.object({ start: instant, end: instantOrNull }).nullable(),
  /** Thresholds (percent) announced in this period. */
  thresholds: z.array(count),
  /** From the direct parent upwards. */
  ancestors: z.array(z.object({ uuid: textOrNull, name: text, limitBytes: bytesOrNull })),
  /** Reserved for users that were created or raised, until it is counted or used; null through the add-on. */
  reservedBytes: bytesOrNull,
  at: instant,
  /** How the figures count. */
  semantics,
};

export const listed = name('Agent', z.object(agentParts));
/** One element of `agent list --json` (docs/json.md). */
export type AgentView = z.infer<typeof listed>;

export const agents = z.object({
  agents: z.array(listed),
  /** How each panel's figures count. */
  semantics: z.array(z.object({ panel: text, semantics })),
  /** Panels whose agents are not listed since they could not be read; where none could, the call fails. */
  panels: skippedPanels,
});
/** `agent list --json` (docs/json.md). */
export type AgentList = z.infer<typeof agents>;

export const agent = name('AgentDetail', z.object(detailParts));
/** `agent show --json` (docs/json.md). */
export type AgentDetail = z.infer<typeof agent>;

export const agentDetails = z.object({ agents: z.array(agent) });

/** One change to a user in `actions`. */
export type AgentAction = ActionView;

export const changedAgent = name(
  'ChangedAgent',
  z.object({ ...detailParts, actions: z.array(action), error: errorOrNull }),
);
/** An agent in a run, with its actions and their first error. */
export type ChangedAgent = z.infer<typeof changedAgent>;

export const totals = z.object({
  agents: count,
  exceeded: count,
  disabled: count,
  restored: count,
  failed: count,
  skipped: count,
});
/** `totals` of `agent check --json` (docs/json.md). */
export type AgentTotals = z.infer<typeof totals>;

export const checkReport = name(
  'AgentCheckReport',
  z.object({
    run: panelsRun,
    totals,
    agents: z.array(changedAgent),
    notices,
    error: runError,
    /** Panels that were left out since another run holds them, or that failed. */
    panels: skippedPanels,
  }),
);
/** `agent check --all --json` (docs/json.md). */
export type CheckReport = z.infer<typeof checkReport>;

export const restoreReport = name(
  'AgentReport',
  z.object({
    ...detailParts,
    run: panelsRun,
    actions: z.array(action),
    /**
     * Users that stay as they are, and why: `moved`, `touched`, `enabled-by-others`, `gone`, `still-over`, `suspended`, `service-ended`.
     */
    left: z.array(z.object({ uuid: text, name: text, outcome: text })),
    notices,
    error: errorOrNull,
  }),
);
/** `agent restore --json`, `agent suspend --json` and `agent unsuspend --json`: the agent, and what was changed. */
export type RestoreReport = z.infer<typeof restoreReport>;

const userParts = {
  uuid: text,
  name: text,
  panel: text,
  /** The agent that owns it: the one that was asked for, or one below it. */
  agent: z.object({ uuid: textOrNull, name: text }),
  /** `expired` and `used-up` users are enabled, but not served. */
  state: z.enum(['active', 'disabled', 'expired', 'used-up']),
  limitBytes: bytes,
  usedBytes: bytes,
  remainingBytes: bytes,
  /** Days of its package; null where the panel does not say. */
  days: z.int().nullable(),
  daysLeft: count.nullable().describe('0 on the last day; before the first use the days of its package'),
  lastDay: textOrNull.describe('Last local day (YYYY-MM-DD) on which the panel serves it; null before its first use'),
  lastOnlineAt: instantOrNull.describe('Null where it was never online'),
  /** Why it is disabled; empty where it is enabled, or is to be. `others`: by another tool, or by hand. */
  disabledFor: z.array(z.enum(['reseller', 'limit', 'suspension', 'service', 'others'])),
  pending: z
    .enum(['disable', 'enable'])
    .nullable()
    .describe(
      'What the panel has not done yet, so that the next check does it: its own agent disables it, or nothing does',
    ),
  service: textOrNull.describe('The service whose account it is, which is changed by the commands of that service'),
  serviceName: textOrNull,
  /** What its customer needs to use it. */
  access,
};

export const agentUser = name('AgentUser', z.object(userParts));
/** A user below an agent, as last read. */
export type AgentUserView = z.infer<typeof agentUser>;

export const agentUsers = z.object({ agent: z.object({ uuid: text, name: text }), users: z.array(agentUser) });
/** `agent user list --json` (docs/json.md). */
export type AgentUserList = z.infer<typeof agentUsers>;

export const agentPeriod = name(
  'AgentPeriod',
  z.object({
    start: instant,
    end: instantOrNull.describe('Null for one without an end'),
    ended: z.boolean(),
    accounting,
    limitBytes: bytesOrNull.describe('At its end, or now; null without a limit'),
    usedBytes: bytesOrNull.describe('As last read in it; null where nothing was read in it'),
    exceeded: z
      .boolean()
      .nullable()
      .describe('Whether the limit was exceeded in it; null where nothing was read in it'),
    exceededAt: instantOrNull.describe('When a reading first showed that; null where it is not known'),
    readAt: instantOrNull.describe(
      'When it was last read; what was used after that counts in the next one that was read',
    ),
  }),
);
/** A period of an agent, with its limit and what was used of it. */
export type AgentPeriod = z.infer<typeof agentPeriod>;

export const agentHistory = z.object({
  agent: z.object({ uuid: text, name: text }),
  panel: text,
  periods: z.array(agentPeriod),
});
/** `agent history --json` (docs/json.md): newest first, with the present one. */
export type AgentHistory = z.infer<typeof agentHistory>;

export const agentUserReport = name(
  'AgentUserReport',
  z.object({
    run: panelsRun,
    user: agentUser,
    actions: z.array(action),
    /** Why the user stays as it is: an outcome as in `agent restore`, or `disabled-by-others`; empty where it is as asked. */
    left: z.array(z.object({ uuid: text, name: text, outcome: text })),
    notices,
    error: errorOrNull,
  }),
);
/** `agent user extend --json`, `agent user disable --json` and `agent user enable --json`: the user, and what was changed. */
export type AgentUserReport = z.infer<typeof agentUserReport>;

export const explainedAgent = name(
  'AgentExplanation',
  z.object({
    ...detailParts,
    readings: z.array(
      z.object({ at: instant, allocatedBytes: bytes, currentBytes: bytes, consumedBytes: bytesOrNull, users: count }),
    ),
    reservations: z.array(
      z.object({
        uuid: text,
        kind: z
          .enum(['creation', 'raise', 'order'])
          .describe('For a new user, for the raise of one, or for packages that its client has ordered'),
        agent: text,
        bytes,
        leftBytes: bytes,
        state: z.enum(['open', 'settled', 'closed']),
        createdAt: instant,
        expiresAt: instant,
      }),
    ),
    /** The agent whose limit decides about a further user. */
    binding: textOrNull,
    actions: z.array(
      z.object({
        type: text,
        target: text,
        name: text,
        state: text,
        at: instant,
        run: textOrNull,
        outcome: textOrNull,
        settledAt: instantOrNull,
        usedBytes: bytesOrNull,
        limitBytes: bytesOrNull,
      }),
    ),
    sentence: text,
  }),
);
/** `agent explain --json` (docs/json.md). */
export type AgentExplained = z.infer<typeof explainedAgent>;

export const creationCheck = z.object({ allowed: z.boolean(), reason: textOrNull, remainingBytes: bytesOrNull });
