/**
 * Schema of the reasons of a service's state.
 *
 * @module
 */
import * as z from 'zod';
import { name, text } from './common.js';

/** All codes, in groups: holds, what ends them, no run reads it, the account, not held, what the last run found, dates. */
export const BECAUSE_CODES = [
  'held_quota',
  'held_quota_room',
  'held_quota_fallen',
  'held_quota_gone',
  'held_limit',
  'held_before',
  'held_manual',
  'held_billing',
  'held_paid',
  'held_agent',
  'hold_ended',
  'until_cycle',
  'until_quota_above_peak',
  'until_quota_release',
  'until_window',
  'until_operator',
  'until_renewed',
  'until_paid',
  'until_unsuspended',
  'until_agent',
  'until_agent_unsuspended',
  'until_product',
  'end_next_run',
  'decide_next_run',
  'undo_next_run',
  'undo_in_doubt',
  'end_stopped',
  'end_observed',
  'begin_observed',
  'agent_check_stopped',
  'skipped_panel',
  'skipped_pending',
  'skipped_overdue',
  'panel_removed',
  'ended',
  'ended_restricted',
  'pending_account',
  'pending_use',
  'pending_in_use',
  'termination_next_run',
  'termination_observed',
  'account_next_run',
  'account_observe',
  'account_brake',
  'account_failed',
  'account_not_paid',
  'account_suspended',
  'account_operator',
  'would_hold_observed',
  'would_hold_stopped',
  'unpaid',
  'unpaid_before',
  'not_read',
  'no_product',
  'exceeded_withheld',
  'exceeded_observed',
  'exceeded_next_run',
  'exceeded_skipped',
  'not_held_skipped',
  'cycle_unread',
  'below_allowance',
  'no_quota',
  'within_unknown',
  'limit_used',
  'limit_unknown',
  'stopped_by_panel',
  'stopped_besides',
  'run_failed',
  'usage_unread',
  'usage_never',
  'reading_doubted',
  'hold_doubted',
  'panel_undecided',
  'drift',
  'changed_by_others',
  'allowance_changed',
  'allowance_changed_unread',
  'protected',
  'overdue',
  'released_until',
] as const;

/** A code of a reason of a service's state. */
export type BecauseCode = (typeof BECAUSE_CODES)[number];

export const because = z
  .array(
    name(
      'Because',
      z.object({
        code: z.enum(BECAUSE_CODES).describe('docs/json.md lists what each says'),
        text: text.describe('A sentence; a client gets one in other words'),
        details: z
          .record(text, z.union([text, z.array(text)]))
          .describe('What the sentence names: `reason` is that of the hold that it is about'),
      }),
    ),
  )
  .describe('Why the service is in its state, and what ends that; a client gets less');

/** A reason why a service is in its state, or what ends that. */
export type Because = z.infer<typeof because>[number];
