import {
  callAgeMs,
  IN_PROGRESS_MS,
  failedStep,
  LATEST_CALL_MS,
  notDone,
  type Observation,
  type Step,
  type StepOutcome,
  toOutcome,
} from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import type { Did } from '@sluice/quota-core/telephony';
import { HALF_MADE, isHalfMade } from '../account/plan-line.js';
import { type CreatePayload, isLineDone, isOwn, toLineOutcome, withNumber } from './apply.js';
import { isDidDone } from './apply-did.js';
import { LINE_REF, USERNAME_REF } from './settings.js';
import type { LineState } from './state.js';
import { isDidById } from './steps.js';
import { toShown } from './suspended.js';

/** Steps whose repeat may make a second record; usernames of lines are unique. */
const MAKING = new Set(['create-customer', 'create-did', 'link-did']);

/** Decides from an observation how an action ended that was left planned or in doubt; null while that is unknown. */
export function resolveAction(action: ActionRecord, { state, at }: Observation<LineState>): StepOutcome | null {
  if (state === null) return null;
  const outcome = findOutcome(action, state);
  if (outcome?.state !== 'failed') return outcome;
  const lastsMs = MAKING.has(action.type) && wasSlow(action) ? LATEST_CALL_MS : IN_PROGRESS_MS;
  return callAgeMs(action, Date.parse(at)) < lastsMs ? null : outcome;
}

/** Whether the panel was at work for so long that it may be so still; a connection that was cut shows nothing of that. */
function wasSlow({ calledAt, givenUpAt }: ActionRecord): boolean {
  if (calledAt === null || givenUpAt === null) return false;
  return Date.parse(givenUpAt) - Date.parse(calledAt) >= IN_PROGRESS_MS;
}

function findOutcome(action: ActionRecord, state: LineState): StepOutcome | null {
  const { type, target } = action;
  const { payload = {}, begins } = (action.payload ?? {}) as { payload?: unknown; begins?: Step['begins'] };
  switch (type) {
    case 'create-customer':
      // The plan searches for it again.
      return state.customers.length > 0 ? toOutcome('applied') : notDone('the customer was not created');
    case 'create-subscriber':
      return findCreated(payload as CreatePayload, state);
    case 'terminate-subscriber':
    case 'suspend-subscriber':
    case 'unsuspend-subscriber':
    case 'update-subscriber':
      return findLineOutcome({ type, payload, begins }, state);
    default: {
      const outcome = findDidOutcome({ type, target, payload, begins }, state);
      return outcome && withNumber({ type, target, payload }, outcome);
    }
  }
}

function findCreated({ values }: CreatePayload, { line, byReference, byUsername }: LineState): StepOutcome | null {
  const known = [...(line === null ? [] : [line]), ...byReference, ...byUsername];
  const made = known.find((one) => isOwn(one, values));
  if (made === undefined) return notDone('the line was not created');
  if (isHalfMade(made)) return failedStep('line_conflict', HALF_MADE);
  return toOutcome('applied', toLineOutcome(made, values));
}

/** An action as its journal row has it. */
type JournalStep = Pick<Step, 'type' | 'payload'> & { begins: Step['begins'] | undefined };

function findLineOutcome(step: JournalStep, { line, isGone }: LineState): StepOutcome | null {
  // That it is not found by its id shows nothing.
  if (line === null && !isGone && step.type === 'terminate-subscriber') return null;
  const { password = false } = step.payload as { password?: boolean };
  // A password is not shown: the command sets it again.
  if (line !== null && password) return notDone('it is not known whether the password was set');
  if (isLineDone(step, line)) return toOutcome('applied', toShown(step.begins, line));
  if (line === null) return notDone('the line is gone');
  return notDone(LINE_UNCHANGED[step.type] ?? `the line is still ${line.status}`);
}

const LINE_UNCHANGED: Record<string, string> = {
  'update-subscriber': 'the line was not changed',
  'terminate-subscriber': 'the line still exists',
};

function findDidOutcome(step: JournalStep & Pick<Step, 'target'>, state: LineState): StepOutcome | null {
  const isNamed = ({ id, number }: Did): boolean => id === step.target || number === step.target;
  const did = [...state.dids, ...state.number].find(isNamed) ?? null;
  // That the list of the line lacks it shows nothing.
  if (did === null && isDidById(step.type) && !state.left.includes(step.target)) return null;
  // A number that the line does not have any more was released or unlinked.
  if (did === null && (step.type === 'unlink-did' || step.type === 'terminate-did')) return toOutcome('applied');
  if (did === null && step.type === 'update-did') {
    const { changes } = step.payload as { changes?: { subscriberId?: string | null } };
    if (changes?.subscriberId === null) return toOutcome('applied');
  }
  return isDidDone(step, did) ? toOutcome('applied', toShown(step.begins, did)) : notDone('the number was not changed');
}

/** Returns the outcome of an action that an operator states was done. */
export function outcomeWhenDone(action: ActionRecord): StepOutcome {
  const { id, username } = (action.observed ?? {}) as { id?: string; username?: string };
  const { payload } = (action.payload ?? {}) as { payload?: unknown };
  if (action.type !== 'create-subscriber' || id === undefined)
    return withNumber({ type: action.type, target: action.target, payload }, toOutcome('applied'));
  return toOutcome('applied', { refs: { [LINE_REF]: id, [USERNAME_REF]: username ?? action.target } });
}
