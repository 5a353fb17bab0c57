import type { FlvxScope } from '../../client/observation.js';
import type { FlvxUserValues } from '../../client/records.js';
import { toHistory, type FlvxAccount } from '../account.js';
import { FlvxRefusedError } from '../refused-error.js';
import type { FlvxStep } from './step.js';
import type { FlvxAccountTarget } from './target.js';
import { changedValues, toCounters, hasOwnValues, toPermissionValues, toUserValues, wasReset } from './values.js';

/** Changes the user where it differs from the target. */
export function planUser(observed: FlvxAccount, target: FlvxAccountTarget): FlvxStep[] {
  const { user } = observed;
  if (user === null) {
    if (target.setsPassword === true) throw accountMissing(observed.scope);
    return [];
  }
  const values = toUserValues(user);
  const changes: Partial<FlvxUserValues> = changedValues(values, target.user ?? {});
  const setsPassword =
    target.setsPassword === true && !toHistory(observed).run.passwordSet && observed.password !== true;
  if (Object.keys(changes).length === 0 && !setsPassword) return [];
  return [
    {
      id: `update-user:${user.id}`,
      type: 'update-user',
      target: String(user.id),
      payload: { userId: user.id, changes, setsPassword },
      prior: {
        user: values,
        permissions: observed.permissions
          .filter((row) => row.userId === user.id && hasOwnValues(user, row))
          .map(toPermissionValues),
      },
      needs: [],
    },
  ];
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
  return [
    {
      id: `reset-user:${user.id}`,
      type: 'reset-user',
      target: String(user.id),
      payload: { userId: user.id },
      prior: target.reset,
      needs: userSteps.map((step) => step.id),
    },
  ];
}

function accountMissing({ userId, name }: FlvxScope): FlvxRefusedError {
  const which = userId == null ? `named "${name ?? ''}" that is provably this service's` : `of id ${userId}`;
  return new FlvxRefusedError(
    'account_missing',
    `The panel has no account ${which}. Create it first, or mend the stored id.`,
  );
}
