import type { CycleRecord } from '@sluice/state-store';

/**
 * Returns the key by which a cycle has its window, and by which a panel's counter is reset once in it: the id of the cycle, with the
 * start where that has moved later since the cycle was opened, because usage counts from zero then.
 */
export function toCycleKey(cycle: Pick<CycleRecord, 'id' | 'start' | 'openedAt'>): string {
  return cycle.start > cycle.openedAt ? `${cycle.id} ${cycle.start}` : cycle.id;
}
