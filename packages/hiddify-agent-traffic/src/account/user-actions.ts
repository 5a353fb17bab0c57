import type { ActionRecord, EvidenceRecord } from '@sluice/quota-core';
import { createHash } from 'node:crypto';
import type { HiddifyUser } from '../client/records.js';
import type { HiddifyUserChange, NewHiddifyUser } from '../client/types.js';
import type { Zeroing } from './counter.js';

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

/** Ref with the uuid of the agent that owns it; wins over the product's. */
export const AGENT_REF = 'hiddify_agent_uuid';

/** What the panel shows of one service's user. */
export interface HiddifyState {
  /** Null: the service names none, or the panel has none with that uuid. */
  user: HiddifyUser | null;
  /** Rows of the list that it stood in; null where it was asked for alone. */
  rows: number | null;
}

/** Payload of `create-user`. */
export interface CreatePayload {
  wanted: NewHiddifyUser & { uuid: string };
}

/** Payload of `update-user`. */
export interface UpdatePayload {
  change: HiddifyUserChange;
  /** Present where the usage is zeroed. */
  zero?: ZeroPayload;
}

/** Why and from where a usage is zeroed. */
export interface ZeroPayload {
  /** The cycle that it is done for. */
  cycle: string;
  /** An earlier zeroing that the panel's own task undid: what stood there then and was counted already. */
  counted: number;
  tries: number;
}

/** The state before, as evidence has it. */
export function priorIn(evidence: Pick<EvidenceRecord, 'prior'>): Partial<UserPrior> {
  return evidence.prior ?? {};
}

/** A zeroing of a user's usage as the journal has it: metering of services and the ledger of agents go by the same rows. */
export interface JournaledZeroing extends Zeroing {
  payload: ZeroPayload;
}

/** The payload of a journaled `update-user` of a service. */
export function updateIn(row: Pick<ActionRecord, 'type' | 'payload'>): UpdatePayload | null {
  if (row.type !== ACTION_TYPES.update) return null;
  const { payload } = (row.payload ?? {}) as { payload?: UpdatePayload | null };
  return payload ?? null;
}

/** What stood there when the row was planned. */
export function usedAt({ prior }: Pick<ActionRecord, 'prior'>): number | null {
  return (prior as Partial<ObservedUser> | null)?.usedBytes ?? null;
}

/** The zeroing that a row is about; null where it is about none, or was certainly never carried out. */
export function zeroingIn(row: ActionRecord): JournaledZeroing | null {
  const payload = updateIn(row)?.zero;
  if (payload === undefined) return null;
  const done = row.state === 'applied' || row.state === 'unneeded';
  // What was read back too late to prove it may have been carried out and written back.
  const open = row.state === 'planned' || row.state === 'in-doubt' || row.errorCode === 'not_done';
  if (!done && (!open || row.calledAt === null)) return null;
  return {
    uuid: row.target,
    at: row.calledAt ?? row.plannedAt,
    fromBytes: (row.observed as ObservedUser | null)?.usedBefore ?? usedAt(row) ?? 0,
    done,
    again: payload.tries > 1,
    payload,
  };
}

/**
 * What a person would change about a user, as a short text to compare: when it differs later, somebody has dealt with the user
 * since. Usage, dates and activity are left out, since the panel moves them by itself.
 */
export function fingerprintOf(user: HiddifyUser): string {
  const { name, comment, limitBytes, packageDays, mode, telegramId } = user;
  const text = JSON.stringify([name, comment ?? '', limitBytes, packageDays, mode, telegramId ?? 0]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
