import type { ActionRecord } from '@sluice/state-store';

/** What a journal row says of a change before it is begun. */
type Intended = Pick<
  ActionRecord,
  'id' | 'run' | 'panel' | 'service' | 'type' | 'target' | 'key' | 'hold' | 'prior' | 'payload' | 'plannedAt'
>;

/** The journal row of a change that nobody has begun yet. */
export function plannedRow(intended: Intended): ActionRecord {
  return {
    ...intended,
    state: 'planned',
    observed: null,
    errorCode: null,
    errorMessage: null,
    calledAt: null,
    settledAt: null,
    attempts: 0,
  };
}
