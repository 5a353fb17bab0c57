import type { FlvxForward, FlvxPermission, FlvxUser } from '../index.js';
import type { Desired } from '@sluice/panel-kind';
import type { FlvxKept } from './flvx-kept.js';
import { memoIn, type FlvxMemo } from './flvx-memo.js';
import { cycleOf } from './flvx-memory.js';
import { flvxOf, quotaOf, uncountedBytes } from './flvx-product.js';
import { isExpired, usedOf } from './flvx-rules.js';
import type { FlvxState } from './flvx-state.js';

/** An account at which a poll has nothing to do, and its memory. */
export interface Calm {
  user: FlvxUser;
  memo: FlvxMemo;
  uncountedBytes: number;
}

/**
 * Is all of it as it was and as it should be? Most accounts of most polls are: for them no plan is worked out. Whatever is out
 * of the ordinary, however slightly, is left to the plan. Pure.
 */
export function calmOf(desired: Desired, state: FlvxState): Calm | null {
  const { observed, light, sharers } = state;
  const { user } = observed;
  if (!light || user === null || desired.scope !== 'poll' || sharers.length + desired.sharers.length > 0) return null;
  if (desired.holds.length + desired.evidence.length + desired.recent.length > 0) return null;
  const memo = memoIn(desired.seen);
  const quota = quotaOf(desired, usedOf(user));
  const isOpen = (row: FlvxUser | FlvxPermission): boolean =>
    row.status === 1 && (quota === null || row.quota === quota) && !isExpired(row, observed.at);
  if (memo?.userId !== user.id || !isPlain(memo) || !isOpen(user)) return null;
  const asBefore =
    observed.permissions.every((row) => row.userId === user.id && isOpen(row)) &&
    observed.forwards.every((row) => row.userId === user.id && isAsBefore(memo, row));
  if (!asBefore || !isCounted(desired, memo, observed.forwards.length)) return null;
  return { user, memo, uncountedBytes: uncountedBytes(desired, usedOf(user)) };
}

/** What was kept, with the figures of now. */
export function keepCalm(
  { user, memo, uncountedBytes: uncounted }: Calm,
  before: FlvxKept,
  state: FlvxState,
  at: string,
): FlvxKept {
  const forwards = Object.fromEntries(
    state.observed.forwards.map((row) => [row.id, { status: row.status, bytes: row.inBytes + row.outBytes }]),
  );
  const listed = state.listed ?? before.listed;
  return { ...before, at, listed, memo: { ...memo, usedBytes: usedOf(user), uncountedBytes: uncounted, forwards } };
}

function isPlain(memo: FlvxMemo): boolean {
  const { stopped, restarted, dropped, values, unpushed, cuts, expired, ownQuota, firstCycle, resetCycle } = memo;
  return (
    ownQuota &&
    firstCycle !== null &&
    resetCycle !== null &&
    memo.userStatus === 1 &&
    !expired.user &&
    [stopped, restarted, dropped, values, unpushed, cuts, expired.tunnels].every((list) => list.length === 0) &&
    isEmpty(memo.parked) &&
    isEmpty(memo.redirects)
  );
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}

function isAsBefore({ forwards }: FlvxMemo, row: FlvxForward): boolean {
  const before = forwards[row.id];
  if (before?.status !== row.status) return false;
  return row.status === 1 || row.inBytes + row.outBytes === before.bytes;
}

/** No reset is due, and no forward is one too many. */
function isCounted(desired: Desired, memo: FlvxMemo, forwards: number): boolean {
  const { resetDay, enforceMaxForwards, maxForwards } = flvxOf(desired.product);
  const isReset = resetDay !== 0 || memo.resetCycle === cycleOf(desired);
  return isReset && (!enforceMaxForwards || forwards <= maxForwards);
}
