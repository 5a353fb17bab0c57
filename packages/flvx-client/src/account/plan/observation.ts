import type { FlvxForward } from '../../client/records/forward.js';
import type { FlvxPermission, FlvxPermissionValues } from '../../client/records/permission.js';
import type { FlvxSpeedLimit } from '../../client/records/speed-limit.js';
import type { FlvxTunnel } from '../../client/records/tunnel.js';
import type { FlvxUser } from '../../client/records/user.js';
import type { EpochMs } from '../../client/units/units.js';

/** Which account is meant, and what proves that it is the service's. */
export interface FlvxScope {
  /** The panel's id, known from an earlier run: proof in itself. */
  userId?: number | null;
  /** The login name. Alone it proves nothing. */
  name?: string | null;
  /** The name is unguessable, ours, and was stored before any create with it: then it proves the account. */
  nameIsOurs?: boolean;
  /** The operator's word that the account of this name is the service's. */
  adopt?: boolean;
}

/** What the panel cannot show and only the run that acted knows. Plain data; starts empty. */
export interface FlvxMemory {
  /** The account that a create of this run made. */
  createdUserId: number | null;
  /** The password was set in this run (or proved by a login). */
  passwordSet: boolean;
  /** Paused forwards that a push has started again, though the panel goes on showing 0. */
  restarted: number[];
  /** Forwards that the panel said it paused on the nodes, since the last push. */
  paused: number[];
  /** Tunnels whose speed was changed, and whose nodes have not confirmed it. */
  unpushed: number[];
  /** Quota values of permissions as they were before a user/update overwrote them. */
  permissionValues: FlvxPermissionValues[];
}

/** One account as the panel shows it, with all that the planners look at. */
export interface FlvxObservation {
  /** The panel's own clock at the reading. */
  at: EpochMs;
  scope: FlvxScope;
  /** The account that is provably meant; null where there is none. */
  user: FlvxUser | null;
  /** Accounts of the same unguessable name beside it: left by a create whose answer was lost twice. */
  duplicates: FlvxUser[];
  /** Accounts of that name that are not provably the service's. */
  strangers: FlvxUser[];
  /** Of the user and his duplicates, with the true status. */
  permissions: FlvxPermission[];
  /** Of the user and his duplicates. */
  forwards: FlvxForward[];
  /** All tunnels of the panel. */
  tunnels: readonly FlvxTunnel[];
  /** All speed limits of the panel. */
  speedLimits: readonly FlvxSpeedLimit[];
  /** How many permissions of all users have each speed limit. */
  speedUse: Readonly<Record<number, number>>;
  /** Whether the wanted password opens the account; null where nobody asked or it can't be told. */
  password: boolean | null;
  memory: FlvxMemory;
}

/** A memory that knows nothing. */
export function emptyMemory(): FlvxMemory {
  return { createdUserId: null, passwordSet: false, restarted: [], paused: [], unpushed: [], permissionValues: [] };
}
