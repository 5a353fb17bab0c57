import type { FlvxAccount } from '../account/index.js';
import type { FlvxPermissionValues } from '../account/index.js';
import { NOWHERE } from '../account/plan/plan-forwards.js';
import type { FlvxForward } from '../index.js';
import type { Desired } from '@sluice/panel-kind';
import { stoppedUnseen } from './flvx-unseen.js';
import { Journal } from './flvx-journaled.js';
import { blankMemo, memoIn, type FlvxMemo } from './flvx-memo.js';
import { isExpired, isUsedUp, type Ruled } from './flvx-rules.js';
import { EVIDENCE, evidenceOf, permissionKey, type FlvxState } from './flvx-state.js';

/** What is remembered at a look. */
export interface Recalled {
  memo: FlvxMemo;
  /** The last look; null when there was none at this account. */
  last: FlvxMemo | null;
}

/**
 * Pure: the memory of the last look, carried over what was journaled since to what is seen now.
 *
 * @param changes when each forward was last written to; null where that was not read
 */
export function recall(
  desired: Desired,
  observed: FlvxAccount,
  changes: ReadonlyMap<number, number> | null,
): Recalled | null {
  const { user } = observed;
  if (user === null) return null;
  const seen = memoIn(desired.seen);
  const last = seen?.userId === user.id ? seen : null;
  const cycle = cycleOf(desired);
  const journal = new Journal(last ?? blankMemo(user));
  for (const row of desired.recent) journal.take(row);
  const { memo } = journal;
  const firstCycle = memo.firstCycle ?? cycle;
  // Counters that stand at zero need no reset in this cycle any more.
  const resetCycle = memo.resetCycle === null || isZero(observed) ? (cycle ?? memo.resetCycle) : memo.resetCycle;
  const pending = pendingPushes(desired, observed, memo);
  const now: FlvxMemo = { ...memo, ...shown(observed, memo), ...pending, firstCycle, resetCycle };
  const { undecided, ...rest } = judged(desired, observed, memo, last, journal, changes);
  const forwards = Object.fromEntries(Object.entries(now.forwards).filter(([id]) => !undecided.has(Number(id))));
  return { memo: { ...now, forwards, ...rest }, last };
}

/**
 * Pure: the memory after a run's own steps. What its look has told stands: judged anew by what the steps have left, a forward
 * that the customer paused would seem the last one that the panel stopped.
 */
export function recallAfter(desired: Desired, look: FlvxState | null, state: FlvxState): Recalled | null {
  // With all of the run's rows: what it wrote in its earlier rounds, before this look, tells what the panel had stopped by.
  const told = look === null || look === state ? null : recall(desired, look.observed, look.changes);
  if (told === null) return recall(desired, state.observed, state.changes);
  const run = desired.recent.at(-1)?.run;
  const since = desired.recent.filter((row) => row.run === run);
  return recall({ ...desired, seen: { memo: told.memo }, recent: since }, state.observed, state.changes);
}

/** The cycle, unless it is one that an order saw before any run opened it: that one gets another id. */
export function cycleOf({ cycle, scope }: Pick<Desired, 'cycle' | 'scope'>): string | null {
  if (cycle === null || (cycle.isNew && (scope === 'order' || scope === 'hold'))) return null;
  return cycle.id;
}

/** Speeds that are still to reach the nodes, and connections still to be cut: only what there is, and while it is throttled. */
function pendingPushes(
  { evidence }: Pick<Desired, 'evidence'>,
  observed: FlvxAccount,
  { unpushed, cuts }: FlvxMemo,
): Pick<FlvxMemo, 'unpushed' | 'cuts'> {
  const forwards = ownForwards(observed);
  const throttled = evidenceOf(evidence, EVIDENCE.speed);
  return {
    unpushed: unpushed.filter((id) => forwards.some((row) => row.tunnelId === id)),
    cuts: forwards
      .filter((row) => cuts.includes(row.id) && throttled.has(permissionKey(row.userId, row.tunnelId)))
      .map((row) => row.id),
  };
}

/** What the panel shows now, as far as a later look compares with it. */
function shown(
  observed: FlvxAccount,
  memo: FlvxMemo,
): Pick<
  FlvxMemo,
  'userStatus' | 'usedBytes' | 'permissions' | 'forwards' | 'redirects' | 'away' | 'again' | 'scales' | 'values'
> {
  const user = observed.user;
  const rows = observed.permissions.filter((row) => row.userId === user?.id);
  const forwards = ownForwards(observed);
  const isAway = (row: FlvxForward): boolean => [memo.away[row.id], NOWHERE].includes(row.remoteAddr);
  const away = new Set(forwards.filter(isAway).map((row) => String(row.id)));
  return {
    userStatus: user?.status ?? 0,
    usedBytes: (user?.inBytes ?? 0) + (user?.outBytes ?? 0),
    permissions: Object.fromEntries(rows.map((row) => [row.tunnelId, row.status])),
    forwards: Object.fromEntries(
      forwards.map((row) => [row.id, { status: row.status, bytes: row.inBytes + row.outBytes }]),
    ),
    redirects: Object.fromEntries(Object.entries(memo.redirects).filter(([id]) => away.has(id))),
    again: memo.again.filter((id) => forwards.some((row) => row.id === id && row.status !== 1)),
    scales: observed.tunnels.length === 0 ? memo.scales : scalesOf(observed),
    away: Object.fromEntries(Object.entries(memo.away).filter(([id]) => away.has(id))),
    values: memo.values.filter((own) => {
      const row = rows.find((one) => one.tunnelId === own.tunnelId);
      return row !== undefined && !sameValues(row, own);
    }),
  };
}

