import { callAgeMs, IN_PROGRESS_MS, notDone, type Observation, type StepOutcome } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import {
  ACTION_TYPES,
  type CreatePayload,
  findPriorUsage,
  findUpdate,
  toObservedUser,
  toOutcome,
} from '../account/user-actions.js';
import { isMade, shows } from '../client/compare-user.js';
import type { HiddifyUser } from '../client/records.js';
import type { HiddifyState } from './lists.js';
import { USER_REF } from './settings.js';

/**
 * Decides from an observation how an action ended that was left planned or in doubt; null when it can't be decided. The panel
 * completes a request whose sender has gone, so that nothing counts as not done before that.
 */
export function resolveAction(action: ActionRecord, { state, at }: Observation<HiddifyState>): StepOutcome | null {
  if (!state) return null;
  const outcome = findOutcome(action, state.user);
  if (outcome?.state !== 'failed') return outcome;
  return callAgeMs(action, Date.parse(at)) < IN_PROGRESS_MS ? null : outcome;
}

function findOutcome(action: ActionRecord, user: HiddifyUser | null): StepOutcome | null {
  if (user !== null && user.uuid !== action.target) return null;
  switch (action.type) {
    case ACTION_TYPES.create: {
      if (user === null) return notDone('the user was not created');
      // The next plan completes what the panel left half-made.
      const { payload } = (action.payload ?? {}) as { payload?: CreatePayload };
      const isWhole = user.limitBytes === payload?.wanted.limitBytes && user.name === payload.wanted.name;
      if (!isWhole) return notDone('the user was created only in part');
      const shown = { inBytes: user.usedBytes, outBytes: 0 };
      return toOutcome('applied', user, {
        refs: { [USER_REF]: action.target },
        zeroed: { ...toZeroed(action), shown },
      });
    }
    case ACTION_TYPES.delete:
      return user === null
        ? toOutcome('applied', null, { refs: { [USER_REF]: null } })
        : notDone('the user still exists');
    case ACTION_TYPES.disable:
    case ACTION_TYPES.enable: {
      if (user === null) return notDone('the user is gone');
      const wanted = action.type === ACTION_TYPES.enable;
      if (user.enabled === wanted) return toOutcome('applied', user);
      return notDone(`the user is still ${wanted ? 'disabled' : 'enabled'}`);
    }
    case ACTION_TYPES.update:
      return user === null ? notDone('the user is gone') : findUpdateOutcome(action, user);
    default:
      return null;
  }
}

/** Returns the outcome of an action that an operator states was done. */
export function outcomeWhenDone(action: ActionRecord): StepOutcome {
  if (action.type === ACTION_TYPES.create)
    return toOutcome('applied', null, { refs: { [USER_REF]: action.target }, zeroed: toZeroed(action) });
  if (action.type === ACTION_TYPES.delete) return toOutcome('applied', null, { refs: { [USER_REF]: null } });
  const isZeroing = findUpdate(action)?.change.usedBytes !== undefined;
  return toOutcome('applied', null, isZeroing ? { zeroed: toZeroed(action) } : {});
}

/** Returns that the counter began at zero with an action, with the usage before it where that is known. */
function toZeroed(action: ActionRecord): NonNullable<StepOutcome['zeroed']> {
  return { at: action.calledAt ?? action.plannedAt, inBytes: findPriorUsage(action), outBytes: 0 };
}

function findUpdateOutcome(action: ActionRecord, user: HiddifyUser): StepOutcome {
  const { usedBytes: zeroes, ...change } = findUpdate(action)?.change ?? {};
  if (!shows(user, change)) return notDone('the user was not changed');
  if (zeroes === undefined) return toOutcome('applied', user);
  const before = findPriorUsage(action);
  if (!isMade(user, { usedBytes: zeroes }, before ?? Infinity)) return notDone('the usage was not zeroed');
  const observed = { ...toObservedUser(user), ...(before === null ? {} : { usedBefore: before }) };
  const shown = { inBytes: user.usedBytes, outBytes: 0 };
  return toOutcome('applied', null, { observed, zeroed: { ...toZeroed(action), shown } });
}
