import type { Bytes, EpochMs, GigabytesWhole } from '../units/units.js';

/** The four values that the panel keeps for a user and, separately, for each permission of the user. */
export interface FlvxQuotaValues {
  /** `flow`: whole GB of 2^30 bytes; 0 blocks. */
  quota: GigabytesWhole;
  /** `num`: shown by the panel, enforced by nobody. */
  maxForwards: number;
  /** `expTime`. The panel acts on it at the next report of traffic or at 00:00:05 of its own time zone. */
  expiresAt: EpochMs;
  /** `flowResetTime`: day of the month on which the panel zeroes the counters; 0 is never. */
  resetDay: number;
}

/** What a user/update writes: every one of these, always. */
export interface FlvxUserValues extends FlvxQuotaValues {
  /** The login name. Customers may change it, so it is not a key. */
  name: string;
  /** 1 active, 0 disabled (the login is refused; nothing stops by it). */
  status: number;
}

/** A customer's account (docs/panels/flvx.md, 3.1). Administrators are never listed. */
export interface FlvxUser extends FlvxUserValues {
  id: number;
  /** `inFlow`: billed bytes sent by the customer's clients. */
  inBytes: Bytes;
  /** `outFlow`: billed bytes received by the customer's clients. */
  outBytes: Bytes;
  createdAt: EpochMs;
  updatedAt: EpochMs | null;
}
