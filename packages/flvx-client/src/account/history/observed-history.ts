import type { FlvxObservation } from '../../client/observation.js';
import type { FlvxForward, FlvxPermission, FlvxUser } from '../../client/records.js';
import {
  emptyHistory,
  type FlvxHistory,
  inheritedHistory,
  listOwnForwards,
  listOwnPermissions,
  newHistory,
  type StoredHistory,
  toForwardHistory,
} from './history.js';
import { NOWHERE } from '../plan/target.js';
import { hasOwnValues } from '../plan/values.js';
import { isExpired, isUsedUp, sumBytes, type RuledRow } from '../rules.js';
import { findMoved } from './moved-forwards.js';
import { Replay, type StepRecord } from './record-step.js';

/** What is known from before an observation. */
export interface Past {
  /** The history at the last observation; null where there was none. */
  last: StoredHistory | null;
  /** The history of the service that had the account before; null or absent for none. */
  former?: StoredHistory | null;
  /** The steps since then, oldest first. */
  records: readonly StepRecord[];
  /** The open cycle; null where there is none. */
  cycle: string | null;
  /** Whether the counters of an account that is observed for the first time need no reset in that cycle. */
  isReset: boolean;
  held: Held;
  /** When each forward was last written to; null where that was not read. */
  changes: ReadonlyMap<number, number> | null;
}

/** Which parts of an account a hold has restricted. */
export interface Held {
  user(userId: number): boolean;
  permission(userId: number, tunnelId: number): boolean;
  forward(id: number): boolean;
  speed(userId: number, tunnelId: number): boolean;
}

/** The history of an account at an observation. */
export interface ObservedHistory {
  history: FlvxHistory;
  /** The history at the last observation of this account; null where there was none. */
  last: StoredHistory | null;
}

/** What the rules below compare. */
interface Comparison {
  observed: FlvxObservation;
  user: FlvxUser;
  /** The user's own. */
  permissions: FlvxPermission[];
  /** The user's own. */
  forwards: FlvxForward[];
  past: Past;
  last: StoredHistory | null;
  replay: Replay;
}

/**
 * Updates the history of the last observation: adds the steps since, then compares it with what the panel shows now. Null
 * without a user. Pure.
 */
export function observeHistory(observed: FlvxObservation, past: Past): ObservedHistory | null {
  const { user } = observed;
  if (user === null) return null;
  const permissions = listOwnPermissions(observed);
  const last = past.last?.userId === user.id ? past.last : inheritedHistory(user, permissions, past.former ?? null);
  const replay = new Replay(last === null ? newHistory(user) : { ...last, run: emptyHistory.run }, past.records);
  const { moved: _moved, quiet: _quiet, ...history } = replay.history;
  const forwards = listOwnForwards(observed);
  const comparison: Comparison = { observed, user, permissions, forwards, past, last, replay };
  const { stopped, undecided } = findStopped(comparison);
  const atRest = new Set(forwards.flatMap((row) => (row.status === 1 ? [] : [row.id])));
  const isZero = [...permissions, user].every((row) => sumBytes(row) === 0);
  const isReset = isZero || (history.resetCycle === null && past.isReset);
  return {
    last,
    history: {
      ...history,
      ...updateShown(comparison),
      ...updatePending(comparison),
      ...findMoved(replay.history, forwards, observed),
      createdAt: history.createdAt ?? user.createdAt,
      // A forward that can't be judged yet counts as never observed, and one that a step has started as running until it is.
      forwards: toForwardHistory(
        forwards
          .filter((row) => !undecided.has(row.id))
          .map((row) => (replay.started.has(row.id) && !stopped.includes(row.id) ? { ...row, status: 1 } : row)),
      ),
      stopped,
      restarted: history.restarted.filter((id) => atRest.has(id)),
      parked: Object.fromEntries(Object.entries(history.parked).filter(([id]) => atRest.has(Number(id)))),
      expired: findExpired(comparison),
      firstCycle: history.firstCycle ?? past.cycle,
      resetCycle: isReset ? (past.cycle ?? history.resetCycle) : history.resetCycle,
    },
  };
}

/** Speeds that have yet to reach the nodes, and connections that have yet to be cut: only of existing forwards, and while throttled. */
function updatePending({ forwards, past, replay }: Comparison): Pick<FlvxHistory, 'unpushed' | 'cuts'> {
  const { unpushed, cuts } = replay.history;
  return {
    unpushed: unpushed.filter((id) => forwards.some((row) => row.tunnelId === id)),
    cuts: forwards
      .filter((row) => cuts.includes(row.id) && past.held.speed(row.userId, row.tunnelId))
      .map((row) => row.id),
  };
}

