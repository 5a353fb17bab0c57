/** Brands a number with its unit, so that two units can't be mixed up. */
declare const unit: unique symbol;

/** Whole gigabytes of 2^30 bytes: the unit of every quota (`flow`) of users and permissions. */
export type GigabytesWhole = number & { readonly [unit]: 'GB' };
/** Whole bytes: the unit of the counters. */
export type Bytes = number & { readonly [unit]: 'bytes' };
/** An instant in Unix milliseconds. */
export type EpochMs = number & { readonly [unit]: 'ms' };
/** An instant in Unix seconds: only a token's `exp`. */
export type EpochSeconds = number & { readonly [unit]: 's' };
/** Megabits per second: the unit of speed limits. */
export type MegabitsPerSecond = number & { readonly [unit]: 'Mbit/s' };

const bytesPerGigabyte = 2 ** 30;

/** The panel computes the quota as flow * 2^30 in a signed 64-bit number: from 2^33 on it turns negative. */
const highestQuota = 2 ** 33 - 1;

/** The quota for "no limit". The panel has none (0 blocks), so a large quota is used (docs/panels/flvx.md, H5). */
export const UNLIMITED_QUOTA = 99_999 as GigabytesWhole;

function whole(value: number, unit: string, highest: number): number {
  if (!Number.isInteger(value) || value < 0 || value > highest) {
    throw new FlvxValueError(
      `${value} is not a whole number of ${unit} between 0 and ${highest}. Pass a whole number.`,
    );
  }
  return value;
}

/**
 * Returns a quota in whole GB (2^30 bytes), 0 to 2^33 - 1. 0 blocks the account: it does not mean "unlimited".
 *
 * @throws {FlvxValueError} for fractions (the panel would silently use its default), negative and too large numbers.
 */
export function gigabytes(value: number): GigabytesWhole {
  return whole(value, 'gigabytes', highestQuota) as GigabytesWhole;
}

/** Returns a number of whole bytes. @throws {FlvxValueError} */
export function bytes(value: number): Bytes {
  return whole(value, 'bytes', Number.MAX_SAFE_INTEGER) as Bytes;
}

/** Returns an instant in Unix milliseconds. @throws {FlvxValueError} */
export function epochMs(value: number): EpochMs {
  return whole(value, 'milliseconds', Number.MAX_SAFE_INTEGER) as EpochMs;
}

/** Returns an instant in Unix seconds. @throws {FlvxValueError} */
export function epochSeconds(value: number): EpochSeconds {
  return whole(value, 'seconds', Number.MAX_SAFE_INTEGER) as EpochSeconds;
}

/** Returns a speed in Mbit/s, 1 or more (0 means no limit on the panel's nodes). @throws {FlvxValueError} */
export function megabits(value: number): MegabitsPerSecond {
  if (value === 0) throw new FlvxValueError('A speed of 0 Mbit/s means no limit on the panel. Pass 1 or more.');
  return whole(value, 'megabits per second', 1_000_000) as MegabitsPerSecond;
}

/** Returns the quota of at least this many bytes: whole GB, rounded up. @throws {FlvxValueError} above 2^33 - 1 GB. */
export function toQuota(size: Bytes): GigabytesWhole {
  return gigabytes(Math.ceil(size / bytesPerGigabyte));
}

/** Returns the bytes of a quota. */
export function toBytes(quota: GigabytesWhole): Bytes {
  return (quota * bytesPerGigabyte) as Bytes;
}

/** Returns the instant of a token's `exp` in milliseconds. */
export function toEpochMs(seconds: EpochSeconds): EpochMs {
  return (seconds * 1000) as EpochMs;
}

/** Returns an instant of the panel as ISO text; null for an invalid one. */
export function toIso(ms: number): string | null {
  const date = new Date(ms);
  return ms > 0 && Number.isFinite(date.getTime()) ? date.toISOString() : null;
}

/** A value that the panel would misread; nothing was sent. */
export class FlvxValueError extends Error {
  override readonly name = 'FlvxValueError';
  readonly code = 'value_out_of_range';
}

