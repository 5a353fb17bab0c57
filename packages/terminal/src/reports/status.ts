import type { ServiceView } from '@sluice/engine';

/** Returns the status of a service for people: `would be held` where a hold would begin. */
export function describeStatus({ status, wouldHold }: Pick<ServiceView, 'status' | 'wouldHold'>): string {
  return status === 'over' && wouldHold.length > 0 ? 'would be held' : status;
}

/** Returns the reasons of open holds, and those that would be; null for none. */
export function listReasons(holds: readonly { reason: string }[], wouldHold: readonly string[]): string | null {
  const would = wouldHold.length === 0 ? [] : [`would be: ${wouldHold.join(', ')}`];
  return [...holds.map(({ reason }) => reason), ...would].join(', ') || null;
}
