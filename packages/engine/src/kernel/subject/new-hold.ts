import type { HoldRecord } from '@sluice/state-store';
import type { Session } from '../../context/context.js';

/** Returns the row of a hold that starts now. */
export function newHold(
  session: Session,
  hold: Pick<HoldRecord, 'service' | 'reason' | 'origin'> & Partial<HoldRecord>,
): HoldRecord {
  return {
    id: session.id('hold'),
    restriction: null,
    since: session.now(),
    until: null,
    note: null,
    cycle: null,
    usedBytes: null,
    allowedBytes: null,
    ...hold,
  };
}
