import type { Desired, ItemError, Observation } from '@sluice/panel-kind';
import type { ActionRecord, ServiceRecord } from '@sluice/quota-core';
import { judgeZeroing, type ZeroingState } from '../account/counter.js';
import { ACTION_TYPES, type HiddifyState, updateIn, usedAt, USER_REF, zeroingIn } from '../account/user-actions.js';
import type { HiddifyUser } from '../client/records.js';
import { endOf } from './product.js';

/** A zeroing after which no use was seen yet: the panel's minute task may write the old figure back. */
export interface Zeroing {
  at: string;
  /** What stood there before it. */
  from: number;
  tries: number;
  /** A look has found the old figure there again: it is to be zeroed once more. */
  undone?: boolean;
}

/** What the panel can't show and later runs need: small plain JSON, kept with each decision. */
export interface HiddifyMemo {
  uuid: string;
  /** Sluice has set the limit, or found it as it should be: from then on it is kept in line at once. */
  ownLimit: boolean;
  /** The cycle in which the user was first seen. */
  firstCycle: string | null;
  /** The cycle for whose opening the usage was zeroed. */
  zeroedCycle: string | null;
  zeroing: Zeroing | null;
  /** Day of the panel's last reset, as the last look showed it; absent in what older versions kept. */
  resetDate?: string | null;
}

/** What `keep` gives of a service. */
export interface HiddifyKept {
  at: string;
  account: unknown;
  memo: HiddifyMemo;
  /** Rows of the whole list at that look; null where there was no list. */
  rows: number | null;
}

/** After this many the usage is not zeroed again. */
const MOST_TRIES = 2;

/** What was kept at the last look; null where there was none. */
export function checkpointIn(seen: unknown): HiddifyKept | null {
  const { memo } = (seen ?? {}) as { memo?: Partial<HiddifyMemo> | null };
  return typeof memo?.uuid === 'string' ? (seen as HiddifyKept) : null;
}

/** Why a service's user is not on the panel: it was there once, or there is no sign that it ever was. */
export function absence(
  { id, refs }: Pick<ServiceRecord, 'id' | 'refs'>,
  seen: unknown,
  recent: readonly ActionRecord[],
): ItemError {
  const uuid = refs[USER_REF];
  const isMade = (row: ActionRecord): boolean =>
    row.type === ACTION_TYPES.create && row.target === uuid && (row.state === 'applied' || row.state === 'unneeded');
  if (checkpointIn(seen)?.memo.uuid === uuid || recent.some(isMade)) {
    const message = `the panel has no user with the ${USER_REF} of "${id}" any more: its usage stays as it was last known`;
    return { code: 'user_gone', message };
  }
  const message = `the panel has no user with the ${USER_REF} of "${id}"`;
  return { code: 'user_not_there', message };
}

/** One look at a user. */
export interface UserLook {
  at: string;
  user: HiddifyUser;
  timeZone: string;
}

/** What a look says of a zeroing; null where it is not a look after it. Once undone it stays so until the figure falls. */
export function stateOf(zeroing: Zeroing, { at, user, timeZone }: UserLook): ZeroingState | null {
  const usedBytes = user.odd?.usedBytes ?? user.usedBytes;
  if (at <= zeroing.at) return null;
  if (zeroing.undone === true) return usedBytes >= zeroing.from ? 'undone' : 'held';
  const { lastOnline } = user;
  return judgeZeroing({ at: zeroing.at, fromBytes: zeroing.from, done: true }, { at, usedBytes, lastOnline, timeZone });
}

/** The cycle, unless it is one that an order saw before any run opened it: that one gets another id. */
export function cycleOf({ cycle, scope }: Pick<Desired, 'cycle' | 'scope'>): string | null {
  if (cycle === null || (cycle.isNew && (scope === 'order' || scope === 'hold'))) return null;
  return cycle.id;
}

