import {
  findCycleId,
  type ItemError,
  type Observation,
  showsOthers,
  type TargetState,
  updateZeroedCycle,
} from '@sluice/panel-kind';
import type { ActionRecord, ServiceRecord } from '@sluice/quota-core';
import { judgeZeroing, type ZeroingState } from '../account/counter.js';
import { ACTION_TYPES, findPriorLimit, findPriorUsage, findUpdate, findZeroing } from '../account/user-actions.js';
import { type LeftUser, toLeftUser } from './left.js';
import type { HiddifyState } from './lists.js';
import type { HiddifyUser } from '../client/records.js';
import { findEndDate } from './product.js';
import { USER_REF } from './settings.js';

/** A zeroing after which no use was seen yet: the panel's minute task may write the old figure back. */
export interface OpenZeroing {
  at: string;
  /** The usage before it. */
  from: number;
  tries: number;
  /** The old figure was read again: it is to be zeroed once more. */
  undone?: boolean;
  /** When it was first read again; absent where an older version did. */
  foundAt?: string;
}

/** What the panel can't show and later runs need. Stored with each decision. */
export interface UserCheckpoint {
  uuid: string;
  /** Sluice has set the limit, or found it right: from then on a lower one is written immediately. */
  ownLimit: boolean;
  /** The limit that another tool had set, before Sluice overwrote it; null or absent for none. */
  limitBefore?: number | null;
  /** The cycle in which the user was first seen. */
  firstCycle: string | null;
  /** The last cycle in which the usage was zeroed, or needed no zeroing; null until that is known. */
  zeroedCycle: string | null;
  zeroing: OpenZeroing | null;
  /** Day of the panel's last reset at the last reading; absent in checkpoints of older versions. */
  resetDate?: string | null;
}

/** The checkpoint of a service, and the account that `service show` prints. */
export interface HiddifyCheckpoint {
  at: string;
  account: unknown;
  memo: UserCheckpoint;
  /** What the steps after that reading have left the user as; absent where there were none. */
  left?: LeftUser;
  /** Rows of the whole list then; null where there was no list. */
  rows: number | null;
}

/** Parses the checkpoint that was stored for a service; null where there is none. */
export function parseCheckpoint(seen: unknown): HiddifyCheckpoint | null {
  const { memo } = (seen ?? {}) as { memo?: Partial<UserCheckpoint> | null };
  return typeof memo?.uuid === 'string' ? (seen as HiddifyCheckpoint) : null;
}

/** Returns the limit of the service's user at the last observation; null where that is not known. */
export function findLimit({ service, checkpoint }: Pick<TargetState, 'service' | 'checkpoint'>): number | null {
  const { memo, account } = parseCheckpoint(checkpoint) ?? {};
  const { limitBytes = null } = (account ?? {}) as { limitBytes?: number };
  return memo?.uuid === service.refs[USER_REF] ? limitBytes : null;
}

/** Returns the error of a service whose user the panel does not have: `user_gone` where it existed before. */
export function toAbsence(
  { id, refs }: Pick<ServiceRecord, 'id' | 'refs'>,
  seen: unknown,
  recent: readonly ActionRecord[],
): ItemError {
  const uuid = refs[USER_REF];
  const isMade = (row: ActionRecord): boolean =>
    row.type === ACTION_TYPES.create && row.target === uuid && (row.state === 'applied' || row.state === 'unneeded');
  if (parseCheckpoint(seen)?.memo.uuid === uuid || recent.some(isMade)) {
    const message = `the panel has no user with the ${USER_REF} of "${id}" any more: the last known usage still counts`;
    return { code: 'user_gone', message };
  }
  const message = `the panel has no user with the ${USER_REF} of "${id}"`;
  return { code: 'user_not_there', message };
}

/** A user at the time of a reading. */
interface ReadUser {
  at: string;
  user: HiddifyUser;
  timeZone: string;
}

/** Decides the state of a zeroing from a later reading; null where the reading is earlier. Undone ends when the figure falls. */
export function judgeOpenZeroing(zeroing: OpenZeroing, { at, user, timeZone }: ReadUser): ZeroingState | null {
  const usedBytes = user.odd?.usedBytes ?? user.usedBytes;
  if (at <= zeroing.at) return null;
  if (zeroing.undone === true) return usedBytes >= zeroing.from ? 'undone' : 'held';
  const { lastOnline } = user;
  return judgeZeroing({ at: zeroing.at, fromBytes: zeroing.from, done: true }, { at, usedBytes, lastOnline, timeZone });
}

