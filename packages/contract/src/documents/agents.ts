/**
 * Schemas of the documents about agents.
 *
 * @module
 */
import * as z from 'zod';
import {
  action,
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
  allocatedBytes: bytesOrNull,
  usedBytes: bytes,
  remainingBytes: bytesOrNull,
  exceeded: z.boolean(),
  users: count,
  usersDisabledByUs: count.nullable(),
  panel: text,
  backend: z.enum(['sluice', 'addon']),
  rule: textOrNull,
  doubted: z
    .object({ at: instant, usedBytes: bytes })
    .nullable()
    .describe('Usage that would exceed the limit by one jump, and waits for the next check'),
  suspended: z.object({ since: instant, by: textOrNull, note: textOrNull }).nullable(),
  heldSince: instantOrNull.describe('Since when its limit has been holding its users; null under observe'),
  enforce: enforcement.nullable().describe('Whether runs may change its users; null through the add-on'),
};
const detailParts = {
  ...agentParts,
  enabledUsers: count.nullable(),
  disabledFor: z
    .array(z.object({ uuid: text, name: text, reason: z.enum(['limit', 'suspension']), users: count }))
    .nullable(),
  accounting,
  period: z.object({ start: instant, end: instantOrNull }).nullable(),
  thresholds: z.array(count),
  ancestors: z.array(z.object({ uuid: textOrNull, name: text, limitBytes: bytesOrNull })),
  reservedBytes: bytesOrNull,
  at: instant,
  semantics,
};

export const agents = z.object({
  agents: z.array(name('Agent', z.object(agentParts))),
  semantics: z.array(z.object({ panel: text, semantics })),
});
export const agent = name('AgentDetail', z.object(detailParts));
export const agentDetails = z.object({ agents: z.array(agent) });
export const changedAgent = name(
  'ChangedAgent',
  z.object({ ...detailParts, actions: z.array(action), error: errorOrNull }),
);

export const checkReport = name(
  'AgentCheckReport',
  z.object({
    run: panelsRun,
    totals: z.object({
      agents: count,
      exceeded: count,
      disabled: count,
      restored: count,
      failed: count,
      skipped: count,
    }),
    agents: z.array(changedAgent),
    notices,
    error: runError,
    panels: skippedPanels,
  }),
);

export const restoreReport = name(
  'AgentReport',
  z.object({
    ...detailParts,
    run: panelsRun,
    actions: z.array(action),
    left: z.array(z.object({ uuid: text, name: text, outcome: text })),
    notices,
    error: errorOrNull,
  }),
);

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
        agent: text,
        bytes,
        leftBytes: bytes,
        state: text,
        createdAt: instant,
        expiresAt: instant,
      }),
    ),
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

export const creationCheck = z.object({ allowed: z.boolean(), reason: textOrNull, remainingBytes: bytesOrNull });
