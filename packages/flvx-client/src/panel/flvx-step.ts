import type { FlvxStep } from '../account/index.js';
import type { ActionRecord } from '@sluice/quota-core';
import type { Step } from '@sluice/panel-kind';

/** Why a running forward was paused without a hold: too many forwards, its tunnel is no longer in the product, or to end its open connections. */
export type ParkReason = 'surplus' | 'dropped' | 'cut';

/** What the journal keeps of a step beside type, target and prior state. */
export interface FlvxPayload {
  id: string;
  payload: FlvxStep['payload'];
  /** Evidence that begins when the step is done; one step may close and throttle at once. */
  begins: NonNullable<Step['begins']>[];
  /** A pause without a hold. */
  parks: ParkReason | null;
  /** Running forwards whose open connections are to end once the speed of the step is in force. */
  cuts?: number[];
  /** The forward was redirected before, and only points elsewhere now: its own address is another. */
  moved?: boolean;
  /** The cycle whose opening this reset belongs to. */
  cycle: string | null;
}

/** The library's step of a step that was planned in this run. */
export function flvxStepOf(step: Pick<Step, 'type' | 'target' | 'prior' | 'payload'>): FlvxStep {
  const { id, payload } = step.payload as FlvxPayload;
  // Steps are journaled with exactly these members, so that reading them back gives the step again.
  return { id, type: step.type, target: step.target, payload, prior: step.prior, needs: [] } as unknown as FlvxStep;
}

/** What the journal keeps of an action, or null for a row of another make. */
export function payloadOf(action: Pick<ActionRecord, 'payload'>): FlvxPayload | null {
  const { payload } = (action.payload ?? {}) as { payload?: Partial<FlvxPayload> | null };
  return typeof payload?.id === 'string' && payload.payload !== undefined ? (payload as FlvxPayload) : null;
}

/** The library's step of a journaled action, or null for a row of another make. */
export function journaledStep(action: ActionRecord): FlvxStep | null {
  const payload = payloadOf(action);
  return payload && flvxStepOf({ ...action, payload });
}
