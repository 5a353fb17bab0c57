import type { ActionRecord } from '@sluice/state-store';

/** Types of journal rows that stand for a whole order (`provision:renew`), not for a change to the panel. */
export const ORDER_PREFIX = 'provision:';

/** Whether a journal row stands for a whole order. */
export function isOrderRow(action: Pick<ActionRecord, 'type'>): boolean {
  return action.type.startsWith(ORDER_PREFIX);
}