type Shown = Pick<
  FlvxHistory,
  'userStatus' | 'usedBytes' | 'permissions' | 'redirects' | 'away' | 'again' | 'scales' | 'values'
>;

/** What the panel shows now, as far as a later observation is compared with it. */
function updateShown({ observed, user, permissions, forwards, replay: { history } }: Comparison): Shown {
  const isAway = (row: FlvxForward): boolean => [history.away[row.id], NOWHERE].includes(row.remoteAddr);
  const away = new Set(forwards.filter(isAway).map((row) => String(row.id)));
  const own = new Map(permissions.map((row) => [row.tunnelId, row]));
  const scales = observed.tunnels
    .filter((row) => own.has(row.id))
    .map((row) => [row.id, { factor: row.ratio * row.multiplier, nodes: row.entryNodes.length }] as const);
  return {
    userStatus: user.status,
    usedBytes: sumBytes(user),
    permissions: Object.fromEntries(permissions.map((row) => [row.tunnelId, row.status])),
    redirects: Object.fromEntries(Object.entries(history.redirects).filter(([id]) => away.has(id))),
    again: history.again.filter((id) => forwards.some((row) => row.id === id && row.status !== 1)),
    // The long lists don't contain the tunnels.
    scales: observed.tunnels.length === 0 ? history.scales : Object.fromEntries(scales),
    away: Object.fromEntries(Object.entries(history.away).filter(([id]) => away.has(id))),
    values: history.values.filter((values) => {
      const row = own.get(values.tunnelId);
      return row !== undefined && hasOwnValues(row, values);
    }),
  };
}

/** Forwards that the panel stopped by its own rules, and those that can't be judged yet. */
function findStopped(comparison: Comparison): { stopped: number[]; undecided: ReadonlySet<number> } {
  const { user, forwards, past, last, replay } = comparison;
  const { history } = replay;
  const atRest = forwards.filter((row) => row.status !== 1);
  const ran = (row: FlvxForward): boolean => last?.forwards[row.id]?.status === 1 || replay.started.has(row.id);
  // Zeroed counters no longer show that the quota stopped it.
  const isZeroed = last !== null && sumBytes(user) < history.usedBytes;
  const allAtRest = forwards.filter(ran).every((row) => row.status !== 1);
  const open = atRest.filter((row) => !past.held.forward(row.id));
  const isKnown = (row: FlvxForward): boolean =>
    history.stopped.includes(row.id) || (ran(row) && isZeroed && allAtRest);
  const before = open.filter((row) => !replay.ended.has(row.id) && isKnown(row));
  const since = open.filter(
    (row) =>
      !replay.ended.has(row.id) &&
      !isKnown(row) &&
      ran(row) &&
      (isStoppedTunnel(comparison, row.tunnelId) || isStoppedSinceClosed(comparison, row)),
  );
  const known = [...before, ...withoutCustomersPauses(comparison, since)];
  // Created since the last observation, or before the first: the instant of its pause shows whether it ran.
  const unobserved = open.filter(
    (row) =>
      last?.forwards[row.id] === undefined && !replay.paused.has(row.id) && isStoppedTunnel(comparison, row.tunnelId),
  );
  const decided = past.changes === null ? [] : listStoppedByPanel(unobserved, known, atRest, past.changes);
  const stopped = new Set([...known, ...decided].map((row) => row.id));
  const undecided = past.changes === null ? unobserved.filter((row) => !stopped.has(row.id)) : [];
  return { stopped: [...stopped], undecided: new Set(undecided.map((row) => row.id)) };
}

/**
 * Returns those of the forwards that the panel stopped since the last observation. It stops all of a user, or of a tunnel, within
 * moments: what was paused earlier was paused by the customer (docs/panels/flvx.md#83-when-rows-were-written).
 */
function withoutCustomersPauses(comparison: Comparison, paused: readonly FlvxForward[]): FlvxForward[] {
  const { changes } = comparison.past;
  if (changes === null) return [...paused];
  const getStop = (row: FlvxForward): number | null =>
    isStoppedPermission(comparison, row.tunnelId) ? row.tunnelId : null;
  return paused.filter((row) => {
    const together = paused.filter((other) => getStop(other) === getStop(row));
    const instants = together.flatMap((other) => changes.get(other.id) ?? []);
    const shared = instants.filter((instant, index) => instants.indexOf(instant) !== index);
    const stop = shared.length > 0 ? Math.min(...shared) : Math.max(...instants);
    return (changes.get(row.id) ?? stop) >= beginOfStop(stop, instants);
  });
}

