import { type ItemError, mayBeDone, type TargetState } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import type { FlvxAccount } from '../account/history/history.js';

/**
 * Returns why a service without a known account is not terminated: an account has its name, and a creation of it that was interrupted may
 * have made that one. Null where there is none, or no creation can have made it.
 */
export function findUnproven({ service, command }: TargetState, { user, strangers }: FlvxAccount): ItemError | null {
  if (user !== null || command?.verb !== 'terminate') return null;
  const rows = (command.earlier ?? []).filter(isUnproven);
  const made = strangers.find(({ name }) => rows.some(({ target }) => target === name));
  if (made === undefined) return null;
  const message = `the panel has an account "${made.name}" (id ${made.id}), which an interrupted creation of "${service.id}" may have made, but nothing proves that: it was not removed`;
  return { code: 'not_ours', message };
}

/** Returns whether the panel may have made an account by this action although nothing proves which one. */
function isUnproven(row: ActionRecord): boolean {
  return row.type === 'create-user' && row.state !== 'applied' && mayBeDone(row);
}
