/**
 * Schemas of the documents about holds.
 *
 * @module
 */
import * as z from 'zod';
import { instant, instantOrNull, name, text, textOrNull, unknown } from './common.js';
import { beforeClient, holdMarks } from './services.js';

export const evidence = z.object({
  kind: text,
  target: text,
  prior: unknown,
  adopted: z.boolean(),
  since: instant,
  until: instantOrNull,
  outcome: textOrNull,
});
/** What was restricted for a hold, and the state before. */
export type EvidenceView = z.infer<typeof evidence>;

const parts = {
  reason: text,
  since: instant,
  until: instantOrNull,
  note: textOrNull,
  origin: z.enum(['run', 'operator', 'adopted']),
  ...holdMarks,
  evidence: z.array(evidence),
  beforeClient,
};

export const hold = z.object({ ...parts, service: text });
/** A hold with its evidence, in `hold list` and `explain`. */
export type HoldView = z.infer<typeof hold>;

export const entry = name(
  'Hold',
  z.object({
    ...parts,
    /** Null for the hold of an agent. */
    service: textOrNull,
    name: textOrNull.describe('Of the service'),
    agent: z.object({ uuid: text, name: textOrNull }).nullable(),
    panel: textOrNull,
    product: textOrNull,
    productName: textOrNull.describe('What people call the product'),
    client: textOrNull,
    clientName: textOrNull,
  }),
);
/** One element of `hold list --json` (docs/json.md): the hold of a service, or of an agent with its users. */
export type HoldEntry = z.infer<typeof entry>;

export const releasedQuota = z.object({
  service: text,
  name: textOrNull.describe('Of the service'),
  until: text,
  /** The operator's note. */
  note: textOrNull,
});
/** A quota that restricts nothing until a local date. */
export type ReleasedQuota = z.infer<typeof releasedQuota>;

export const holds = z.object({ holds: z.array(entry), released: z.array(releasedQuota) });
