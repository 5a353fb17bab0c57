import { createHash } from 'node:crypto';
import { newStep, type Step, type StepOutcome, type UserRestriction } from '@sluice/panel-kind';
import { type ActionRecord, AGENT_STEPS, type EvidenceRecord, findSubjectAgent } from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';
import type { HiddifyUserChange, NewHiddifyUser } from '../client/types.js';
import type { Zeroing } from './counter.js';

/** Types of the actions on users, as stored in the journal. */
export const ACTION_TYPES = { ...AGENT_STEPS, update: 'update-user' } as const;

/** Restriction of a service whose agent is over its limit: the user is enabled again for that agent only. */
export const WITH_AGENT = 'disable-with-agent';

/** Kind of evidence: a user that was disabled. */
export const USER_EVIDENCE = 'user';

/** A user that can be changed through the API. */
export type AddressableUser = HiddifyUser & { uuid: string };

/** Returns whether a user can be changed through the API. */
export function isAddressable(user: HiddifyUser): user is AddressableUser {
  return user.uuid !== null;
}

/** State of a user before it was disabled, in evidence and journal. */
export interface UserPrior {
  name: string;
  enabled: boolean;
  owner: string | null;
  /** Restriction of the hold that disabled the user first. */
  restriction?: string;
  /** Set for an agent's user, see `isTouched`. */
  fingerprint?: string;
  /** Its fingerprint before its last extension, which may not have been made. */
  extendedFrom?: string;
  /** Set for an agent's user: figures of the agent. */
  usedBytes?: number | null;
  limitBytes?: number | null;
}

/** The part of a user that the journal stores after reading it again. */
export interface ObservedUser extends Pick<
  HiddifyUser,
  'enabled' | 'active' | 'limitBytes' | 'usedBytes' | 'packageDays' | 'startDate' | 'mode' | 'owner'