/** Nodes report every 5 s, and the panel waits up to 36 s for a silent node before it pauses the next forward. */
const LONGEST_BETWEEN_PAUSES_MS = 60_000;

/** Returns when a stop by the panel began: each report that comes while it pauses forwards writes an instant of its own. */
function beginOfStop(stop: number, instants: readonly number[]): number {
  const earlier = instants.filter((instant) => instant < stop).sort((a, b) => b - a);
  return earlier.reduce((begin, instant) => (begin - instant <= LONGEST_BETWEEN_PAUSES_MS ? instant : begin), stop);
}

/** Whether the panel pauses forwards on this tunnel, by quota and expiry now or before the steps. */
function isStoppedTunnel(comparison: Comparison, tunnelId: number): boolean {
  const { observed, user, replay } = comparison;
  return (
    [user, replay.userBefore(user)].some((row) => isUsedUp(row, observed.at)) ||
    isStoppedPermission(comparison, tunnelId)
  );
}

/**
 * Whether the panel stopped the forward because a step had closed the user, whose run was interrupted before it paused the
 * forward: what was paused before the user was closed was paused by the customer.
 */
function isStoppedSinceClosed({ user, past, replay }: Comparison, row: FlvxForward): boolean {
  if (!replay.closesUser || user.status === 1) return false;
  const pausedAt = past.changes?.get(row.id);
  return pausedAt === undefined || user.updatedAt === null || pausedAt > user.updatedAt;
}

function isStoppedPermission({ observed, permissions, replay }: Comparison, tunnelId: number): boolean {
  const permission = permissions.find((row) => row.tunnelId === tunnelId);
  if (permission === undefined) return false;
  const rows: RuledRow[] = [permission, replay.permissionBefore(permission)];
  return rows.some((row) => isUsedUp(row, observed.at));
}

/** What the panel's daily job closed because it expired. */
function findExpired({ observed, user, permissions, past, last, replay }: Comparison): FlvxHistory['expired'] {
  const { expired } = replay.history;
  const wasOpen = (before: number | undefined): boolean => before === undefined || before === 1;
  return {
    user:
      user.status !== 1 &&
      !past.held.user(user.id) &&
      (expired.user || (wasOpen(last?.userStatus) && isExpired(replay.userBefore(user), observed.at))),
    tunnels: permissions
      .filter((row) => row.status !== 1 && !past.held.permission(user.id, row.tunnelId))
      .filter(
        (row) =>
          expired.tunnels.includes(row.tunnelId) ||
          (wasOpen(last?.permissions[row.tunnelId]) && isExpired(replay.permissionBefore(row), observed.at)),
      )
      .map((row) => row.tunnelId),
  };
}

/**
 * Returns those of the forwards that were never observed before that ran until the panel stopped them. Everything that the
 * panel stops at once has the same instant; what was paused earlier was paused by the customer. Pure.
 *
 * @param unobserved paused now, on an account or tunnel that the panel stops by its own rules
 * @param known paused now, and known to have been stopped by the panel
 * @param atRest all that are paused now
 * @param changes when each forward was last written to
 */
export function listStoppedByPanel(
  unobserved: readonly FlvxForward[],
  known: readonly FlvxForward[],
  atRest: readonly FlvxForward[],
  changes: ReadonlyMap<number, number>,
): FlvxForward[] {
  const all = atRest.flatMap((row) => changes.get(row.id) ?? []);
  const shared = all.filter((instant, index) => all.indexOf(instant) !== index);
  const stops = new Set([...shared, ...known.flatMap((row) => changes.get(row.id) ?? [])]);
  return unobserved.filter((row) => {
    const at = changes.get(row.id);
    // Without an instant: a forward that carried traffic has run.
    if (at === undefined) return sumBytes(row) > 0;
    const instants = atRest.filter((one) => one.tunnelId === row.tunnelId).flatMap((one) => changes.get(one.id) ?? []);
    const byPanel = instants.filter((instant) => stops.has(instant));
    // Where no two instants are the same, the last one paused is what ran when the panel stopped it.
    return at >= (byPanel.length > 0 ? Math.min(...byPanel) : Math.max(...instants));
  });
}
