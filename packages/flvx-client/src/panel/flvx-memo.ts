import type { FlvxPermissionValues } from '../account/index.js';
import type { FlvxUser } from '../index.js';
import type { ParkReason } from './flvx-step.js';

/** A forward at the last look. */
export interface SeenForward {
  status: number;
  bytes: number;
}

/** What the panel can't show and later runs need: small plain JSON, kept with each decision. */
export interface FlvxMemo {
  userId: number;
  userStatus: number;
  usedBytes: number;
  /** Status of the permissions, by tunnel. */
  permissions: Record<string, number>;
  forwards: Record<string, SeenForward>;
  /** Forwards that ran when the panel paused them by its own rules: quota, expiry. */
  stopped: number[];
  /** Forwards shown as paused that a write has started again and that were not paused since. */
  restarted: number[];
  /** Running forwards that Sluice paused without a hold. */
  parked: Record<string, ParkReason>;
  /** Where forwards pointed that Sluice has redirected, and where it has pointed them. */
  redirects: Record<string, string>;
  away: Record<string, string>;
  /** What the panel's daily job closed when it expired. */
  expired: { user: boolean; tunnels: number[] };
  /** Tunnels that the product gave, and those of earlier products that are still there. */
  tunnels: number[];
  dropped: number[];
  /** Speed limits that Sluice gave, by tunnel. */
  speeds: Record<string, number | null>;
  /** Tunnels whose speed Sluice has changed, and whose nodes have not confirmed it. */
  unpushed: number[];
  /** Forwards that ran when their throttle began, and whose open connections were not cut yet. */
  cuts: number[];
  /** Forwards shown as paused that were paused once more since they were last started: what they carry then, open connections carry. */
  again: number[];
  /** What a byte on each tunnel counts as, times its entry nodes; as last seen. */
  scales: Record<string, { factor: number; nodes: number }>;
  /** Sluice has set the quota, or found it as it should be: from then on it is kept in line at once. */
  ownQuota: boolean;
  /** What of the panel's counter was no usage of the cycle; absent where an older version kept this. */
  uncountedBytes?: number;
  /** The cycle in which the account was first seen. */
  firstCycle: string | null;
  /** The cycle for whose opening the counters were zeroed. */
  resetCycle: string | null;
  /** Values of permissions that are not the product's, as they were before a write of ours overwrote them. */
  values: FlvxPermissionValues[];
}

const LATER: Pick<FlvxMemo, 'unpushed' | 'cuts' | 'away' | 'again' | 'scales'> = {
  unpushed: [],
  cuts: [],
  away: {},
  again: [],
  scales: {},
};

const LATER_KEYS = Object.keys(LATER);

/** The memory in what `keep` gave. */
export function memoIn(seen: unknown): FlvxMemo | null {
  const { memo } = (seen ?? {}) as { memo?: Partial<FlvxMemo> | null };
  if (typeof memo?.userId !== 'number') return null;
  // What an earlier version has noted lacks what came later. Copied only then: a poll reads this for every account.
  return LATER_KEYS.every((key) => key in memo) ? (memo as FlvxMemo) : ({ ...LATER, ...memo } as FlvxMemo);
}

/** The memory of an account that was never looked at. */
export function blankMemo(user: FlvxUser): FlvxMemo {
  return {
    userId: user.id,
    userStatus: user.status,
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
    ...LATER,
    ownQuota: false,
    firstCycle: null,
    resetCycle: null,
    values: [],
  };
}
