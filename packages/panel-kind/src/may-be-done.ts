import type { ActionRecord } from '@sluice/quota-core';

/** Failures that a panel did not answer: it shows no effect of the change, or has none to show, as for a password. */
const NOT_SHOWN: ReadonlySet<string> = new Set(['not_done', 'not_told', 'not_effective', 'account_unproven']);

/** Returns whether a panel may have made the change of an action: it was called, and did not refuse. Pure. */
export function mayBeDone({
  calledAt,
  state,
  errorCode,
}: Pick<ActionRecord, 'calledAt' | 'state' | 'errorCode'>): boolean {
  if (calledAt === null || state === 'unneeded') return false;
  return state !== 'failed' || (errorCode !== null && NOT_SHOWN.has(errorCode));
}