/** Returns the last checkpoint with what was journaled since. */
export function loadCheckpoint(seen: unknown, recent: readonly ActionRecord[], user: HiddifyUser): UserCheckpoint {
  const stored = parseCheckpoint(seen)?.memo;
  const uuid = user.uuid ?? '';
  const blank: UserCheckpoint = { uuid, ownLimit: false, firstCycle: null, zeroedCycle: null, zeroing: null };
  return recent.reduce((checkpoint, row) => addAction(checkpoint, row, user), stored?.uuid === uuid ? stored : blank);
}

/** Returns the checkpoint with what was journaled since and what the panel shows now. */
export function updateCheckpoint(
  target: TargetState,
  user: HiddifyUser,
  at: string,
  limitBytes: number | null,
): UserCheckpoint {
  const { checkpoint: seen, recent, timeZone } = target;
  const checkpoint = loadCheckpoint(seen, recent, user);
  const cycle = findCycleId(target);
  const isZero = user.usedBytes === 0 && user.odd?.usedBytes === undefined;
  return {
    ...checkpoint,
    zeroing: checkpoint.zeroing && updateZeroing(checkpoint.zeroing, { at, user, timeZone }),
    resetDate: user.lastResetDate,
    ownLimit: checkpoint.ownLimit || user.limitBytes === limitBytes,
    firstCycle: checkpoint.firstCycle ?? cycle,
    zeroedCycle: updateZeroedCycle(checkpoint.zeroedCycle, { cycle, isZero, isOwn: showsOthers(target) === false }),
  };
}

/** Returns the zeroing after a reading; null once it has held. */
function updateZeroing(zeroing: OpenZeroing, reading: ReadUser): OpenZeroing | null {
  const state = judgeOpenZeroing(zeroing, reading);
  if (state === null || state === 'open') return zeroing;
  if (state !== 'undone') return null;
  return zeroing.undone === true ? zeroing : { ...zeroing, foundAt: reading.at, undone: true };
}

function addAction(checkpoint: UserCheckpoint, row: ActionRecord, user: HiddifyUser): UserCheckpoint {
  const done = row.state === 'applied' || row.state === 'unneeded' || showsZeroing(row, user);
  if (!done || row.target !== checkpoint.uuid) return checkpoint;
  if (row.type === ACTION_TYPES.create)
    return { ...checkpoint, ownLimit: true, zeroing: withoutEarlier(checkpoint, row) };
  const payload = findUpdate(row);
  if (payload === null) return checkpoint;
  const next = { ...checkpoint, ...findLimits(checkpoint, row, payload.change.limitBytes) };
  if (payload.zero === undefined) return next;
  const zeroed = findZeroing(row);
  if (zeroed === null) return next;
  const { at, fromBytes: from } = zeroed;
  const { cycle, tries } = payload.zero;
  // Rows that the last checkpoint contains come again until the next one.
  const zeroing = checkpoint.zeroing !== null && checkpoint.zeroing.at >= at ? checkpoint.zeroing : { at, from, tries };
  return { ...next, zeroedCycle: cycle, zeroing };
}

/** Returns whose the limit is after an update. */
function findLimits(
  { ownLimit }: UserCheckpoint,
  row: ActionRecord,
  limitBytes: number | undefined,
): Partial<Pick<UserCheckpoint, 'ownLimit' | 'limitBefore'>> {
  return limitBytes === undefined || ownLimit ? {} : { ownLimit: true, limitBefore: findPriorLimit(row) };
}

/** Returns the open zeroing after a creation: what an earlier account counted is not zeroed again. */
function withoutEarlier({ zeroing }: UserCheckpoint, row: ActionRecord): UserCheckpoint['zeroing'] {
  const isEarlier = row.state === 'applied' && zeroing !== null && zeroing.at < (row.calledAt ?? row.plannedAt);
  return isEarlier ? null : zeroing;
}

/** A zeroing without an answer was performed where the panel shows less than when it was planned. */
function showsZeroing(row: ActionRecord, user: HiddifyUser): boolean {
  const mayBeDone = row.calledAt !== null && (row.state === 'planned' || row.state === 'in-doubt');
  return mayBeDone && findUpdate(row)?.zero !== undefined && user.usedBytes < (findPriorUsage(row) ?? 0);
}

/** Returns the checkpoint for the next run; null where the panel does not show the user. */
export function toCheckpoint(
  target: TargetState,
  observation: Observation<HiddifyState>,
  limitBytes: number | null,
): HiddifyCheckpoint | null {
  const { state, at } = observation;
  const user = state?.user;
  if (!user || user.uuid === null) return null;
  const { uuid, name, owner, enabled, active, usedBytes, mode } = user;
  const left = toLeftUser(user, target.recent, at);
  const shown = { uuid, name, agent: owner, enabled, active, limitBytes: user.limitBytes, usedBytes, mode };
  return {
    at,
    account: { ...shown, expiresOn: findEndDate(user) },
    memo: updateCheckpoint(target, user, at, limitBytes),
    ...(left !== null && { left }),
    rows: state.rows,
  };
}
