import type { TelephonyDocument } from '@sluice/contract/documents';
import type { TelephonyResource } from '@sluice/panel-kind';
import type { Leases } from '../../context/leases.js';
import type { NamedTelephony } from './panels.js';

/** Returns whether a record is gone, or is listed as one that was removed: terminated, or a number that went back to the pool. */
export function isRemoved(
  { telephony }: Pick<NamedTelephony, 'telephony'>,
  resource: TelephonyResource,
  shown: TelephonyDocument | undefined,
): boolean {
  if (shown === undefined) return true;
  const state = { status: shown['status'] ?? null, subscriberId: shown['subscriber_id'] ?? null };
  return telephony.isRemoved?.(resource, state) === true;
}

/** How a removal is made. */
export interface Removal {
  resource: TelephonyResource;
  /** The record to be removed. */
  record: TelephonyDocument;
  dryRun: boolean;
  waitMs: number;
  leases: Pick<Leases, 'take'>;
}
