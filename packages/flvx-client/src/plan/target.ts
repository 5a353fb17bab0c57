import type { FlvxCounters } from '../records/counters.js';
import type { FlvxUserValues } from '../records/user.js';
import type { MegabitsPerSecond } from '../units/units.js';
import type { FlvxAssignValues } from './step.js';
import type { FlvxCommonWanted } from './wanted.js';

/** What a permission should be. Values that are left out stay as they are. */
export interface PermissionTarget {
  values: FlvxAssignValues;
  /** A limit of the service's own instead of `values.speedId`. */
  ownSpeed?: boolean;
  /** Make it, with these values besides, where it is missing. */
  whenNew?: FlvxAssignValues | null;
  /** Take it away, once no forward is on it. */
  remove?: boolean;
}

/** What a forward should be. What is left out stays as it is. */
export interface ForwardTarget {
  run?: boolean;
  remoteAddr?: string;
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
  limit?: LimitTarget | null;
  /** Own limits of this key that nobody has go away, but for these ids. */
  limits?: { key: string; keep: number[] } | null;
  reset?: FlvxCounters | null;
  common: FlvxCommonWanted;
  repauseDefault: 'all' | 'pushed';
}
