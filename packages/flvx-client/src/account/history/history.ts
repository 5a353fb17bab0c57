import type { FlvxForward, FlvxPermission, FlvxPermissionValues, FlvxUser } from '../../client/records.js';
import { sumBytes, findMoved } from '../rules.js';
import type { FlvxClient, FlvxObserveOptions } from '../../client/client.js';
import type { FlvxObservation, FlvxScope } from '../../client/observation.js';

/** What steps and earlier observations show about an account, and the panel does not. Small plain JSON. */
export interface FlvxHistory {
  /** Known only during the run; not stored. */
  run: {
    /** The account that this run created. */
    createdUserId: number | null;
    /** The password was set in this run, or a login proved it. */
    passwordSet: boolean;
    /** Forwards that were paused on the nodes since the last push. */
    paused: number[];
    /** Quota values of permissions before a write of this run overwrote them. */
    values: FlvxPermissionValues[];
  };
  /** Null where no account was observed. */
  userId: number | null;
  userStatus: number;
  /** When the account was created, as first observed: its id and this identify it; absent in stores of earlier versions. */
  createdAt?: number;
  /** The user's counters, together. */
  usedBytes: number;
  /** Status of the permissions, by tunnel. */
  permissions: Record<string, number>;
  /** The forwards at the last observation. */
  forwards: Record<
    string,
    {
      status: number;
      bytes: number;
      /** Absent in stores of earlier versions. */
      tunnelId?: number;
      /** It was read so soon after a pause that its node may yet report traffic from before it. */
      fresh?: true;
      /** It rests, and its counters were older, so that nothing has shown yet who paused it: until then it counts as running. */
      unjudged?: true;
    }
  >;
  /**
   * The tunnels from which forwards were moved, whose entry nodes serve them still, and no pause reaches; absent for none. Without the
   * tunnels, those that a pause reaches are among them.
   */
  moved?: Record<string, number[]>;
  /** Since when paused ones of them have carried nothing (ms); absent for none. */
  quiet?: Record<string, number>;
  /**
   * The worst quotas and counters while the steps of the last run that changed any were made, between `from` and `at` by the panel's clock
   * (ms): what rests since then may have been stopped by them, but for what a step has started since. Absent where no step changed any.
   */
  worst?: {
    /** Absent in stores of earlier versions. */
    from?: number;
    at: number;
    user: { quota: number; bytes: number };
    tunnels: Record<string, { quota: number; bytes: number }>;
    /** When steps started forwards, by the panel's clock (ms); absent in stores of earlier versions. */
    startedAt?: Record<string, number>;
    /** While the counters were zeroed, by the panel's clock (ms); absent where they were not, and in stores of earlier versions. */
    zeroed?: { from: number; until: number };
  };
  /** Forwards that ran when the panel paused them by its own rules: quota, expiry. */
  stopped: number[];
  /** Forwards that a push has started and no pause has stopped since, although the panel still shows 0. */
  restarted: number[];
  /**
   * Forwards that were paused without a hold: too many, tunnel not in the product, to end open connections, or left paused at the
   * end of a hold because the panel would stop them.
   */
  parked: Record<string, 'surplus' | 'dropped' | 'cut' | 'stopped'>;
  /** Where redirected forwards pointed before. */
  redirects: Record<string, string>;
  /** Where redirected forwards were pointed to. */
  away: Record<string, string>;
  /** What the panel's daily job closed. */
  expired: { user: boolean; tunnels: number[] };
  /** Tunnels of the product. */
  tunnels: number[];
  /** Tunnels of earlier products that the account still has. One of the product's own among them has yet to be opened again. */
  dropped: number[];
  /** Those of them that somebody else had closed before: they stay closed. Absent in stores of earlier versions. */
  closedBefore?: number[];
  /** Tunnels that holds had closed when the run ended; absent for none. A later run may drop one as it releases it. */
  closedByHold?: number[];
  /** Speed limits that Sluice has set, by tunnel. */
  speeds: Record<string, number | null>;
  /** Tunnels whose nodes have not confirmed a change of speed. */
  unpushed: number[];
  /** Forwards that ran when their throttle began, and whose open connections have yet to be cut. */
  cuts: number[];
  /** Forwards that were paused although they were shown as paused. Their traffic is that of open connections. */
  again: number[];
  /** Billing factor, the ratio in it, and number of entry nodes of each tunnel, as last observed; the ratio is absent in older stores. */
  scales: Record<string, { factor: number; ratio?: number; nodes: number }>;
  /** The quota was set by a step, or was observed as correct: from then on, drift is repaired at once. */
  ownQuota: boolean;
  /** The quota that another tool had set, before a step of Sluice overwrote it; null or absent for none. */
  quotaBefore?: number | null;
  /** The part of the panel's counter that does not belong to the cycle; absent in stores of earlier versions. */
  uncountedBytes?: number;
  /** The cycle in which the account was first observed. */
  firstCycle: string | null;
  /** The cycle for whose opening the counters were zeroed. */
  resetCycle: string | null;
  /** Values of permissions outside the product before a write overwrote them. */
  values: FlvxPermissionValues[];
}

