import { newStep, type Step } from '@sluice/panel-kind';
import { ACTION_TYPES, type AddressableUser, toObservedUser, type UpdatePayload } from '../account/user-actions.js';
import { MOST_BYTES } from '../client/check-user.js';
import { type Lift, toRaise } from './product.js';

/** Id of the step that ends a lift with what the user counts. */
const AS_COUNTED = 'as-counted';

/** Id of the step without which the panel stops a user at its limit. */
const ROOM = 'room-below-limit';

/** Returns the steps of a change. What an agent may refuse is a step of its own, so that a refusal blocks nothing else. */
export function listUpdates(user: AddressableUser, payload: UpdatePayload, lift: Lift): Step[] {
  const { change } = payload;
  const countedBytes = findCounted(user, change, lift);
  const shown = { ...user, ...(countedBytes !== null && { limitBytes: countedBytes }) };
  // To an account that the panel does not have, nothing is changed at all.
  const used = { ...shown, usedBytes: change.usedBytes ?? user.usedBytes };
  const isSplit = toRaise(used, change, lift) !== null && change.owner === undefined;
  const parts = isSplit ? splitUpdate(payload) : [payload];
  // As the part before leaves it: one that is refused must not stand for one that is not.
  let left: Figures = shown;
  const updates = parts.map((part) => {
    const raises = toRaise(used, part.change, lift);
    const after = { usedBytes: left.usedBytes, limitBytes: left.limitBytes, ...part.change };
    const step = { ...toUpdate(shown, part), ...(isStopped(left) && !isStopped(after) ? { id: ROOM } : {}) };
    left = after;
    return raises === null ? step : { ...step, raises };
  });
  if (countedBytes === null) return updates;
  const first = { ...toUpdate(user, { change: { limitBytes: countedBytes } }), id: AS_COUNTED };
  return [first, ...updates.map((step) => (step.raises === undefined ? step : { ...step, needs: [AS_COUNTED] }))];
}

type Figures = Pick<AddressableUser, 'usedBytes' | 'limitBytes'>;

/** Whether the panel stops a user at its limit. */
function isStopped({ usedBytes, limitBytes }: Figures): boolean {
  return usedBytes >= limitBytes;
}

/** Returns what enabling a user waits for among the steps before: enabled without it, the panel would stop it all the same. */
export function waitForRoom(steps: readonly Step[]): Pick<Step, 'needs'> {
  return steps.some(({ id }) => id === ROOM) ? { needs: [ROOM] } : {};
}

function toUpdate(user: AddressableUser, payload: UpdatePayload): Step {
  return { ...newStep(ACTION_TYPES.update, user.uuid), prior: toObservedUser(user), payload };
}

/**
 * Returns what a user counts under the limits of its agents whose lift ends with a larger limit than it had before: that is given back
 * first, and the rest has to fit. Null where a lift ends as it began.
 */
function findCounted(
  user: AddressableUser,
  { limitBytes, owner }: UpdatePayload['change'],
  { lifted, countedBytes = null }: Lift,
): number | null {
  if (countedBytes === null || limitBytes === undefined || owner !== undefined || lifted) return null;
  return user.limitBytes >= MOST_BYTES && countedBytes > 0 && countedBytes < limitBytes ? countedBytes : null;
}

/** Returns an update as two: what the cycle and the due date require, and what the package does. */
function splitUpdate({ change, zero }: UpdatePayload): UpdatePayload[] {
  const { startDate, packageDays, usedBytes, ...sold } = change;
  const days = packageDays === undefined ? {} : { packageDays };
  const due = {
    ...(startDate === undefined ? {} : { startDate, ...days }),
    ...(usedBytes === undefined ? {} : { usedBytes }),
  };
  const parts = [
    { change: due, ...(zero === undefined ? {} : { zero }) },
    // Days that begin with the first use are the package's.
    { change: { ...sold, ...(startDate === undefined ? days : {}) } },
  ];
  return parts.filter((part) => Object.keys(part.change).length > 0);
}
