import type { FlvxPermissionValues, FlvxUser } from '@sluice/flvx-client';
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
  /** Where forwards pointed that Sluice has pointed nowhere. */
  redirects: Record<string, string>;
  /** What the panel's daily job closed when it expired. */
  expired: { user: boolean; tunnels: number[] };
  /** Tunnels that the product gave, and those of earlier products that are still there. */
  tunnels: number[];
  dropped: number[];
  /** Speed limits that Sluice gave, by tunnel. */
  speeds: Record<string, number | null>;
  /** Sluice has set the quota, or found it as it should be: from then on it is kept in line at once. */
  ownQuota: boolean;
  /** The cycle in which the account was first seen. */
  firstCycle: string | null;
  /** The cycle for whose opening the counters were zeroed. */
  resetCycle: string | null;
  /** Values of permissions that are not the product's, as they were before a write of ours overwrote them. */
  values: FlvxPermissionValues[];
}

/** The memory in what `keep` gave. */
export function memoIn(seen: unknown): FlvxMemo | null {
  const { memo } = (seen ?? {}) as { memo?: Partial<FlvxMemo> | null };
  return typeof memo?.userId === 'number' ? (memo as FlvxMemo) : null;
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
    ownQuota: false,
    firstCycle: null,
    resetCycle: null,
    values: [],
  };
}
