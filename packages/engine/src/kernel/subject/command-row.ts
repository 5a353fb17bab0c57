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

/** A service before a renewal. */
export interface BeforeRenewal {
  /** When the renewal was stored. */
  at: string;
  nextDueDate: string | null;
  /** Ids of the holds that it ended. */
  holds: string[];
}

/** What the journal row of a command stores, so that a repeat finishes the interrupted command. */
export interface StoredCommand {
  until?: string;
  /** The caller's key of a renewal. */
  ref?: string;
  /** What a renewal changed when it was stored; a refusal restores that. */
  before?: BeforeRenewal;
  /** The same of the interrupted renewal that it repeats or replaces. */
  first?: BeforeRenewal | undefined;
  product?: string;
  /** The product before the first try of a change; a refusal restores it. */
  formerProduct?: string;
  passwordFile?: string | null;
  /** Whether the password is written to a billing system. */
  delivers?: boolean;
  /** Who requested a termination. */
  by?: string;
  /** Whether a termination leaves its last period due until the grace after it; rows of older versions do not. */
  billsLast?: boolean;
  /** Whether the calls of the line were paid already, so that none is due after a termination. */
  prepaid?: boolean;
  /** The line whose calls until the termination are given up; null: the service had none. Rows of older versions do not name it. */
  givenUpLine?: string | null;
}
