/**
 * Schemas of the documents about holds.
 *
 * @module
 */
import * as z from 'zod';
import { instant, instantOrNull, name, text, textOrNull, unknown } from './common.js';
import { beforeClient, holdMarks } from './services.js';

const evidence = z.object({
  kind: text,
  target: text,
  prior: unknown,
  adopted: z.boolean(),
  since: instant,
  until: instantOrNull,
  outcome: textOrNull,
});
export const hold = {
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
