import type { ServiceRecord } from '@sluice/state-store';

/** Returns whether a service is in use: not pending any more, and not terminated or vanished. */
export function isLiving({ status }: Pick<ServiceRecord, 'status'>): boolean {
  return status === 'active' || status === 'suspended';
}

/** Returns whether a service has ended: it was terminated, or is gone from the system that it came from. */
export function hasEnded({ status }: Pick<ServiceRecord, 'status'>): boolean {
  return status === 'terminated' || status === 'vanished';
}