/** Pure: the memory of the last look with what was journaled since. */
export function remember(seen: unknown, recent: readonly ActionRecord[], user: HiddifyUser): HiddifyMemo {
  const kept = checkpointIn(seen)?.memo;
  const uuid = user.uuid ?? '';
  const blank: HiddifyMemo = { uuid, ownLimit: false, firstCycle: null, zeroedCycle: null, zeroing: null };
  let memo = kept?.uuid === uuid ? kept : blank;
  for (const row of recent) memo = after(memo, row, user);
  return memo;
}

/** Pure: the memory of the last look, carried over what was journaled since to the user that is seen now. */
export function recall(desired: Desired, user: HiddifyUser, at: string, limitBytes: number | null): HiddifyMemo {
  const { seen, recent, timeZone } = desired;
  const memo = remember(seen, recent, user);
  const cycle = cycleOf(desired);
  const isZero = user.usedBytes === 0 && user.odd?.usedBytes === undefined;
  return {
    ...memo,
    zeroing: memo.zeroing && lookedAt(memo.zeroing, { at, user, timeZone }),
    resetDate: user.lastResetDate,
    ownLimit: memo.ownLimit || user.limitBytes === limitBytes,
    firstCycle: memo.firstCycle ?? cycle,
    // A usage that stands at zero, or that was met in this cycle for the first time, needs no zeroing in it.
    zeroedCycle: memo.zeroedCycle === null || isZero ? (cycle ?? memo.zeroedCycle) : memo.zeroedCycle,
  };
}

/** The zeroing after a look at the counter; null once it has held. */
function lookedAt(zeroing: Zeroing, look: UserLook): Zeroing | null {
  const state = stateOf(zeroing, look);
  if (state === null || state === 'open') return zeroing;
  return state === 'undone' ? { ...zeroing, undone: true } : null;
}

function after(memo: HiddifyMemo, row: ActionRecord, user: HiddifyUser): HiddifyMemo {
  const done = row.state === 'applied' || row.state === 'unneeded' || showsZeroing(row, user);
  if (!done || row.target !== memo.uuid) return memo;
  if (row.type === ACTION_TYPES.create) return { ...memo, ownLimit: true };
  const payload = updateIn(row);
  if (payload === null) return memo;
  const next = payload.change.limitBytes === undefined ? memo : { ...memo, ownLimit: true };
  if (payload.zero === undefined) return next;
  const zeroed = zeroingIn(row);
  if (zeroed === null) return next;
  const { at, fromBytes: from } = zeroed;
  const { cycle, tries } = payload.zero;
  // A row that the last look has taken in already comes again until the next one.
  const zeroing = memo.zeroing !== null && memo.zeroing.at >= at ? memo.zeroing : { at, from, tries };
  return { ...next, zeroedCycle: cycle, zeroing };
}

/** A zeroing whose answer was lost shows itself: less is there than when it was planned. */
function showsZeroing(row: ActionRecord, user: HiddifyUser): boolean {
  const mayBeDone = row.calledAt !== null && (row.state === 'planned' || row.state === 'in-doubt');
  return mayBeDone && updateIn(row)?.zero !== undefined && user.usedBytes < (usedAt(row) ?? 0);
}

/** Whether the usage is to be zeroed again: the panel has written the old figure back, and it was not tried too often. */
export function isUndone(memo: HiddifyMemo): memo is HiddifyMemo & { zeroing: Zeroing } {
  return memo.zeroing?.undone === true && memo.zeroing.tries < MOST_TRIES;
}

/** What a later run has to know, and what `service show` shows of the account. */
export function checkpointOf(
  desired: Desired,
  observation: Observation<HiddifyState>,
  limitBytes: number | null,
): HiddifyKept | null {
  const { state, at } = observation;
  const user = state?.user;
  if (!user || user.uuid === null) return null;
  return {
    at,
    account: accountOf(user),
    memo: recall(desired, user, at, limitBytes),
    rows: state.rows,
  };
}

function accountOf(user: HiddifyUser): Record<string, unknown> {
  const { uuid, name, owner, enabled, active, limitBytes, usedBytes, mode } = user;
  return { uuid, name, agent: owner, enabled, active, limitBytes, usedBytes, mode, expiresOn: endOf(user) };
}