/** The part of a history that is stored for later runs. */
export type StoredHistory = Omit<FlvxHistory, 'run'>;

/** Why a running forward was paused without a hold. */
export type ParkReason = FlvxHistory['parked'][string];

/** Keys that earlier versions did not store. */
const addedLater: Pick<FlvxHistory, 'unpushed' | 'cuts' | 'away' | 'again' | 'scales'> = {
  unpushed: [],
  cuts: [],
  away: {},
  again: [],
  scales: {},
};

const laterKeys = Object.keys(addedLater);

/** The history of an unknown account. */
export const emptyHistory: FlvxHistory = {
  run: { createdUserId: null, passwordSet: false, paused: [], values: [] },
  userId: null,
  userStatus: 0,
  usedBytes: 0,
  permissions: {},
  forwards: {},
  stopped: [],
  restarted: [],
  parked: {},
  redirects: {},
  expired: { user: false, tunnels: [] },
  tunnels: [],
  dropped: [],
  speeds: {},
  ...addedLater,
  ownQuota: false,
  firstCycle: null,
  resetCycle: null,
  values: [],
};

/** Returns the history of an account that is observed for the first time. */
export function newHistory({ id, status }: Pick<FlvxUser, 'id' | 'status'>): FlvxHistory {
  return { ...emptyHistory, userId: id, userStatus: status };
}

/**
 * Returns the history that an account has from the service that had it before, null where that is none or of another account: its change
 * of owner is a change of package. What its counters show belongs to no cycle of the new owner.
 */
export function inheritedHistory(
  user: Pick<FlvxUser, 'id' | 'createdAt'>,
  permissions: readonly Pick<FlvxPermission, 'tunnelId' | 'status'>[],
  former: StoredHistory | null,
): StoredHistory | null {
  const isSame = former?.userId === user.id && (former.createdAt ?? user.createdAt) === user.createdAt;
  if (former === null || !isSame) return null;
  // What somebody has opened since is no longer ours to change.
  const dropped = former.dropped.filter((id) =>
    permissions.some(({ tunnelId, status }) => tunnelId === id && status === 0),
  );
  const { uncountedBytes: _ofItsCycle, ...kept } = former;
  return { ...kept, dropped, firstCycle: null };
}

/** Returns the history of a stored checkpoint with the keys that earlier versions did not store; null where there is none. */
export function parseHistory(checkpoint: unknown): StoredHistory | null {
  // Earlier versions called it `memo`.
  type Stored = Partial<Record<'history' | 'memo', Partial<StoredHistory> | null>>;
  const { history: current, memo } = (checkpoint ?? {}) as Stored;
  const history = current ?? memo;
  if (typeof history?.userId !== 'number') return null;
  // Copied only when something is missing: a poll reads one of these for every account.
  return laterKeys.every((key) => key in history)
    ? (history as StoredHistory)
    : ({ ...addedLater, ...history } as StoredHistory);
}

/** Returns the part of a history to store. */
export function storedHistory({ run: _run, ...stored }: FlvxHistory): StoredHistory {
  return stored;
}

/** Whether a paused forward carried traffic since the last observation: it runs, or has open connections. */
export function hasGrown(
  last: Pick<StoredHistory, 'forwards'> | null,
  row: { id: number; status: number; inBytes: number; outBytes: number },
): boolean {
  const before = last?.forwards[row.id];
  return before !== undefined && before.status !== 1 && row.status !== 1 && row.inBytes + row.outBytes > before.bytes;
}

/** Whether what a paused forward carried since the last observation may be from before its pause. */
export function isLate(last: Pick<StoredHistory, 'forwards'> | null, row: Parameters<typeof hasGrown>[1]): boolean {
  return hasGrown(last, row) && last?.forwards[row.id]?.fresh === true;
}

/** Returns forwards as a history contains them; those that can't be judged yet count as running. */
export function toForwardHistory(
  forwards: readonly FlvxForward[],
  unjudged: ReadonlySet<number> = NONE,
): FlvxHistory['forwards'] {
  const toSeen = (row: FlvxForward): FlvxHistory['forwards'][string] => {
    const { status, tunnelId } = row;
    const seen = { status, bytes: sumBytes(row), tunnelId };
    return unjudged.has(row.id) ? { ...seen, status: 1, unjudged: true } : seen;
  };
  return Object.fromEntries(forwards.map((row) => [row.id, toSeen(row)]));
}

