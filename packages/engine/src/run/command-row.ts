import type { ActionRecord } from '@sluice/state-store';

/** Prefix of the type of a journal row for a whole command (`provision:renew`) instead of a change to the panel. */
export const COMMAND_PREFIX = 'provision:';

/** Returns whether a journal row is for a whole command. */
export function isCommandRow(action: Pick<ActionRecord, 'type'>): boolean {
  return action.type.startsWith(COMMAND_PREFIX);
}

/** Returns whether the row is an interrupted change of a password that the billing system was to have. */
export function isDelivery({ type, payload }: Pick<ActionRecord, 'type' | 'payload'>): boolean {
  return type === `${COMMAND_PREFIX}change-password` && (payload as { delivers?: boolean } | null)?.delivers === true;
}
