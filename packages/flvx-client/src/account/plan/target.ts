import type { FlvxCounters } from '../../client/records/counters.js';
import type { FlvxUserValues } from '../../client/records/user.js';
import type { MegabitsPerSecond } from '../../client/units/units.js';
import type { FlvxAssignValues } from './step.js';
import type { FlvxCommonWanted } from './wanted.js';

/** What a permission should be. Values that are left out stay as they are. */
export interface PermissionTarget {
  values: FlvxAssignValues;
  /** A limit of the service's own instead of `values.speedId`. */
  ownSpeed?: boolean;
  /** Make it, with these values besides, where it is missing. */
  whenNew?: FlvxAssignValues | null;
  /** With another speed its running forwards are paused and started again, so that their open connections end. */
  cut?: boolean;
  /** Take it away, once no forward is on it. */
  remove?: boolean;
}

/** What a forward should be. What is left out stays as it is. */
export interface ForwardTarget {
  run?: boolean;
  remoteAddr?: string;
  /** The address is one that leads away from the customer's; without it `NOWHERE` alone is. */
  away?: boolean;
  remove?: boolean;
}

/** A speed limit of the service's own that is to be there. */
export interface LimitTarget {
  name: string;
  speed: MegabitsPerSecond;
  tunnelId: number;
}

/** What an account should be: every operation is one of these, and `planAccount` the way there. */
export interface AccountTarget {
  user?: Partial<FlvxUserValues>;
  setsPassword?: boolean;
  /** By tunnel. Permissions that are not named keep their own values. */
  permissions: Map<number, PermissionTarget>;
  forwards: Map<number, ForwardTarget>;
  /** Running forwards that are to be paused and started again. One that was only paused so far is to be started by `run`. */
  cuts?: number[];
  limit?: LimitTarget | null;
  /** Own limits, of this key or one of these names, that nobody has go away, but for the ids in `keep`. */
  limits?: { key: string | null; names?: readonly string[]; keep: number[] } | null;
  reset?: FlvxCounters | null;
  common: FlvxCommonWanted;
  repauseDefault: 'all' | 'pushed';
}