const NONE: ReadonlySet<number> = new Set();

/** Whether nothing is pending: nothing stopped, parked, redirected, closed, unconfirmed or yet to be restored. */
export function hasNothingPending(history: StoredHistory): boolean {
  const { stopped, restarted, dropped, values, unpushed, cuts, expired } = history;
  return (
    history.ownQuota &&
    history.firstCycle !== null &&
    history.resetCycle !== null &&
    history.userStatus === 1 &&
    !expired.user &&
    history.closedByHold === undefined &&
    [stopped, restarted, dropped, values, unpushed, cuts, expired.tunnels].every((list) => list.length === 0) &&
    isEmpty(history.parked) &&
    isEmpty(history.redirects)
  );
}

/** Costs less than a list of the keys: a poll asks it of every account. */
function isEmpty(known: object): boolean {
  for (const _key in known) return false;
  return true;
}

/** Whether a forward is unchanged since the last observation; a paused one must not have carried traffic. */
export function isUnchangedForward({ forwards }: StoredHistory, row: FlvxForward): boolean {
  const before = forwards[row.id];
  if (before?.status !== row.status || (before.tunnelId ?? row.tunnelId) !== row.tunnelId) return false;
  return row.status === 1 || sumBytes(row) === before.bytes;
}

/** Returns the history of an unchanged account with its present counters; the same object where they have not grown. */
export function withCounters(
  history: StoredHistory,
  user: FlvxUser,
  { forwards, permissions, at }: Pick<FlvxObservation, 'forwards' | 'permissions' | 'at'>,
  uncountedBytes: number,
): StoredHistory {
  const found = findMoved(history, forwards, { tunnels: [], at });
  const { createdAt = user.createdAt } = history;
  const usedBytes = sumBytes(user);
  // What is gone is forgotten: otherwise each poll reads a second list for it.
  const repeats =
    repeatsRows(history.permissions, permissions, (row) => history.permissions[row.tunnelId] === row.status) &&
    repeatsRows(history.forwards, forwards, (row) => repeatsForward(history, row)) &&
    Object.keys(found.quiet ?? {}).every((id) => history.quiet?.[id] !== undefined);
  if (repeats) {
    const isKnown = history.usedBytes === usedBytes && history.uncountedBytes === uncountedBytes;
    return isKnown && history.createdAt === createdAt ? history : { ...history, createdAt, usedBytes, uncountedBytes };
  }
  const { moved: _moved, quiet: _quiet, ...kept } = history;
  return {
    ...{ ...kept, createdAt, usedBytes, uncountedBytes },
    permissions: Object.fromEntries(permissions.map((row) => [row.tunnelId, row.status])),
    forwards: toForwardHistory(forwards),
    ...found,
  };
}

function repeatsRows<Row>(known: object, rows: readonly Row[], repeats: (row: Row) => boolean): boolean {
  return Object.keys(known).length === rows.length && rows.every(repeats);
}

function repeatsForward({ forwards }: StoredHistory, row: FlvxForward): boolean {
  const before = forwards[row.id];
  if (before?.status !== row.status || before.fresh === true) return false;
  return before.bytes === sumBytes(row) && before.tunnelId === row.tunnelId;
}

/** One account as the panel shows it, and its history. */
export interface FlvxAccount extends FlvxObservation {
  /** Absent: nothing is known from before. */
  history?: FlvxHistory | undefined;
  /** A reading after a step failed: the forwards may be others by now. Absent: they are as last read. */
  stale?: true;
}

/** Returns the account's history; empty where there is none. */
export function toHistory({ history }: Pick<FlvxAccount, 'history'>): FlvxHistory {
  return history ?? emptyHistory;
}

/** Reads an account and adds its history. An account that this run created is found by its id. */
export async function observeAccount(
  client: Pick<FlvxClient, 'observe'>,
  scope: FlvxScope,
  history: FlvxHistory,
  options: FlvxObserveOptions = {},
): Promise<FlvxAccount> {
  const { createdUserId } = history.run;
  const observed = await client.observe(createdUserId === null ? scope : { ...scope, userId: createdUserId }, options);
  return { ...observed, scope, history };
}

/** Returns the forwards of the user, without those of duplicates. */
export function listOwnForwards({ user, forwards }: Pick<FlvxObservation, 'user' | 'forwards'>): FlvxForward[] {
  return forwards.filter((row) => row.userId === user?.id);
}

/** Returns the permissions of the user, without those of duplicates. */
export function listOwnPermissions({
  user,
  permissions,
}: Pick<FlvxObservation, 'user' | 'permissions'>): FlvxPermission[] {
  return permissions.filter((row) => row.userId === user?.id);
}
