import type { ItemError, TargetState } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import type { FlvxAccount } from '../account/history/history.js';

/**
 * Returns why a service without a known account is not terminated: an account has its name, and a creation of it that was interrupted may
 * have made that one. Null where there is none, or no creation can have made it.
 */
export function findUnproven({ service, command }: TargetState, { user, strangers }: FlvxAccount): ItemError | null {
  if (user !== null || command?.verb !== 'terminate') return null;
  const rows = (command.earlier ?? []).filter(mayBeDone);
  const made = strangers.find(({ name }) => rows.some(({ target }) => target === name));
  if (made === undefined) return null;
  const message = `the panel has an account "${made.name}" (id ${made.id}), which an interrupted creation of "${service.id}" may have made, but nothing proves that: it was not removed`;
  return { code: 'not_ours', message };
}

/** Returns whether the panel may have made an account by this action although nothing proves which one. */
function mayBeDone({ type, calledAt, state, errorCode }: ActionRecord): boolean {
  if (type !== 'create-user' || calledAt === null || state === 'applied') return false;
  return state !== 'failed' || errorCode === 'account_unproven' || errorCode === 'not_done';
}
