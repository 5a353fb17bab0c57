import { callAgeMs, type Observation, type StepOutcome } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import {
  ACTION_TYPES,
  type CreatePayload,
  type HiddifyState,
  observedOf,
  type ObservedUser,
  shows,
  updateIn,
  USER_REF,
} from '../account/user-actions.js';
import type { HiddifyUser } from '../client/records.js';

/**
 * How long a call without an answer may still come to pass before its absence counts as a failure. Short, since an operator who repeats
 * an order wants it done, and every change here may be made twice: users have their uuids from us, and all else sets a state.
 */
const GRACE_MS = 3000;

/** Pure: what an observation says about an action that was left planned or in doubt; null when it does not tell. */
export function resolveHiddify(action: ActionRecord, { state, at }: Observation<HiddifyState>): StepOutcome | null {
  if (!state) return null;
  const outcome = outcomeOf(action, state.user);
  if (outcome?.state !== 'failed' || action.calledAt === null) return outcome;
  const age = callAgeMs(action.calledAt, Date.parse(at));
  return action.state === 'in-doubt' && age < GRACE_MS ? null : outcome;
}

function outcomeOf(action: ActionRecord, user: HiddifyUser | null): StepOutcome | null {
  if (user !== null && user.uuid !== action.target) return null;
  switch (action.type) {
    case ACTION_TYPES.create: {
      if (user === null) return notDone('the user was not made');
      // What the panel left half-made is completed by the next plan.
      const { payload } = (action.payload ?? {}) as { payload?: CreatePayload };
      const whole = user.limitBytes === payload?.wanted.limitBytes && user.name === payload.wanted.name;
      return whole ? { ...done(user), refs: { [USER_REF]: action.target } } : notDone('the user was made only in part');
    }
    case ACTION_TYPES.delete:
      return user === null
        ? { state: 'applied', observed: null, error: null, refs: { [USER_REF]: null } }
        : notDone('the user is still there');
    case ACTION_TYPES.disable:
    case ACTION_TYPES.enable: {
      if (user === null) return notDone('the user is gone');
      const wanted = action.type === ACTION_TYPES.enable;
      return user.enabled === wanted ? done(user) : notDone(`the user is still ${wanted ? 'disabled' : 'enabled'}`);
    }
    case ACTION_TYPES.update:
      return user === null ? notDone('the user is gone') : ofUpdate(action, user);
    default:
      return null;
  }
}

/** Pure: what an action has brought about that an operator says was done. */
export function outcomeWhenDone(action: ActionRecord): StepOutcome {
  const applied: StepOutcome = { state: 'applied', observed: null, error: null };
  if (action.type === ACTION_TYPES.create) return { ...applied, refs: { [USER_REF]: action.target } };
  if (action.type === ACTION_TYPES.delete) return { ...applied, refs: { [USER_REF]: null } };
  return updateIn(action)?.change.usedBytes === undefined ? applied : { ...applied, zeroed: zeroedBy(action) };
}

/** The zeroing of an action: the counter stood at the figure before it, where that is known. */
function zeroedBy({ prior, calledAt, plannedAt }: ActionRecord): NonNullable<StepOutcome['zeroed']> {
  const inBytes = (prior as Partial<ObservedUser> | null)?.usedBytes ?? null;
  return { at: calledAt ?? plannedAt, inBytes, outBytes: 0 };
}

function ofUpdate(action: ActionRecord, user: HiddifyUser): StepOutcome {
  const payload = updateIn(action);
  const { usedBytes: zeroes, ...change } = payload?.change ?? {};
  if (!shows(user, change)) return notDone('the user was not changed');
  if (zeroes === undefined) return done(user);
  const before = (action.prior as Partial<ObservedUser> | null)?.usedBytes ?? null;
  if (before !== null && user.usedBytes >= before) return notDone('the usage was not zeroed');
  const observed = { ...observedOf(user), ...(before === null ? {} : { usedBefore: before }) };
  return { state: 'applied', observed, error: null, zeroed: zeroedBy(action) };
}

function done(user: HiddifyUser): StepOutcome {
  return { state: 'applied', observed: observedOf(user), error: null };
}

function notDone(message: string): StepOutcome {
  return { state: 'failed', observed: null, error: { code: 'not_done', message } };
}
