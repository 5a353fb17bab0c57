import type { FlvxPermissionValues } from '../../client/records/permission.js';
import type { FlvxQuotaValues } from '../../client/records/user.js';
import type { MegabitsPerSecond } from '../../client/units/units.js';

/** The speed of a service: none, a limit of the panel's shared with others, or one of the service's own. */
export type FlvxSpeed =
  | { kind: 'none' }
  | { kind: 'shared'; limitId: number }
  /** `key` names the service's own limits (`sluice:KEY:50M`): the account's unguessable name is a good one. */
  | { kind: 'own'; key: string; speed: MegabitsPerSecond };

/** What every plan may be told besides. */
export interface FlvxCommonWanted {
  /**
   * Which forwards that the panel shows as paused are paused once more, because they may run all the same: `all` of the
   * account, `pushed` only those that the plan's own steps start again, or these ids as well (for example those whose counters
   * grew). Without it the target's `repauseDefault` counts: `all` needs no memory for a repeat after a failure, with `pushed` say
   * `all` after a run that was broken off.
   */
  repause?: 'all' | 'pushed' | number[];
  /**
   * Quota values of permissions as they were before a broken-off run overwrote them (`prior.permissions` of its `update-user`):
   * they are given back unless the target wants others.
   */
  keep?: FlvxPermissionValues[];
}

/** For `planEnsureUser`. */
export interface FlvxEnsureUserWanted extends FlvxQuotaValues, FlvxCommonWanted {
  /** The login name for a new account. An account that exists keeps its own. */
  name: string;
  /** Of a new account (default 1). An account that exists keeps its own. */
  status?: 0 | 1;
  /** Set the password that goes with the operation also on an account that exists. */
  setPassword?: boolean;
}

/** For `planChangePassword`; the password itself goes apart. */
export type FlvxChangePasswordWanted = FlvxCommonWanted;

/** For `planTerminate`. */
export interface FlvxTerminateWanted {
  /** Key of the service's own speed limits, which go too. */
  speedKey?: string | null;
  /** Names of others that are its own, from before. */
  speedNames?: readonly string[];
}
