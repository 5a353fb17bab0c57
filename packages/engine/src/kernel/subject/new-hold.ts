import type { HoldRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';

/** Returns the row of a hold that starts now. */
export function newHold(
  context: Context,
  hold: Pick<HoldRecord, 'service' | 'reason' | 'origin'> & Partial<HoldRecord>,
): HoldRecord {
  return {
    id: context.id('hold'),
    restriction: null,
    since: context.now(),
    until: null,
    note: null,
    cycle: null,
    usedBytes: null,
    allowedBytes: null,
    ...hold,
  };
}
