import type { HiddifyUser } from '../client/records.js';
import type { HiddifyUserChange } from '../client/types.js';

/** Ref with the uuid of a service's user. */
export const USER_REF = 'hiddify_user_uuid';

/** Types of the actions on users, as the journal has them. */
export const ACTION_TYPES = {
  create: 'create-user',
  update: 'update-user',
  disable: 'disable-user',
  enable: 'enable-user',
  delete: 'delete-user',
} as const;

/** The restriction of a service whose agent is over its limit: the user is disabled, and enabled for that agent only. */
export const WITH_AGENT = 'disable-with-agent';

/** Kind of evidence: a user that was disabled. */
export const USER_EVIDENCE = 'user';

/** State of a user before it was disabled, in evidence and journal. */
export interface UserPrior {
  name: string;
  enabled: boolean;
  owner: string | null;
  /** Of the hold that it was first done for. */
  restriction?: string;
  /** Earlier versions stored the hold's reason instead. */
  reason?: string;
  /** Of a user of an agent: what a person would change about it, see `fingerprintOf`. */
  fingerprint?: string;
  /** Of a user of an agent: the agent's figures, and the run. */
  usedBytes?: number | null;
  limitBytes?: number | null;
  run?: string | null;
}

/** What the journal stores of a user that was read again. */
export interface ObservedUser {
  enabled: boolean;
  active: boolean | null;
  limitBytes: number;
  usedBytes: number;
  packageDays: number | null;
  startDate: string | null;
  mode: string | null;
  owner: string | null;
  /** Directly before a zeroing. */
  usedBefore?: number;
}

/** Returns the part of a user that is journaled; it has no secrets. */
export function observedOf(user: HiddifyUser): ObservedUser {
  const { enabled, active, limitBytes, usedBytes, packageDays, startDate, mode, owner } = user;
  return { enabled, active, limitBytes, usedBytes, packageDays, startDate, mode, owner };
}

/** Returns whether a user shows everything that a change asked for. */
export function shows(user: HiddifyUser, change: HiddifyUserChange): boolean {
  const shown: Record<string, unknown> = { ...user, comment: user.comment ?? '', telegramId: user.telegramId ?? 0 };
  return Object.entries(change).every(([field, wanted]) => wanted === undefined || shown[field] === wanted);
}
