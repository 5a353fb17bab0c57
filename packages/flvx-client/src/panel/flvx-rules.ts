import { bytesOf, type FlvxQuotaValues } from '../index.js';

/** An account or permission as the panel's own rules look at it. */
export interface Ruled extends Pick<FlvxQuotaValues, 'quota' | 'expiresAt'> {
  status: number;
  inBytes: number;
  outBytes: number;
}

/** Both directions together, as the panel compares them with the quota. */
export function usedOf({ inBytes, outBytes }: Pick<Ruled, 'inBytes' | 'outBytes'>): number {
  return inBytes + outBytes;
}

/** Has it run out by the panel's clock? 0 counts as expired for the daily job (docs/panels/flvx.md, 7.3). */
export function isExpired(row: { expiresAt: number }, at: number): boolean {
  return row.expiresAt <= at;
}

/** Does the panel pause all of this user's forwards at his next traffic? Above the quota, not at it. */
export function stopsUser(user: Ruled, at: number): boolean {
  return bytesOf(user.quota) < user.inBytes + user.outBytes || isExpired(user, at) || user.status !== 1;
}

/** Does the panel pause the forwards of this permission at their next traffic? From the quota on. */
export function stopsPermission(permission: Ruled, at: number): boolean {
  const used = permission.inBytes + permission.outBytes;
  return used >= bytesOf(permission.quota) || isExpired(permission, at) || permission.status !== 1;
}

/** Has the account or permission used up its quota, or run out? Then the panel stops it, whoever opened or closed it. */
export function isUsedUp(row: Ruled, at: number): boolean {
  return row.inBytes + row.outBytes >= bytesOf(row.quota) || isExpired(row, at);
}
