import type { HiddifyUser, HiddifyUserChange, NewHiddifyUser } from '../index.js';
import type { EvidenceRecord } from '@sluice/quota-core';

/** Ref with the uuid of a service's user. */
export const USER_REF = 'hiddify_user_uuid';
/** Ref with the uuid of the agent that owns it; wins over the product's. */
export const AGENT_REF = 'hiddify_agent_uuid';

/** What the panel shows of one service's user. */
export interface HiddifyState {
  /** Null: the service names none, or the panel has none with that uuid. */
  user: HiddifyUser | null;
  /** Rows of the list that it stood in; null where it was asked for alone. */
  rows: number | null;
}

export const ACTION_TYPES = {
  create: 'create-user',
  update: 'update-user',
  disable: 'disable-user',
  enable: 'enable-user',
  delete: 'delete-user',
} as const;

/** The restriction of a service whose agent is over its limit: the user is switched off, and given back to that agent only. */
export const WITH_AGENT = 'disable-with-agent';

/** Kind of evidence: a user that was switched off. */
export const USER_EVIDENCE = 'user';

/** State of a user before it was switched off, in evidence and journal. */
export interface UserPrior {
  name: string;
  enabled: boolean;
  owner: string | null;
  /** Of the hold that it was first done for. */
  restriction?: string;
  /** Earlier versions stored the hold's reason instead. */
  reason?: string;
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

/** What the journal keeps of a user that was read again. */
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

/** The part of a user that is journaled; nothing secret stands in it. */
export function observedOf(user: HiddifyUser): ObservedUser {
  const { enabled, active, limitBytes, usedBytes, packageDays, startDate, mode, owner } = user;
  return { enabled, active, limitBytes, usedBytes, packageDays, startDate, mode, owner };
}

/** The state before, as evidence has it. */
export function priorIn(evidence: Pick<EvidenceRecord, 'prior'>): Partial<UserPrior> {
  return evidence.prior ?? {};
}
