/**
 * Schemas of the documents about explanations.
 *
 * @module
 */
import * as z from 'zod';
import { because } from './because.js';
import { brake, bytesOrNull, errorOrNull, instant, name, text, textOrNull, unknown } from './common.js';
import { hold } from './holds.js';
import { figures, modeOrNull, service } from './services.js';

export const accountDue = z.object({
  verb: z.enum(['create', 'terminate']),
  reason: z.enum(['next_run', 'observe', 'brake', 'failed', 'not_paid', 'suspended', 'operator']),
});
/** What is still to be done about the account of a service. */
export type AccountDue = z.infer<typeof accountDue>;
/**
 * Why an account that runs create or remove is not there yet, or still there. `next_run`: the next reconcile does it; `operator`: it
 * waits for an operator; `failed`: see the error of the last run.
 */
export type AccountReason = AccountDue['reason'];

export const explanation = name(
  'Explanation',
  z.object({
    at: instant,
    because,
    service,
    readings: z.array(
      z.object({
        at: instant,
        ...figures,
        /** Why no decision was based on it, or null: `mass_change` (the brake), `usage_fell`. */
        rejected: textOrNull,
        raw: unknown,
      }),
    ),
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
        mode: modeOrNull,
        action: textOrNull,
        observing: z.boolean(),
        wouldHold: z.array(text),
        /** Due date, period, policy, peak, protection and enforcement. */
        inputs: unknown,
      })
      .nullable(),
    /** Why nothing is changed on its panel; null where the brake did not stop the last run, and for a past instant. */
    brake: brake.nullable(),
    /** False for a past instant and for clients. */
    panelRemoved: z
      .boolean()
      .describe('Whether its panel is not in the config, so that nothing is read or changed there'),
    /** What runs have yet to do about its account; null for nothing, and for a past instant. */
    accountDue: accountDue.nullable(),
    source: textOrNull.describe(
      'Billing system that decides at each sync whether the service is paid; null where none does, and for clients',
    ),
    holds: z.array(hold),
    /** Local date until which the limits are released, with the operator's note; null where it is not. */
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
/** `explain --json` (docs/json.md): a decision and everything it was based on, from the store alone. */
export type Explanation = z.infer<typeof explanation>;