/** How the tunnels of the account count; a look at the long lists alone does not show it. */
function scalesOf({ tunnels, permissions, user }: FlvxAccount): FlvxMemo['scales'] {
  const own = new Set(permissions.filter((row) => row.userId === user?.id).map((row) => row.tunnelId));
  return Object.fromEntries(
    tunnels
      .filter((row) => own.has(row.id))
      .map((row) => [row.id, { factor: row.ratio * row.multiplier, nodes: row.entryNodes.length }]),
  );
}

/** What follows from how it was at the last look. */
function judged(
  desired: Pick<Desired, 'evidence'>,
  observed: FlvxAccount,
  memo: FlvxMemo,
  last: FlvxMemo | null,
  journal: Journal,
  changes: ReadonlyMap<number, number> | null,
): Pick<FlvxMemo, 'stopped' | 'restarted' | 'parked' | 'expired'> & { undecided: ReadonlySet<number> } {
  const forwards = ownForwards(observed);
  const held = evidenceOf(desired.evidence, EVIDENCE.forward);
  const atRest = forwards.filter((row) => row.status !== 1);
  const ids = new Set(atRest.map((row) => row.id));
  const ran = (row: FlvxForward): boolean => last?.forwards[row.id]?.status === 1;
  // The counters were zeroed since: that the quota stopped it can no longer be seen of them.
  const zeroed = last !== null && (observed.user?.inBytes ?? 0) + (observed.user?.outBytes ?? 0) < memo.usedBytes;
  const allAtRest = forwards.filter(ran).every((row) => row.status !== 1);
  const open = atRest.filter((row) => !held.has(String(row.id)));
  const known = open.filter((row) => {
    if (journal.ended.has(row.id)) return false;
    if (memo.stopped.includes(row.id)) return true;
    return ran(row) && (panelStopped(observed, row.tunnelId, journal) || (zeroed && allAtRest));
  });
  // Made since the last look, or before the first one: whether it ran is told by when it was paused.
  const unseen = open.filter(
    (row) =>
      last?.forwards[row.id] === undefined &&
      !journal.paused.has(row.id) &&
      panelStopped(observed, row.tunnelId, journal),
  );
  const decided = changes === null ? [] : stoppedUnseen(unseen, known, atRest, changes);
  const stopped = new Set([...known, ...decided].map((row) => row.id));
  return {
    stopped: [...stopped],
    // A later look tells: until then it stays one that was never seen.
    undecided: new Set(changes === null ? unseen.filter((row) => !stopped.has(row.id)).map((row) => row.id) : []),
    restarted: memo.restarted.filter((id) => ids.has(id)),
    parked: Object.fromEntries(Object.entries(memo.parked).filter(([id]) => ids.has(Number(id)))),
    expired: expiredNow(desired, observed, memo, last, journal),
  };
}

/** Was it the panel that paused a forward on this tunnel, by quota or expiry as they were before Sluice wrote others? */
function panelStopped(observed: FlvxAccount, tunnelId: number, journal: Journal): boolean {
  const { user, at } = observed;
  if (user === null) return false;
  const permission = observed.permissions.find((row) => row.userId === user.id && row.tunnelId === tunnelId);
  const rows: Ruled[] = [user, journal.userBefore(user)];
  if (permission) rows.push(permission, journal.permissionBefore(permission));
  return rows.some((row) => isUsedUp(row, at));
}

function expiredNow(
  { evidence }: Pick<Desired, 'evidence'>,
  observed: FlvxAccount,
  memo: FlvxMemo,
  last: FlvxMemo | null,
  journal: Journal,
): FlvxMemo['expired'] {
  const { user, at } = observed;
  if (user === null) return memo.expired;
  const closedUser = evidenceOf(evidence, EVIDENCE.user);
  const closed = evidenceOf(evidence, EVIDENCE.permission);
  const wasOpen = (before: number | undefined): boolean => before === undefined || before === 1;
  const rows = observed.permissions.filter((row) => row.userId === user.id && row.status !== 1);
  return {
    user:
      user.status !== 1 &&
      !closedUser.has(String(user.id)) &&
      (memo.expired.user || (wasOpen(last?.userStatus) && isExpired(journal.userBefore(user), at))),
    tunnels: rows
      .filter((row) => !closed.has(permissionKey(user.id, row.tunnelId)))
      .filter(
        (row) =>
          memo.expired.tunnels.includes(row.tunnelId) ||
          (wasOpen(last?.permissions[row.tunnelId]) && isExpired(journal.permissionBefore(row), at)),
      )
      .map((row) => row.tunnelId),
  };
}

function isZero({ user, permissions }: FlvxAccount): boolean {
  const rows = permissions.filter((row) => row.userId === user?.id);
  return [...rows, ...(user === null ? [] : [user])].every((row) => row.inBytes === 0 && row.outBytes === 0);
}

function ownForwards(observed: FlvxAccount): FlvxForward[] {
  return observed.forwards.filter((row) => row.userId === observed.user?.id);
}

function sameValues(a: FlvxPermissionValues, b: FlvxPermissionValues): boolean {
  return (
    a.quota === b.quota && a.maxForwards === b.maxForwards && a.expiresAt === b.expiresAt && a.resetDay === b.resetDay
  );
}
