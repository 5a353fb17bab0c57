import { type Bytes, type GigabytesWhole, toBytes, UNLIMITED_QUOTA } from './records.js';

const BYTES_PER_GB = 2 ** 30;
const BYTES_PER_DECIMAL_GB = 10 ** 9;
/** From 2^33 GB on, the panel's limit is any number (docs/panels/flvx.md, H5). */
const OVERFLOW = 2 ** 33;

/** Whether a quota in GB is none that anybody sells: an exbibyte or more. */
export function isImpossibleQuota(quota: number): boolean {
  return quota >= BYTES_PER_GB;
}

/**
 * Returns the bytes that a quota means which was written in bytes where the panel has GB, as its old module for WHMCS writes them into
 * permissions: a multiple of 2^30, or of 10^9 where the panel can't count so many GB. Null for every other quota.
 */
export function parseByteQuota(quota: number): number | null {
  if (!isImpossibleQuota(quota) || !Number.isSafeInteger(quota)) return null;
  return quota % BYTES_PER_GB === 0 || (quota >= OVERFLOW && quota % BYTES_PER_DECIMAL_GB === 0) ? quota : null;
}

/** Returns the bytes of a quota; null for one that is not a size: a negative one, or more than Sluice can count. */
export function toSize(quota: GigabytesWhole): Bytes | null {
  const size = toBytes(quota);
  return quota >= 0 && Number.isSafeInteger(size) ? size : null;
}

/** Whether a quota limits nothing: that of Sluice for none, or more than Sluice can count in bytes, as far as the panel can. */
export function isUnlimitedQuota(quota: number): boolean {
  const isBeyond = quota * BYTES_PER_GB > Number.MAX_SAFE_INTEGER && quota < OVERFLOW && parseByteQuota(quota) === null;
  return quota === UNLIMITED_QUOTA || isBeyond;
}
