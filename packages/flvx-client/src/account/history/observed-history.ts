import { updateZeroedCycle } from '@sluice/panel-kind';
import type { FlvxObservation } from '../../client/observation.js';
import type { FlvxForward } from '../../client/records.js';
import {
  emptyHistory,
  type FlvxHistory,
  hasGrown,
  inheritedHistory,
  listOwnForwards,
  listOwnPermissions,
  newHistory,
  type StoredHistory,
  toForwardHistory,
} from './history.js';
import { compareInstant, type Comparison, type Past } from './comparison.js';
import { findStopped, findWorst } from './stopped-forwards.js';
import { NOWHERE } from '../plan/target.js';
import { hasOwnValues } from '../plan/step.js';
import { isExpired, sumBytes, findMoved } from '../rules.js';
import { Replay } from './replay.js';

/** The history of an account at an observation. */
export interface ObservedHistory {
  history: FlvxHistory;
  /** The history at the last observation of this account; null where there was none. */
  last: StoredHistory | null;
}

/**
 * Updates the history of the last observation: adds the steps since, then compares it with what the panel shows now. Null
 * without a user. Pure.
 */
export function observeHistory(observed: FlvxObservation, past: Past): ObservedHistory | null {
  const { user } = observed;
  if (user === null) return null;
  const permissions = listOwnPermissions(observed);
  const stored = past.last?.userId === user.id ? past.last : inheritedHistory(user, permissions, past.former ?? null);
  const replay = new Replay(stored === null ? newHistory(user) : { ...stored, run: emptyHistory.run }, past.records);
  const { moved: _moved, quiet: _quiet, worst: _worst, ...history } = replay.history;
  const forwards = listOwnForwards(observed);
  const last = stored && withStarted(stored, forwards, past, replay);
  const comparison: Comparison = { observed, user, permissions, forwards, past, last, replay };
  const { stopped, undecided, unjudged } = findStopped(comparison);
  const atRest = new Set(forwards.flatMap((row) => (row.status === 1 ? [] : [row.id])));
  // One that its customer starts while it is held is paused again, and starts with the others.
  const isParked = (id: number): boolean => atRest.has(id) || past.held.forward(id);
  const isZero = [...permissions, user].every((row) => sumBytes(row) === 0);
  return {
    last,
    history: {
      ...history,
      ...updateShown(comparison),
      ...updatePending(comparison),
      ...findMoved(replay.history, forwards, observed),
      ...findWorst(comparison),
      createdAt: history.createdAt ?? user.createdAt,
      // A forward that can't be judged yet counts as never observed, and one that ran as running until it is.
      forwards: toForwardHistory(
        forwards.filter((row) => !undecided.has(row.id)),
        unjudged,
      ),
      stopped,
      restarted: history.restarted.filter((id) => atRest.has(id)),
      parked: Object.fromEntries(Object.entries(history.parked).filter(([id]) => isParked(Number(id)))),
      expired: findExpired(comparison),
      firstCycle: history.firstCycle ?? past.cycle,
      resetCycle: updateZeroedCycle(history.resetCycle, { cycle: past.cycle, isZero, isOwn: past.isReset }),
    },
  };
}

/**
 * Returns the history of the last observation with what is now known of forwards that rested then, have carried traffic and were written
 * to since. One that was paused in the same instant as another that ran was stopped with it: somebody had started it. What others
 * carried may be from before that instant.
 */
function withStarted(last: StoredHistory, forwards: readonly FlvxForward[], past: Past, replay: Replay): StoredHistory {
  const { reading, held, changes } = past;
  if (reading === null || changes === null) return last;
  const isWritten = (row: FlvxForward): boolean =>
    hasGrown(last, row) &&
    compareInstant({ past }, row, reading) > 0 &&
    !(held.forward(row.id) || replay.paused.has(row.id) || last.parked[row.id] !== undefined);
  const written = forwards.filter(isWritten);
  if (written.length === 0) return last;
  const stopped = forwards.filter(({ id, status }) => status !== 1 && last.forwards[id]?.status === 1);
  const stops = new Set(stopped.map(({ id }) => changes.get(id)));
  const seen = written.flatMap(({ id }) => {
    const before = last.forwards[id];
    if (before === undefined) return [];
    return [[id, stops.has(changes.get(id)) ? { ...before, status: 1 } : { ...before, fresh: true as const }] as const];
  });
  return { ...last, forwards: { ...last.forwards, ...Object.fromEntries(seen) } };
}

/**
 * Speeds that have yet to reach the nodes, and connections that have yet to be cut: only of existing forwards, and while throttled. One
 * that rests since its speed is in force has no connection to cut: its customer's pause has ended them.
 */
function updatePending({ forwards, past, replay }: Comparison): Pick<FlvxHistory, 'unpushed' | 'cuts'> {
  const { unpushed, cuts } = replay.history;
  const isOpen = ({ status, tunnelId }: FlvxForward): boolean => status === 1 || unpushed.includes(tunnelId);
  return {
    unpushed: unpushed.filter((id) => forwards.some((row) => row.tunnelId === id)),
    cuts: forwards
      .filter((row) => cuts.includes(row.id) && isOpen(row) && past.held.speed(row.userId, row.tunnelId))
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
    .map(
      (row) =>
        [row.id, { factor: row.ratio * row.multiplier, ratio: row.ratio, nodes: row.entryNodes.length }] as const,
    );
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