/** The four values that the panel keeps for a user and, separately, for each permission of the user. */
export interface FlvxQuotaValues {
  /** `flow`: whole GB of 2^30 bytes; 0 blocks. */
  quota: GigabytesWhole;
  /** `num`: shown by the panel, not enforced. */
  maxForwards: number;
  /** `expTime`. The panel acts on it at the next report of traffic or at 00:00:05 of its own time zone. */
  expiresAt: EpochMs;
  /** `flowResetTime`: day of the month on which the panel zeroes the counters; 0 is never. */
  resetDay: number;
}

/** The values that every user/update writes. */
export interface FlvxUserValues extends FlvxQuotaValues {
  /** The login name. Customers may change it, so it is not a key. */
  name: string;
  /** 1 active, 0 disabled: the login is refused, traffic continues. */
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

/** Values that `permissions.assign` writes. Absent values stay. */
export interface FlvxAssignValues extends Partial<FlvxQuotaValues> {
  status?: number;
  /** Id of a limit, or null for none. */
  speedId?: number | null;
}

/** A permission's own quota values, to restore after a user/update has overwritten them. */
export interface FlvxPermissionValues extends FlvxQuotaValues {
  tunnelId: number;
}

/** A forward that a customer created (docs/panels/flvx.md, 6.1). */
export interface FlvxForward {
  id: number;
  userId: number;
  /** At the creation of the forward; a rename does not change it. */
  userName: string;
  name: string;
  tunnelId: number;
  tunnelName: string;
  /** `ip:port`, several separated by commas; null without an entry. */
  listens: string | null;
  port: number | null;
  /** `host:port`, several separated by commas. */
  remoteAddr: string;
  strategy: string;
  /** Counters of the forward; no reset touches them. */
  inBytes: Bytes;
  outBytes: Bytes;
  createdAt: EpochMs;
  /** 1 running, 0 paused: the panel's record, which may differ from the node's state. */
  status: number;
  order: number;
}

/** A node's part in a tunnel. */
export interface FlvxTunnelNode {
  nodeId: number;
  order: number;
}

/** A tunnel (docs/panels/flvx.md, 5.1). */
export interface FlvxTunnel {
  id: number;
  name: string;
  /** 1 port forward, 2 tunnel forward (with exit nodes). */
  type: number;
  /** 0: no forward can be created or edited on it; running ones continue. */
  status: number;
  /** `flow`: the integer billing multiplier. */
  multiplier: number;
  /** `trafficRatio`: the billing ratio, may be fractional. */
  ratio: number;
  /** Entry addresses as one text, null where none are set. */
  addresses: string | null;
  entryNodes: FlvxTunnelNode[];
  exitNodes: FlvxTunnelNode[];
  chainNodes: FlvxTunnelNode[][];
  order: number;
  createdAt: EpochMs;
}

/** A node (docs/panels/flvx.md, 5.2), without the token of a federated panel. */
export interface FlvxNode {
  id: number;
  name: string;
  address: string;
  /** As last written by the panel: after a crash of the panel, a node that is offline is still shown as online. */
  online: boolean;
  /** Version of the node's agent, null when unknown. */
  version: string | null;
  /** A node of another panel. */
  remote: boolean;
  /** Why a remote node could not be read. */
  syncError: string | null;
}

/** A speed limit. Each node has one bucket for all services that name it, and keeps its first speed (docs/panels/flvx.md, 5.4). */
export interface FlvxSpeedLimit {
  id: number;
  name: string;
  speed: MegabitsPerSecond;
  tunnelId: number;
  tunnelName: string;
  status: number;
  createdAt: EpochMs;
  updatedAt: EpochMs | null;
}

/** A group of users (docs/panels/flvx.md, 8.1). */
export interface FlvxUserGroup {
  id: number;
  name: string;
  status: number;
  userIds: number[];
}

/** A group of tunnels. */
export interface FlvxTunnelGroup {
  id: number;
  name: string;
  status: number;
  tunnelIds: number[];
}

/** A grant: the users of a group have permissions for the tunnels of another. */
export interface FlvxGroupGrant {
  id: number;
  userGroupId: number;
  tunnelGroupId: number;
}
