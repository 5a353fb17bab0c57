import { formatBytes, usageInMode } from '@sluice/quota-core';
import { isOfLimit } from '../run/limits.js';
import type { Explanation } from '../services/explain.js';
import type { ServiceView } from '../services/views.js';

/** Returns the used bytes of the direction that counts; null where they are unknown. */
export function usedBytes({ usage, mode }: Pick<ServiceView, 'usage' | 'mode'>): number | null {
  return usage && usageInMode(usage, mode === 'IN' || mode === 'OUT' ? mode : 'TOTAL');
}

/** Describes the usage of a service: `119.52 GB of 100 GB (119%) are used`. */
export function describeUsed(service: Pick<ServiceView, 'usage' | 'mode' | 'allowance'>): string {
  const used = usedBytes(service);
  if (used === null) return 'its usage is unknown';
  const allowed = service.allowance?.allowedBytes ?? null;
  if (allowed === null) return `${formatBytes(used)} are used, without a limit`;
  const share = allowed === 0 ? '' : ` (${Math.floor((used / allowed) * 100)}%)`;
  return `${formatBytes(used)} of ${formatBytes(allowed)}${share} are used`;
}

/**
 * Returns whether a protection keeps a hold with this reason from restricting, or for a quota or limit a release until a date.
 * Under `observe`, a service would not be held for such a reason.
 */
export function isWithheld(
  { service, released }: { service: Pick<Explanation['service'], 'protected'> } & Pick<Explanation, 'released'>,
  reason: string,
): boolean {
  return service.protected || (released !== null && isOfLimit({ reason }));
}
