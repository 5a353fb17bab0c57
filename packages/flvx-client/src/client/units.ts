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