> {
  /** Usage directly before a zeroing. */
  usedBefore?: number;
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

/** Why and from which figure a usage is zeroed. */
export interface ZeroPayload {
  /** The cycle that it is zeroed for. */
  cycle: string;
  /** Bytes already counted that the panel wrote back after an earlier zeroing. */
  counted: number;
  tries: number;
}

/** A zeroing as stored in the journal, which metering of services and the ledger of agents both read. */
interface JournaledZeroing extends Zeroing {
  payload: ZeroPayload;
}

/** Returns the part of a user that is journaled; it has no secrets. */
export function toObservedUser(user: HiddifyUser): ObservedUser {
  const { enabled, active, limitBytes, usedBytes, packageDays, startDate, mode, owner } = user;
  return { enabled, active, limitBytes, usedBytes, packageDays, startDate, mode, owner };
}

/** Returns the outcome of a step after which the panel shows `user`. */
export function toOutcome(
  state: StepOutcome['state'],
  user: HiddifyUser | null,
  more: Partial<StepOutcome> = {},
): StepOutcome {
  return { state, observed: user === null ? null : toObservedUser(user), error: null, ...more };
}

/**
 * Returns a hash of what staff would change about a user: name, comment, limit, days and mode. Usage, dates and activity are left out
 * because the panel changes them by itself, language and Telegram id because the customer does.
 */
function toFingerprint(user: HiddifyUser, ...more: readonly unknown[]): string {
  const { name, comment, limitBytes, packageDays, mode } = user;
  const text = JSON.stringify([name, comment ?? '', limitBytes, packageDays, mode, ...more]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** Returns whether staff has changed a user since its fingerprint was stored. Fingerprints of older versions contain the Telegram id. */
export function isTouched(user: HiddifyUser, fingerprint: string): boolean {
  const known = [toFingerprint(user), toFingerprint(user, 0), toFingerprint(user, user.telegramId ?? 0)];
  return !known.includes(fingerprint);
}

/** Returns whether staff has changed a disabled user since, apart from its last extension. */
export function isTouchedSince(
  user: HiddifyUser,
  { fingerprint, extendedFrom }: Pick<UserPrior, 'fingerprint' | 'extendedFrom'>,
): boolean {
  if (fingerprint === undefined || !isTouched(user, fingerprint)) return false;
  return extendedFrom === undefined || isTouched(user, extendedFrom);
}

/** Returns the evidence of a disabled user with what it is like after a change of Sluice's own, which may not be made. */
export function withChange(prior: UserPrior, user: HiddifyUser, change: Partial<HiddifyUser>): UserPrior {
  if (prior.fingerprint === undefined || isTouchedSince(user, prior)) return prior;
  return { ...prior, fingerprint: toFingerprint({ ...user, ...change }), extendedFrom: toFingerprint(user) };
}

/** Returns the evidence of a step on an agent's user with what staff would change about it, as it was read last. */
export function withReadUser(begins: Step['begins'], user: HiddifyUser): Step['begins'] {
  if (begins === null) return null;
  const read: Pick<UserPrior, 'name' | 'fingerprint'> = { name: user.name, fingerprint: toFingerprint(user) };
  return { ...begins, prior: { ...(begins.prior as UserPrior), ...read } };
}

/** Returns the payload of a journaled `update-user` of a service; null for any other row. */
export function findUpdate({ type, payload }: Pick<ActionRecord, 'type' | 'payload'>): UpdatePayload | null {
  if (type !== ACTION_TYPES.update) return null;
  return ((payload ?? {}) as { payload?: UpdatePayload | null }).payload ?? null;
}

/** Returns the usage that was shown when the row was planned. */
export function findPriorUsage({ prior }: Pick<ActionRecord, 'prior'>): number | null {
  return (prior as Partial<ObservedUser> | null)?.usedBytes ?? null;
}

/** Returns the limit that a step found; null where it is not known. */
export function findPriorLimit({ prior }: Pick<ActionRecord, 'prior'>): number | null {
  return (prior as Partial<ObservedUser> | null)?.limitBytes ?? null;
}

/** Returns the zeroing of a row; null where there is none or where it was certainly not performed. */
export function findZeroing(row: ActionRecord): JournaledZeroing | null {
  const payload = findUpdate(row)?.zero;
  if (payload === undefined) return null;
  const done = row.state === 'applied' || row.state === 'unneeded';
  // A change that was read back too late to prove it may have been performed and written back.
  const open = row.state === 'planned' || row.state === 'in-doubt' || row.errorCode === 'not_done';
  if (!done && (!open || row.calledAt === null)) return null;
  return {
    uuid: row.target,
    at: row.calledAt ?? row.plannedAt,
    fromBytes: (row.observed as ObservedUser | null)?.usedBefore ?? findPriorUsage(row) ?? 0,
    done,
    again: payload.tries > 1,
    payload,
  };
}

/** Payload of a step on an agent's user. */
export interface AgentStepPayload {
  agent: string;
  why: string;
  /** Owner of the user when the step was planned. */
  owner: string | null;
  /** Of a user that is enabled again: its fingerprint when it was disabled, and before its last extension. */
  fingerprint?: string;
  extendedFrom?: string;
}

/** Returns the step that disables a user for an agent. */
export function disablingStep(user: AddressableUser, { agent, hold, why, figures }: UserRestriction): Step {
  const { name, owner } = user;
  const prior: UserPrior = { name, enabled: true, owner, restriction: WITH_AGENT, ...figures };
  const payload: AgentStepPayload = { agent, why, owner };
  return {
    ...newStep(ACTION_TYPES.disable, user.uuid),
    hold,
    prior: { name, ...toObservedUser(user) },
    payload,
    begins: withReadUser({ kind: USER_EVIDENCE, target: user.uuid, prior }, user),
  };
}

/** Returns the step that enables a user again and ends its evidence. */
export function enablingStep(user: AddressableUser, { id, hold, service, prior }: EvidenceRecord, why: string): Step {
  const { fingerprint, extendedFrom } = prior as UserPrior;
  const payload: AgentStepPayload = {
    agent: findSubjectAgent(service) ?? '',
    why,
    owner: user.owner,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(extendedFrom === undefined ? {} : { extendedFrom }),
  };
  const before = { name: user.name, ...toObservedUser(user) };
  return { ...newStep(ACTION_TYPES.enable, user.uuid), hold, prior: before, payload, ends: [id] };
}
