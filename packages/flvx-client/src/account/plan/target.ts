import type { FlvxAssignValues, FlvxPermissionValues, FlvxUserValues } from '../../client/records.js';
import type { MegabitsPerSecond } from '../../client/units.js';
import type { FlvxCounters } from './values.js';

/** What a permission should look like. Absent values stay as they are. */
export interface FlvxPermissionTarget {
  values: FlvxAssignValues;
  /** The limit of the account's own (`limit` of the target) instead of `values.speedId`. */
  ownSpeed?: boolean;
  /** Create it where it is missing, with these values in addition. */
  whenNew?: FlvxAssignValues | null;
  /** When its speed changes, pause its running forwards and start them again: that ends their open connections. */
  cut?: boolean;
  /** Remove it once no forward is on it. */
  remove?: boolean;
}

/** What a forward should look like. Absent values stay as they are. */
export interface FlvxForwardTarget {
  /** False: paused. True: started. Absent: a forward that the panel shows as paused stays paused. */
  run?: boolean;
  remoteAddr?: string;
  /** Whether `remoteAddr` is a redirect. Absent: only `127.0.0.1:9` counts as one. */
  away?: boolean;
  remove?: boolean;
}

/** What an account should look like. `planAccount` returns the steps to it. */
export interface FlvxAccountTarget {
  user?: Partial<FlvxUserValues>;
  /** Set the password that is handed to `execute`. */
  setsPassword?: boolean;
  /** By tunnel. Permissions that are not named keep their own values. */
  permissions: ReadonlyMap<number, FlvxPermissionTarget>;
  /** By forward. */
  forwards: ReadonlyMap<number, FlvxForwardTarget>;
  /** Running forwards to pause and start again. One that was only paused so far is started by `run`. */
  cuts?: readonly number[];
  /** The account's own speed limit (`ownLimitName`); created where it is missing. */
  limit?: { name: string; speed: MegabitsPerSecond; tunnelId: number } | null;
  /** Own limits, of this key or one of these names, that are deleted once no permission has them, except the ids in `keep`. */
  limits?: { key: string | null; names?: readonly string[]; keep: readonly number[] } | null;
  /** Zero the counters, unless they were zeroed since this reading. */
  reset?: FlvxCounters | null;
  /**
   * Which forwards that the panel shows as paused are paused once more, because they may run all the same: `all` of the
   * account, `pushed` only those that the plan's own steps start again, or these ids in addition (for example those whose
   * counters grew). `all` needs no history, so use it when an earlier run was broken off.
   */
  repause: 'all' | 'pushed' | readonly number[];
  /**
   * Quota values of permissions as they were before a broken-off run overwrote them (`prior.permissions` of its
   * `update-user`). They are restored unless `permissions` names others.
   */
  keep?: readonly FlvxPermissionValues[];
}

/** The account's own speed limit. */
export type LimitTarget = NonNullable<FlvxAccountTarget['limit']>;
