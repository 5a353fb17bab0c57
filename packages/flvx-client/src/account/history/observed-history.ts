import type { FlvxObservation } from '../../client/observation.js';
import type { FlvxForward, FlvxPermissionValues, FlvxUser } from '../../client/records.js';
import { NOWHERE } from '../plan/plan-forwards.js';
import { hasOwnValues } from '../plan/values.js';
import { isExpired, isUsedUp, usedOf, type Ruled } from '../rules.js';
import { emptyHistory, newHistory, type FlvxHistory, type StoredHistory } from './history.js';
import { Replay, type StepRecord } from './record-step.js';

/** What is known from before an observation. */
export interface Past {
  /** The history at the last observation; null where there was none. */
  last: StoredHistory | null;
  /** The steps since then, oldest first. */
  records: readonly StepRecord[];
  /** The open cycle; null where there is none. */
  cycle: string | null;
  /** Which parts of the account a hold has restricted. */
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

/** The pieces that the rules below compare. */
interface Comparison {
  observed: FlvxObservation;
  user: FlvxUser;
  past: Past;
  last: StoredHistory | null;
  replay: Replay;
}

/**
 * Brings the history of the last observation up to date: adds the steps since, then compares it with what the panel shows now.
 * Null without a user. Pure.
 */
export function observeHistory(observed: FlvxObservation, past: Past): ObservedHistory | null {
  const { user } = observed;
  if (user === null) return null;
  const last = past.last?.userId === user.id ? past.last : null;
  const replay = new Replay(last === null ? newHistory(user) : { ...last, run: emptyHistory.run }, past.records);
  const { history } = replay;
  const comparison: Comparison = { observed, user, past, last, replay };
  const { stopped, undecided } = findStopped(comparison);
  const shown = shownNow(observed, history);
  const atRest = new Set(ownForwards(observed).flatMap((row) => (row.status === 1 ? [] : [row.id])));
  return {
    last,
    history: {
      ...history,
      ...shown,
      ...pendingPushes(comparison),
      // One that can't be judged yet stays one that was never observed.
      forwards: Object.fromEntries(Object.entries(shown.forwards).filter(([id]) => !undecided.has(Number(id)))),
      stopped,
      restarted: history.restarted.filter((id) => atRest.has(id)),
      parked: Object.fromEntries(Object.entries(history.parked).filter(([id]) => atRest.has(Number(id)))),
      expired: findExpired(comparison),
      firstCycle: history.firstCycle ?? past.cycle,
      // Counters that stand at zero need no reset in this cycle.
      resetCycle:
        history.resetCycle === null || isZero(observed) ? (past.cycle ?? history.resetCycle) : history.resetCycle,
    },
  };
}

/** Speeds that have yet to reach the nodes, and connections that have yet to be cut: only of what exists, and while it is throttled. */
function pendingPushes({ observed, past, replay }: Comparison): Pick<FlvxHistory, 'unpushed' | 'cuts'> {
  const { unpushed, cuts } = replay.history;
  const forwards = ownForwards(observed);
  return {
    unpushed: unpushed.filter((id) => forwards.some((row) => row.tunnelId === id)),
    cuts: forwards
      .filter((row) => cuts.includes(row.id) && past.held.speed(row.userId, row.tunnelId))
      .map((row) => row.id),
  };
}

type Shown = Pick<
  FlvxHistory,
  'userStatus' | 'usedBytes' | 'permissions' | 'forwards' | 'redirects' | 'away' | 'again' | 'scales' | 'values'
>;

/** What the panel shows now, as far as a later observation is compared with it. */
function shownNow(observed: FlvxObservation, history: FlvxHistory): Shown {
  const { user } = observed;
  const rows = observed.permissions.filter((row) => row.userId === user?.id);
  const forwards = ownForwards(observed);
  const isAway = (row: FlvxForward): boolean => [history.away[row.id], NOWHERE].includes(row.remoteAddr);
  const away = new Set(forwards.filter(isAway).map((row) => String(row.id)));
  return {
    userStatus: user?.status ?? 0,
    usedBytes: user === null ? 0 : usedOf(user),
    permissions: Object.fromEntries(rows.map((row) => [row.tunnelId, row.status])),
    forwards: forwardsShown(forwards),
    redirects: Object.fromEntries(Object.entries(history.redirects).filter(([id]) => away.has(id))),
    again: history.again.filter((id) => forwards.some((row) => row.id === id && row.status !== 1)),
    scales: observed.tunnels.length === 0 ? history.scales : scalesOf(observed),
    away: Object.fromEntries(Object.entries(history.away).filter(([id]) => away.has(id))),
    values: history.values.filter((own: FlvxPermissionValues) => {
      const row = rows.find((one) => one.tunnelId === own.tunnelId);
      return row !== undefined && hasOwnValues(row, own);
    }),
  };
}

/** Returns forwards as a history keeps them. */
export function forwardsShown(forwards: readonly FlvxForward[]): FlvxHistory['forwards'] {
  return Object.fromEntries(forwards.map((row) => [row.id, { status: row.status, bytes: usedOf(row) }]));
}

/** How the tunnels of the account count. The long lists alone don't show it. */
function scalesOf({ tunnels, permissions, user }: FlvxObservation): FlvxHistory['scales'] {
  const own = new Set(permissions.filter((row) => row.userId === user?.id).map((row) => row.tunnelId));
  return Object.fromEntries(
    tunnels
      .filter((row) => own.has(row.id))
      .map((row) => [row.id, { factor: row.ratio * row.multiplier, nodes: row.entryNodes.length }]),
  );
}

/** Forwards that the panel stopped by its own rules, and those that can't be judged yet. */
function findStopped(comparison: Comparison): { stopped: number[]; undecided: ReadonlySet<number> } {
  const { observed, user, past, last, replay } = comparison;
  const { history } = replay;
  const forwards = ownForwards(observed);
  const atRest = forwards.filter((row) => row.status !== 1);
  const ran = (row: FlvxForward): boolean => last?.forwards[row.id]?.status === 1;
  // The counters were zeroed since: they no longer show that the quota stopped it.
  const zeroed = last !== null && usedOf(user) < history.usedBytes;
  const allAtRest = forwards.filter(ran).every((row) => row.status !== 1);
  const open = atRest.filter((row) => !past.held.forward(row.id));
  const known = open.filter((row) => {
    if (replay.ended.has(row.id)) return false;
    if (history.stopped.includes(row.id)) return true;
    return ran(row) && (isStoppedTunnel(comparison, row.tunnelId) || (zeroed && allAtRest));
  });
  // Created since the last observation, or before the first: when it was paused shows whether it ran.
  const unseen = open.filter(
    (row) =>
      last?.forwards[row.id] === undefined && !replay.paused.has(row.id) && isStoppedTunnel(comparison, row.tunnelId),
  );
  const decided = past.changes === null ? [] : listStoppedByPanel(unseen, known, atRest, past.changes);
  const stopped = new Set([...known, ...decided].map((row) => row.id));
  const undecided = past.changes === null ? unseen.filter((row) => !stopped.has(row.id)) : [];
  return { stopped: [...stopped], undecided: new Set(undecided.map((row) => row.id)) };
}

/** Whether the panel pauses forwards on this tunnel, by quota or expiry as they were before the steps wrote others. */
function isStoppedTunnel({ observed, user, replay }: Comparison, tunnelId: number): boolean {
  const permission = observed.permissions.find((row) => row.userId === user.id && row.tunnelId === tunnelId);
  const rows: Ruled[] = [user, replay.userBefore(user)];
  if (permission) rows.push(permission, replay.permissionBefore(permission));
  return rows.some((row) => isUsedUp(row, observed.at));
}

/** What the panel's daily job closed because it expired. */
function findExpired({ observed, user, past, last, replay }: Comparison): FlvxHistory['expired'] {
  const { expired } = replay.history;
  const wasOpen = (before: number | undefined): boolean => before === undefined || before === 1;
  const rows = observed.permissions.filter((row) => row.userId === user.id && row.status !== 1);
  return {
    user:
      user.status !== 1 &&
      !past.held.user(user.id) &&
      (expired.user || (wasOpen(last?.userStatus) && isExpired(replay.userBefore(user), observed.at))),
    tunnels: rows
      .filter((row) => !past.held.permission(user.id, row.tunnelId))
      .filter(
        (row) =>
          expired.tunnels.includes(row.tunnelId) ||
          (wasOpen(last?.permissions[row.tunnelId]) && isExpired(replay.permissionBefore(row), observed.at)),
      )
      .map((row) => row.tunnelId),
  };
}

function isZero({ user, permissions }: FlvxObservation): boolean {
  const rows = permissions.filter((row) => row.userId === user?.id);
  return [...rows, ...(user === null ? [] : [user])].every((row) => row.inBytes === 0 && row.outBytes === 0);
}

function ownForwards(observed: FlvxObservation): FlvxForward[] {
  return observed.forwards.filter((row) => row.userId === observed.user?.id);
}

/**
 * Returns the forwards that ran until the panel stopped them, among those that were never observed before. Everything that the
 * panel stops at once has the same instant; what was paused before that instant was paused by the customer. Pure.
 *
 * @param unseen paused now, on an account or tunnel that the panel stops by its own rules
 * @param known paused now, and known to have been stopped by the panel
 * @param atRest all that are paused now
 * @param changes when each forward was last written to
 */
export function listStoppedByPanel(
  unseen: readonly FlvxForward[],
  known: readonly FlvxForward[],
  atRest: readonly FlvxForward[],
  changes: ReadonlyMap<number, number>,
): FlvxForward[] {
  const shared = repeated(atRest.flatMap((row) => changes.get(row.id) ?? []));
  const stops = new Set([...shared, ...known.flatMap((row) => changes.get(row.id) ?? [])]);
  return unseen.filter((row) => {
    const at = changes.get(row.id);
    // Without an instant: a forward that carried something has run.
    if (at === undefined) return row.inBytes + row.outBytes > 0;
    const instants = atRest.filter((one) => one.tunnelId === row.tunnelId).flatMap((one) => changes.get(one.id) ?? []);
    const byPanel = instants.filter((instant) => stops.has(instant));
    // Where each was paused by itself, the last one is what ran when the panel stopped it.
    return at >= (byPanel.length > 0 ? Math.min(...byPanel) : Math.max(...instants));
  });
}

function repeated(instants: readonly number[]): number[] {
  return instants.filter((instant, index) => instants.indexOf(instant) !== index);
}
