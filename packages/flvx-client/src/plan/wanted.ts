import type { FlvxCounters } from '../records/counters.js';
import type { FlvxPermissionValues } from '../records/permission.js';
import type { FlvxQuotaValues } from '../records/user.js';
import type { EpochMs, GigabytesWhole, MegabitsPerSecond } from '../units/units.js';
import type { FlvxEvidence, FlvxHold } from './evidence.js';

/** The speed of a service: none, a limit of the panel's shared with others, or one of the service's own. */
export type FlvxSpeed =
  | { kind: 'none' }
  | { kind: 'shared'; limitId: number }
  /** `key` names the service's own limits (`sluice:KEY:50M`): the account's unguessable name is a good one. */
  | { kind: 'own'; key: string; speed: MegabitsPerSecond };

/** What every operation may be told besides. */
export interface FlvxCommonWanted {
  /**
   * Which forwards that the panel shows as paused are paused once more, because they may run all the same: `all` of the
   * account, `pushed` only those that the plan's own steps start again, or these ids as well (for example those whose counters
   * grew). Default `all` for suspend, resume, renew, change of package and permissions, so that a repeat after a failure needs
   * no memory; `pushed` for all else: there, say `all` after a run that was broken off.
   */
  repause?: 'all' | 'pushed' | number[];
  /**
   * Quota values of permissions as they were before a broken-off run overwrote them (`prior.permissions` of its `update-user`):
   * they are given back unless the operation wants others.
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

/** For `planEnsurePermission`. */
export interface FlvxEnsurePermissionWanted extends FlvxQuotaValues, FlvxCommonWanted {
  tunnels: number[];
  speed: FlvxSpeed;
  /** Of a new permission (default 1). One that exists keeps its own. */
  status?: 0 | 1;
  /** Key of the service's own limits: those that nobody has any more go away. `speed` of kind `own` says it already. */
  speedKey?: string | null;
}

/** For `planSuspend`. */
export interface FlvxSuspendWanted extends FlvxCommonWanted {
  hold: FlvxHold;
  /** What earlier runs for the same hold recorded. */
  evidence: FlvxEvidence | null;
  /** Forwards that ran at the last reading although the panel shows 0 now (it pauses by itself at its quota). */
  ranBefore?: number[];
  /** For `throttle`: the speed. */
  throttle?: { key: string; speed: MegabitsPerSecond };
  /** For `throttle`: the panel's own quota meanwhile, which would otherwise stop the traffic altogether. */
  quota?: GigabytesWhole;
  /** For `throttle`: forwards to start again, which the panel paused by itself at its quota. */
  resumeForwards?: number[];
}

/** For `planResume`. */
export interface FlvxResumeWanted extends FlvxCommonWanted {
  evidence: FlvxEvidence;
  /** The hold that stays after this one is gone: what it needs is left as it is. */
  remaining?: FlvxHold | null;
  /** Further forwards to start, which the panel paused by itself. */
  resumeForwards?: number[];
  /** The product's speed. Without it a throttled service gets back the limit of before, or none where that is gone. */
  speed?: FlvxSpeed;
}

/** For `planRenew`. */
export interface FlvxRenewWanted extends FlvxCommonWanted {
  expiresAt: EpochMs;
  /** Also these, where they change with the new period. */
  quota?: GigabytesWhole;
  maxForwards?: number;
  resetDay?: number;
  /** The service's own permissions; all of the user's when left out. */
  tunnels?: number[];
  /** Open the user and these permissions where they are closed: the panel's daily job closes them when they expire. */
  reopen?: boolean;
  /** Zero the counters if they have not been since this reading. */
  reset?: FlvxCounters | null;
  /** A hold that ends with the renewal. */
  resume?: { evidence: FlvxEvidence; speed?: FlvxSpeed } | null;
  /** A hold that stays. */
  remaining?: FlvxHold | null;
  /** Forwards to start again that ran before the panel stopped them. */
  resumeForwards?: number[];
}

/** For `planChangePackage`. */
export interface FlvxChangePackageWanted extends FlvxCommonWanted {
  quota: GigabytesWhole;
  maxForwards: number;
  resetDay: number;
  /** Only where the order moves it. */
  expiresAt?: EpochMs;
  tunnels: number[];
  /** Tunnels of the package before: those no longer in `tunnels` are taken away. Permissions of others' making stay. */
  previousTunnels: number[];
  speed: FlvxSpeed;
  /** The hold in force: a service that is held stays held, its new permissions are made closed. */
  hold?: FlvxHold | null;
  /**
   * What becomes of forwards on tunnels that are taken away. `keep` (default): paused, and their permission closed, not removed;
   * `delete`: deleted with their permission.
   */
  droppedForwards?: 'keep' | 'delete';
  /** Key of the service's own limits: those that nobody has any more go away. `speed` of kind `own` says it already. */
  speedKey?: string | null;
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

/** For `planSetQuota`. */
export interface FlvxSetQuotaWanted extends FlvxCommonWanted {
  quota: GigabytesWhole;
  /** The service's own permissions; all of the user's when left out. */
  tunnels?: number[];
}

/** For `planResetCounters`. */
export interface FlvxResetCountersWanted {
  /** The counters as read before the reset was ordered: a fall below them shows that it was done. */
  reading: FlvxCounters;
}

/** For `planPauseForwards` and `planResumeForwards`. */
export interface FlvxForwardsWanted {
  forwardIds: number[];
}
