import type { FlvxForward } from '../../client/records/forward.js';
import type { FlvxUser } from '../../client/records/user.js';
import { usedOf } from '../rules.js';
import type { StoredHistory } from './history.js';
import { forwardsShown } from './observed-history.js';

/** Whether nothing is pending in a history: nothing stopped, parked, redirected, closed, unconfirmed or yet to be restored. */
export function isUneventful(history: StoredHistory): boolean {
  const { stopped, restarted, dropped, values, unpushed, cuts, expired } = history;
  return (
    history.ownQuota &&
    history.firstCycle !== null &&
    history.resetCycle !== null &&
    history.userStatus === 1 &&
    !expired.user &&
    [stopped, restarted, dropped, values, unpushed, cuts, expired.tunnels].every((list) => list.length === 0) &&
    isEmpty(history.parked) &&
    isEmpty(history.redirects)
  );
}

/** Whether a forward is as it was at the last observation; one that is paused must not have carried anything since. */
export function isAsBefore({ forwards }: StoredHistory, row: FlvxForward): boolean {
  const before = forwards[row.id];
  if (before?.status !== row.status) return false;
  return row.status === 1 || usedOf(row) === before.bytes;
}

/** Returns the history of an unchanged account with its present counters. */
export function withCounters(
  history: StoredHistory,
  user: FlvxUser,
  forwards: readonly FlvxForward[],
  uncountedBytes: number,
): StoredHistory {
  return { ...history, usedBytes: usedOf(user), uncountedBytes, forwards: forwardsShown(forwards) };
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}
