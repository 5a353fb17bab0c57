import type { ServiceDetail } from '@sluice/engine';

/** Returns whether a service has ended: it was terminated, or is gone from the system that it came from. */
export function hasEnded({ lifecycle }: Pick<ServiceDetail, 'lifecycle'>): boolean {
  return lifecycle === 'terminated' || lifecycle === 'vanished';
}
