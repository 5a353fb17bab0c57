import type { FlvxForward, FlvxPermissionValues, FlvxUser } from '../../client/records.js';
import { usedOf } from '../rules.js';
import { forwardsShown } from './observed-history.js';

/** What steps and earlier observations say about an account, and the panel can't show. Small plain JSON. */
export interface FlvxHistory {
  /** Known only to the run that acted. Not stored. */
  run: {
    /** The account that a create of this run made. */
    createdUserId: number | null;
    /** The password was set in this run, or a login proved it. */
    passwordSet: boolean;
    /** Forwards that the panel reported as paused on the nodes, since the last push. */
    paused: number[];
    /** Quota values of permissions as they were before a write of this run overwrote them. */
    values: FlvxPermissionValues[];
  };
  /** The account that this is about; null where none was observed. */
  userId: number | null;
  userStatus: number;
  usedBytes: number;
  /** Status of the permissions, by tunnel. */
  permissions: Record<string, number>;
  /** The forwards at the last observation. */
  forwards: Record<string, { status: number; bytes: number }>;
  /** Forwards that ran when the panel paused them by its own rules: quota, expiry. */
  stopped: number[];
  /** Paused forwards that a push has started again and that were not paused since, although the panel still shows 0. */
  restarted: number[];
  /** Running forwards that were paused without a hold, and why: too many, tunnel not in the product, to end open connections. */
  parked: Record<string, 'surplus' | 'dropped' | 'cut'>;
  /** Where redirected forwards pointed before. */
  redirects: Record<string, string>;
  /** Where redirected forwards were pointed to. */
  away: Record<string, string>;
  /** What the panel's daily job closed when it expired. */
  expired: { user: boolean; tunnels: number[] };
  /** Tunnels of the product. */
  tunnels: number[];
  /** Tunnels of earlier products that the account still has. */
  dropped: number[];
  /** Speed limits that were given, by tunnel. */
  speeds: Record<string, number | null>;
  /** Tunnels whose speed was changed, and whose nodes have not confirmed it. */
  unpushed: number[];
  /** Forwards that ran when their throttle began, and whose open connections were not cut yet. */
  cuts: number[];
  /** Forwards that were shown as paused and were paused once more since they last ran. Their traffic is that of open connections. */
  again: number[];
  /** What a byte on each tunnel counts as, and the number of its entry nodes; as last seen. */
  scales: Record<string, { factor: number; nodes: number }>;
  /** The quota was set by a step, or was right when it was observed: from then on a difference is repaired at once. */
  ownQuota: boolean;
  /** The part of the panel's counter that is no usage of the cycle; absent in stores of earlier versions. */
  uncountedBytes?: number;
  /** The cycle in which the account was first observed. */
  firstCycle: string | null;
  /** The cycle for whose opening the counters were zeroed. */
  resetCycle: string | null;
  /** Values of permissions that are not the product's, as they were before a write overwrote them. */
  values: FlvxPermissionValues[];
}

/** The part of a history that later runs get back. */
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

/** The history of an account of which nothing is known. */
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

/** Returns the history of a stored checkpoint; null where there is none. Earlier versions called it `memo`. */
export function parseHistory(seen: unknown): StoredHistory | null {
  const { history, memo } = (seen ?? {}) as { history?: unknown; memo?: unknown };
  return readHistory(history ?? memo);
}

/** Reads a stored history; null for what is none. Keys that an earlier version did not store are added. */
export function readHistory(stored: unknown): StoredHistory | null {
  const history = stored as Partial<StoredHistory> | null | undefined;
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

/** Whether a forward that the panel showed as paused at the last observation carried traffic since: it runs, or has open connections. */
export function hasGrown(
  last: Pick<StoredHistory, 'forwards'> | null,
  row: { id: number; status: number; inBytes: number; outBytes: number },
): boolean {
  const before = last?.forwards[row.id];
  return before !== undefined && before.status !== 1 && row.status !== 1 && row.inBytes + row.outBytes > before.bytes;
}

/** Returns the tunnels that an earlier product gave and the present one does not. */
export function droppedTunnels(
  { tunnels: before, dropped }: Pick<StoredHistory, 'tunnels' | 'dropped'>,
  tunnels: readonly number[] | null,
): number[] {
  if (tunnels === null) return dropped;
  return [...new Set([...before, ...dropped])].filter((id) => !tunnels.includes(id));
}

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
