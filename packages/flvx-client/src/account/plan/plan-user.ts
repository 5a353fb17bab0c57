import type { FlvxScope } from '../../client/observation.js';
import { listOwnPermissions, toHistory, type FlvxAccount } from '../account.js';
import { FlvxRefusedError } from '../refused-error.js';
import { newStep, type FlvxStep } from './step.js';
import type { FlvxAccountTarget } from './target.js';
import { changedValues, hasOwnValues, toCounters, toPermissionValues, toUserValues, wasReset } from './values.js';

/** Changes the user where it differs from the target. */
export function planUser(observed: FlvxAccount, target: FlvxAccountTarget): FlvxStep[] {
  const { user } = observed;
  if (user === null) {
    if (target.setsPassword === true) throw accountMissing(observed.scope);
    return [];
  }
  const values = toUserValues(user);
  const changes = changedValues(values, target.user ?? {});
  const setsPassword =
    target.setsPassword === true && !toHistory(observed).run.passwordSet && observed.password !== true;
  if (Object.keys(changes).length === 0 && !setsPassword) return [];
  const overwritten = listOwnPermissions(observed).filter((row) => hasOwnValues(user, row));
  const prior = { user: values, permissions: overwritten.map(toPermissionValues) };
  return [newStep('update-user', user.id, { payload: { userId: user.id, changes, setsPassword }, prior })];
}

/** Zeroes the counters unless they were zeroed since the reading. */
export function planReset(
  observed: FlvxAccount,
  target: FlvxAccountTarget,
  userSteps: readonly FlvxStep[],
): FlvxStep[] {
  const { user } = observed;
  const now = toCounters(observed);
  if (user === null || now === null || target.reset == null || wasReset(target.reset, now)) return [];
  const needs = userSteps.map((step) => step.id);
  return [newStep('reset-user', user.id, { payload: { userId: user.id }, prior: target.reset, needs })];
}

function accountMissing({ userId, name }: FlvxScope): FlvxRefusedError {
  const which = userId == null ? `named "${name ?? ''}" that is known to belong to this service` : `with id ${userId}`;
  return new FlvxRefusedError(
    'account_missing',
    `The panel has no account ${which}. Create it first, or correct the stored id.`,
  );
}
