import type { TargetState } from '@sluice/panel-kind';
import { type FlvxAccount, listOwnPermissions, parseHistory } from '../account/history/history.js';
import { bytes, type GigabytesWhole, toQuota, UNLIMITED_QUOTA } from '../client/units.js';
import { toFlvxProduct } from './product.js';

/**
 * Returns the lowest quota of an account, in whole GB: the panel stops it at its own, and a tunnel at that of its permission. Null
 * without an account.
 */
export function findQuota(account: Pick<FlvxAccount, 'user' | 'permissions'>): number | null {
  if (account.user === null) return null;
  return listOwnPermissions(account).reduce<number>((low, { quota }) => Math.min(low, quota), account.user.quota);
}

/**
 * Returns the panel's own quota: the counter at the last reading that counted plus the rest of the allowance, in whole GB, rounded up.
 * What the panel shows now moves it only once a reading has counted it. The panel counts both directions, so where only one counts the
 * quota is unlimited. Null where the present quota stays.
 */
export function toPanelQuota(
  target: Pick<TargetState, 'allowance' | 'mode' | 'product' | 'counted' | 'checkpoint'>,
): GigabytesWhole | null {
  const { allowance, mode } = target;
  if (allowance === null) return null;
  if (allowance.unlimited || allowance.allowedBytes === null || mode !== 'TOTAL') return UNLIMITED_QUOTA;
  return toQuota(bytes(Math.max(0, allowance.allowedBytes + uncountedBytes(target))));
}

/**
 * Returns the part of the panel's counter that does not belong to the cycle; negative where the panel has zeroed the counter
 * within the cycle, 0 with reset day 0. Where the quota stays, it is the part that the quota was computed with.
 */
export function uncountedBytes({
  allowance,
  product,
  counted,
  checkpoint,
}: Pick<TargetState, 'allowance' | 'product' | 'counted' | 'checkpoint'>): number {
  if (allowance === null) return parseHistory(checkpoint)?.uncountedBytes ?? 0;
  if (toFlvxProduct(product).resetDay === 0 || counted === null) return 0;
  return counted.counterBytes - counted.usedBytes;
}

/** Whether all that the panel's counter shows was used by the service in the cycle: nothing of it is to be zeroed. */
export function isOfCycle({ counted }: Pick<TargetState, 'counted'>): boolean {
  return counted !== null && counted.usedBytes >= counted.counterBytes;
}
