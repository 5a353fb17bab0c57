import type {
  FlvxAssignValues,
  FlvxPermissionValues,
  FlvxUserValues,
  MegabitsPerSecond,
} from '../../client/records.js';
import type { FlvxCounters } from './step.js';

/** Target state of a permission. Absent values stay. */
export interface FlvxPermissionTarget {
  values: FlvxAssignValues;
  /** Use the account's own limit (`limit` of the target) instead of `values.speedId`. */
  ownSpeed?: boolean;
  /** Create it where it is missing, with these values in addition. */
  whenNew?: FlvxAssignValues | null;
  /** When its speed changes, pause its running forwards and start them again: that ends their open connections. */
  cut?: boolean;
  /** Remove it after its last forward. */
  remove?: boolean;
}

/** The default address of a redirect: the discard port of the node itself. */
export const NOWHERE = '127.0.0.1:9';

/** Target state of a forward. Absent values stay. */
export interface FlvxForwardTarget {
  /** False: paused. True: started. Absent: a forward that the panel shows as paused stays paused. */
  run?: boolean;
  remoteAddr?: string;
  /** Whether `remoteAddr` is a redirect. Absent: only `127.0.0.1:9` counts as one. */
  away?: boolean;
  remove?: boolean;
}

/** Target state of an account. `planAccount` plans the steps to it. */
export interface FlvxAccountTarget {
  user?: Partial<FlvxUserValues>;
  /** Set the password that is passed to `performStep`. */
  setsPassword?: boolean;
  /** By tunnel. Permissions that are not named keep their own values. */
  permissions: ReadonlyMap<number, FlvxPermissionTarget>;
  /** By forward. */
  forwards: ReadonlyMap<number, FlvxForwardTarget>;
  /** Running forwards to pause and start again. */
  cuts?: readonly number[];
  /** The account's own speed limit (`ownLimitName`); created where it is missing. */
  limit?: { name: string; speed: MegabitsPerSecond; tunnelId: number } | null;
  /** Deletes own limits (of this key or one of these names) that no permission has, except the ids in `keep`. */
  limits?: { key: string | null; names?: readonly string[]; keep: readonly number[] } | null;
  /** Zero the counters, unless they were zeroed since this reading. */
  reset?: FlvxCounters | null;
  /**
   * Forwards that are paused again although the panel shows them as paused, because they may run, which it can't show
   * (docs/panels/flvx.md, H3): for example those whose counters grew, or all of them after an interrupted run. Forwards that the
   * plan's own steps start are paused again in any case.
   */
  repause?: readonly number[];
  /**
   * Quota values of permissions before an interrupted run overwrote them (`prior.permissions` of its `update-user`). They are
   * restored unless `permissions` names others.
   */
  keep?: readonly FlvxPermissionValues[];
}

/** The account's own speed limit. */
export type LimitTarget = NonNullable<FlvxAccountTarget['limit']>;
