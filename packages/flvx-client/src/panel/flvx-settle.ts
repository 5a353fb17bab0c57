import { resolveStep, type FlvxStep } from '../account/index.js';
import type { ActionRecord } from '@sluice/quota-core';
import type { Observation, StepOutcome } from '@sluice/panel-kind';
import type { FlvxState } from './flvx-state.js';
import { journaledStep, payloadOf } from './flvx-step.js';

/** How long a pause or a start may still be under way when its run was broken off: the panel writes it after the nodes have answered. */
const BROKEN_OFF_GRACE_MS = 3000;

/**
 * Pure: what the panel shows of an action that was left planned or in doubt. What it does not show is planned again where it
 * is still needed: every step but a create may be made twice without harm, and a second account of an unguessable name is
 * taken away when the creation goes on.
 */
export function settleFlvx(action: ActionRecord, observation: Observation<FlvxState>): StepOutcome | null {
  const { state } = observation;
  const step = journaledStep(action);
  if (state === null || step === null) return null;
  const { observed } = state;
  const sight = resolveStep(step, observed);
  if (sight === 'unseen') return failed('not_told', `the panel does not show whether ${step.id} was done`);
  if (sight === 'not-done' && isUnderWay(action, observation.at)) return null;
  if (sight === 'not-done') return failed('not_done', `the panel shows nothing of ${step.id}`);
  if (step.type === 'create-user' && observed.user === null) {
    return failed(
      'account_unproven',
      `the panel has an account "${step.payload.name}" now, and nothing tells that it is the one that was ordered`,
    );
  }
  return doneOutcome(action, step, observation.at, observed.user?.id ?? null);
}

function isUnderWay({ type, calledAt }: ActionRecord, at: string): boolean {
  if (calledAt === null || (type !== 'pause-forward' && type !== 'resume-forward')) return false;
  const age = Date.parse(at) - Date.parse(calledAt);
  return age >= 0 && age < BROKEN_OFF_GRACE_MS;
}

/** Pure: what an action has brought about that an operator says was done. The id of a new account shows at the next look. */
export function believeFlvx(action: ActionRecord, at: string): StepOutcome {
  const step = journaledStep(action);
  return step === null ? { state: 'applied', observed: null, error: null } : doneOutcome(action, step, at, null);
}

function doneOutcome(action: ActionRecord, step: FlvxStep, at: string, userId: number | null): StepOutcome {
  const { begins = [] } = payloadOf(action) ?? {};
  return {
    state: 'applied',
    observed: { settled: 'by looking' },
    error: null,
    refs: refsAfter(step, userId),
    begins,
    // What the counters had grown by until then is not known any more.
    ...(zeroes(step) ? { zeroed: { at, inBytes: null, outBytes: null } } : {}),
  };
}

/** Does the account's metering begin anew with this step? */
export function zeroes(step: FlvxStep): boolean {
  return step.type === 'create-user' || step.type === 'reset-user';
}

/** Ids that come to light or go with a step. */
export function refsAfter(step: FlvxStep, userId: number | null): Record<string, string | null> {
  if (step.type === 'create-user') return userId === null ? {} : { flvx_user_id: String(userId) };
  if (step.type === 'delete-user') return { flvx_user_id: null, flvx_tunnel_id: null, flvx_user_tunnel_id: null };
  return {};
}

function failed(code: string, message: string): StepOutcome {
  return { state: 'failed', observed: null, error: { code, message } };
}
