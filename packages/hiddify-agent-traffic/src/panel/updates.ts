import type { Step } from '@sluice/panel-kind';
import {
  ACTION_TYPES,
  type AddressableUser,
  newStep,
  toObservedUser,
  type UpdatePayload,
} from '../account/user-actions.js';
import { type Lift, toRaise } from './product.js';

/** Returns the steps of a change. What an agent may refuse is a step of its own, so that a refusal blocks nothing else. */
export function listUpdates(user: AddressableUser, payload: UpdatePayload, lift: Lift): Step[] {
  const { change } = payload;
  const shown = { ...user, usedBytes: change.usedBytes ?? user.usedBytes };
  // To an account that the panel does not have, nothing is changed at all.
  const isSplit = toRaise(shown, change, lift) !== null && change.owner === undefined;
  return (isSplit ? splitUpdate(payload) : [payload]).map((part) => {
    const raises = toRaise(shown, part.change, lift);
    const step = { ...newStep(ACTION_TYPES.update, user.uuid), prior: toObservedUser(user), payload: part };
    return raises === null ? step : { ...step, raises };
  });
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
