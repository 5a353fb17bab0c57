import type { Bytes } from '../units/units.js';
import type { FlvxQuotaValues } from './user.js';

/** A user's right to a tunnel as `backup/export` returns it: the only read with the true `status` (docs/panels/flvx.md, 4.1 and 8.2). */
export interface FlvxPermission extends FlvxQuotaValues {
  id: number;
  userId: number;
  tunnelId: number;
  /** 1 enabled, 0 closed: no new or edited forwards, and traffic is stopped at the next report. */
  status: number;
  /** The speed limit, null where there is none (the panel's 0 included). The limit itself may be gone. */
  speedId: number | null;
  inBytes: Bytes;
  outBytes: Bytes;
}

/** A permission as `tunnel/user/list` returns it. It has no status: the panel prints the constant 1 there. */
export interface FlvxListedPermission extends Omit<FlvxPermission, 'status'> {
  /** Empty where the tunnel is gone. */
  tunnelName: string;
  /** The tunnel's billing multiplier. */
  multiplier: number;
  speedLimitName: string | null;
}

/** Values that `permissions.assign` writes. The panel keeps those that are absent. */
export interface FlvxAssignValues extends Partial<FlvxQuotaValues> {
  status?: number;
  /** Id of a limit, or null for none. Absent: kept. */
  speedId?: number | null;
}

/** What identifies a permission's own quota values: kept where a user/update would overwrite them. */
export interface FlvxPermissionValues extends FlvxQuotaValues {
  tunnelId: number;
}
