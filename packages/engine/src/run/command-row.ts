import type { ActionRecord } from '@sluice/state-store';

/** Prefix of the type of a journal row for a whole command (`provision:renew`) instead of a change to the panel. */
export const COMMAND_PREFIX = 'provision:';

/** Returns whether a journal row is for a whole command. */
export function isCommandRow(action: Pick<ActionRecord, 'type'>): boolean {
  return action.type.startsWith(COMMAND_PREFIX);
}
