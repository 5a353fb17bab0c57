/**
 * Schemas of the documents about explanations.
 *
 * @module
 */
import * as z from 'zod';
import { brake, bytesOrNull, errorOrNull, instant, name, text, textOrNull, unknown } from './common.js';
import { hold } from './holds.js';
import { figures, service } from './services.js';

export const explanation = name(
  'Explanation',
  z.object({
    at: instant,
    service,
    readings: z.array(z.object({ at: instant, ...figures, rejected: textOrNull, raw: unknown })),
    allowance: z.object({
      parts: z.array(z.object({ source: text, bytes: bytesOrNull })),
      allowedBytes: bytesOrNull,
    }),
    decision: z
      .object({
        rule: text,
        status: text,
        at: instant,
        run: text,
        mode: textOrNull,
        action: textOrNull,
        observing: z.boolean(),
        wouldHold: z.array(text),
        inputs: unknown,
      })
      .nullable(),
    brake: brake.nullable(),
    panelRemoved: z
      .boolean()
      .describe('Whether its panel is not in the config, so that nothing is read or changed there'),
    accountDue: z
      .object({
        verb: z.enum(['create', 'terminate']),
        reason: z.enum(['next_run', 'observe', 'brake', 'failed', 'not_paid', 'suspended', 'operator']),
      })
      .nullable(),
    holds: z.array(z.object({ ...hold, service: text })),
    released: z.object({ until: text, note: textOrNull }).nullable(),
    actions: z.array(
      z.object({
        id: text,
        type: text,
        target: text,
        name: text,
        state: text,
        at: instant,
        run: text,
        prior: unknown,
        observed: unknown,
        error: errorOrNull,
      }),
    ),
  }),
);
