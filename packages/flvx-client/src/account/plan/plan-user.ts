import type { FlvxUserValues } from '../../client/records/user.js';
import type { FlvxObservation } from './observation.js';
import { changedValues, countersOf, hasOwnValues, permissionValuesOf, userValuesOf, wasReset } from './quota-values.js';
import type { FlvxStep } from './step.js';
import type { AccountTarget } from './target.js';

/** Changes the user where he is not as he should be. */
export function planUser(observed: FlvxObservation, target: AccountTarget): FlvxStep[] {
  const { user, memory } = observed;
  if (user === null) return [];
  const values = userValuesOf(user);
  const changes: Partial<FlvxUserValues> = changedValues(values, target.user ?? {});
  const setsPassword = target.setsPassword === true && !memory.passwordSet && observed.password !== true;
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
          .map(permissionValuesOf),
      },
      needs: [],
    },
  ];
}

/** Zeroes the counters unless that was done since the reading. */
export function planReset(
  observed: FlvxObservation,
  target: AccountTarget,
  userSteps: readonly FlvxStep[],
): FlvxStep[] {
  const { user } = observed;
  const now = countersOf(observed);
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
