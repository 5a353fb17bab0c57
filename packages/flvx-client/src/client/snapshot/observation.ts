import type { FlvxForward } from '../records/forward.js';
import type { FlvxPermission } from '../records/permission.js';
import type { FlvxSpeedLimit } from '../records/speed-limit.js';
import type { FlvxTunnel } from '../records/tunnel.js';
import type { FlvxUser } from '../records/user.js';
import type { EpochMs } from '../units/units.js';

/** Which account is meant, and what proves that it belongs to the service. */
export interface FlvxScope {
  /** The panel's id, known from an earlier run: proof in itself. */
  userId?: number | null;
  /** The login name. Alone it proves nothing. */
  name?: string | null;
  /** The name is unguessable and was stored before any create with it: then it proves the account. */
  nameIsOurs?: boolean;
  /** The operator confirms that the account of this name belongs to the service. */
  adopt?: boolean;
}

/** One account as the panel shows it, with everything that the planners read. */
export interface FlvxObservation {
  /** The panel's own clock at the reading. */
  at: EpochMs;
  scope: FlvxScope;
  /** The account that is provably meant; null where there is none. */
  user: FlvxUser | null;
  /** Other accounts of the same unguessable name: left by a create whose answer was lost twice. */
  duplicates: FlvxUser[];
  /** Accounts of that name that do not provably belong to the service. */
  strangers: FlvxUser[];
  /** Permissions of the user and the duplicates, with the true status. */
  permissions: FlvxPermission[];
  /** Forwards of the user and the duplicates. */
  forwards: FlvxForward[];
  /** All tunnels of the panel. */
  tunnels: readonly FlvxTunnel[];
  /** All speed limits of the panel. */
  speedLimits: readonly FlvxSpeedLimit[];
  /** Number of permissions, of all users, that have each speed limit. */
  speedUse: Readonly<Record<number, number>>;
  /** Whether the given password opens the account; null where none was given or it can't be found out. */
  password: boolean | null;
}
